/** What a status consists of, and what is asked for. */
import type { Row } from './row';

export const PARTS = ['stacks', 'services', 'jobs', 'alarms', 'certificates', 'backups', 'cost'] as const;

export type PartName = (typeof PARTS)[number];

export interface Part {
  readonly name: PartName;
  /** Empty where the environment has nothing of it. */
  readonly rows: readonly Row[];
}

export interface Status {
  readonly environment: string;
  readonly tier: string;
  readonly region: string;
  /** When it was read, as ISO 8601. */
  readonly readAt: string;
  /** Whether nothing is wrong, and everything could be read. */
  readonly isFine: boolean;
  readonly parts: readonly Part[];
}

export interface StatusOptions {
  readonly now: Date;
  /** Names of all environments: alarms of one may begin like those of another. */
  readonly environments: readonly string[];
  /** What is not read. @default everything is */
  readonly without?: readonly PartName[];
  /** Parts that were read earlier, and are not read again. */
  readonly known?: readonly Part[];
}
