/** Takes the sample systems out of a checkout: everything that a person would delete who does not want them. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { z } from 'zod';
import { LOCKS, lockPath } from '../../checks/address-lock/folder';
import { EXCEPTIONS_FILE } from '../../checks/policy/environment-exceptions';
import type { EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { bootstrapStackId, zoneStackName } from '../../config/names';
import { VOLUMES_FILE } from '../../config/rules/between/recorded-volumes';
import { loadEnvironments } from '../../synthesis/load';
import { LIST_FILE, withoutEntries } from './list-file';

/** Which systems are samples. The file goes with them. */
export const SAMPLES_FILE = 'environments/samples.json';

const README = 'README.md';

/** Where the drawings of environments in the pages are. */
const PICTURES = 'docs/pictures';

/** A removal, relative to the top of the checkout: a file or folder without a text, or a file with its new one. */
export interface Removal {
  readonly path: string;
  readonly text?: string;
}

/** The sample systems that are here. */
export function sampleSystems(root: string): readonly string[] {
  const file = join(root, SAMPLES_FILE);
  if (!existsSync(file)) return [];
  const parsed = z.array(z.string()).safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new CommandError(`${SAMPLES_FILE} is not a list of names of systems`);
  return parsed.data.filter((system) => existsSync(join(root, 'environments', system)));
}

/** What is removed with the systems. Nothing is written yet. @param names their environments */
export async function removalsOf(
  root: string,
  systems: readonly string[],
  names: readonly string[],
  files: EnvironmentFiles,
): Promise<readonly Removal[]> {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const changed = (path: string, change: (text: string) => string): readonly Removal[] => {
    if (!existsSync(join(root, path))) return [];
    const text = change(read(path));
    return text === read(path) ? [] : [{ path, text }];
  };
  const gone = [
    ...systems.map((system) => join('environments', system)),
    SAMPLES_FILE,
    ...(await ownedBy(names, files)).map((group) => lockPath(LOCKS, group)),
    ...names.map((name) => join(PICTURES, `${name}.svg`)),
  ];
  return [
    ...gone.filter((path) => existsSync(join(root, path))).map((path) => ({ path })),
    ...changed(LIST_FILE, (text) => withoutEntries(text, names)),
    ...changed(VOLUMES_FILE, (text) => withoutVolumes(text, names)),
    ...changed(EXCEPTIONS_FILE, (text) => withoutExceptions(text, names)),
    ...changed(README, withoutMarked),
  ];
}

export function applyRemovals(root: string, removals: readonly Removal[]): void {
  for (const { path, text } of removals)
    if (text === undefined) rmSync(join(root, path), { recursive: true });
    else writeFileSync(join(root, path), text);
}

/** The environments, and the state stores and shared zones that no other environment uses. */
async function ownedBy(names: readonly string[], files: EnvironmentFiles): Promise<readonly string[]> {
  const groups = async (some: readonly string[]): Promise<readonly string[]> => {
    const { stores, zones } = await loadEnvironments(
      Object.fromEntries(Object.entries(files).filter(([name]) => some.includes(name))),
    );
    return [
      ...stores.map(({ store }) => bootstrapStackId(store.name)),
      ...zones.map(({ description }) => zoneStackName(description.zone)),
    ];
  };
  const others = await groups(Object.keys(files).filter((name) => !names.includes(name)));
  return [...names, ...(await groups(names)).filter((group) => !others.includes(group))];
}

function withoutVolumes(text: string, names: readonly string[]): string {
  const volumes = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
  return `${JSON.stringify(Object.fromEntries(volumes.filter(([name]) => !names.includes(name))), null, 2)}\n`;
}

/** Takes the environments out of the exceptions, and exceptions that name no other. Comments stay. */
function withoutExceptions(text: string, names: readonly string[]): string {
  const document = parseDocument(text);
  const exceptions = document.get('exceptions', true);
  if (!isSeq(exceptions)) return text;
  const environmentsOf = (exception: unknown): YAMLSeq | undefined => {
    const listed = isMap(exception) ? exception.get('environments', true) : undefined;
    return isSeq(listed) ? listed : undefined;
  };
  for (const exception of exceptions.items) {
    const listed = environmentsOf(exception);
    if (listed !== undefined)
      listed.items = listed.items.filter((name) => !isScalar(name) || !names.includes(String(name.value)));
  }
  exceptions.items = exceptions.items.filter((exception) => environmentsOf(exception)?.items.length !== 0);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Takes out what the README says about the samples. */
function withoutMarked(text: string): string {
  return text.replace(/<!-- samples:[^>]*-->[^]*?<!-- end of samples -->\n\n?/g, '');
}
