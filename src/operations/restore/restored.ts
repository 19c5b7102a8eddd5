/** What restores leave behind: its names, the tags by which it is recognised, and the report about it. */
import type { TableRows } from '../../config/calculations/restore-proof';
import { resourceName } from '../../config/names';
import type { Moment } from './moment';
import { written } from './moment';

/** The tag of everything that a restore made; its value is the environment. Only what has it is ever dropped. */
export const RESTORED_TAG = 'terrace:restored-from';

const TIME_TAG = 'terrace:restored-as-of';

export type Kind = 'database' | 'files' | 'bucket';

export interface Restored {
  readonly kind: Kind;
  /** Of the file system or the bucket; the name of a database. */
  readonly key: string;
  /** Of what was made: an identifier, the id of a file system, a bucket, a database. */
  readonly name: string;
  /** The time whose content it has. */
  readonly asOf: string;
}

/** What was restored, and what proves it. */
export interface RestoreReport extends Restored {
  readonly environment: string;
  /** How to reach it. */
  readonly address: string;
  /** Of a database. */
  readonly tables?: readonly TableRows[];
  /** Of a database on a host, whose list of tables may end early: Systems Manager passes on 24,000 characters. */
  readonly totals?: { readonly tables: number; readonly rows: number };
  /** Of files and objects, where they can be counted. */
  readonly objects?: number;
  readonly bytes?: number;
}

/** What can be restored. */
export interface Restorable {
  readonly kind: Kind;
  readonly key: string;
  /** Where any time between two can be restored. */
  readonly from?: string;
  readonly to?: string;
  /** Where only certain times can. */
  readonly points?: readonly string[];
  /** Why it cannot be restored. */
  readonly not?: string;
}

export interface RestoreOptions {
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Seconds between two looks. @default LOOK_SECONDS */
  readonly everySeconds?: number;
}

export const LOOK_SECONDS = 20;

/** Seconds after which waiting is given up; AWS goes on, and so does the same command. */
export const LONGEST_SECONDS = 6 * 3600;

/** `<environment>-restored-<stamp>` */
export function restoredDatabaseName(environment: string, { stamp }: Moment): string {
  return resourceName(environment, `restored-${stamp}`, 'database');
}

export function tagsOf(environment: string, { date }: Moment): readonly { readonly Key: string; readonly Value: string }[] {
  return [
    { Key: RESTORED_TAG, Value: environment },
    { Key: TIME_TAG, Value: written(date) },
  ];
}

interface Tag {
  readonly Key?: string;
  readonly Value?: string;
}

/** The time that something was restored as of; undefined for what no restore of this environment made. */
export function restoredAsOf(tags: readonly Tag[] = [], environment: string): string | undefined {
  const valueOf = (key: string): string | undefined => tags.find(({ Key: name }) => name === key)?.Value;
  return valueOf(RESTORED_TAG) === environment ? (valueOf(TIME_TAG) ?? '') : undefined;
}
