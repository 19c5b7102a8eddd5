/** Environment files to resolved environments. A broken file does not hide the problems of the others. */
import { z } from 'zod';
import type { EnvironmentFiles } from '../cli/command';
import { CommandError, describeFault } from '../cli/errors';
import { listedFiles, textsAround } from '../cli/source-files';
import {
  checkBetween,
  InvalidEnvironment,
  isEmulated,
  parseEmulated,
  parseEnvironment,
  plainInput,
  storesInUse,
  zonesInUse,
  type Problem,
  type ResolvedEmulated,
  type ResolvedEnvironment,
  type StoreInUse,
  type ZoneInUse,
} from '../config';
import { bootstrapStackId, zoneStackName } from '../config/names';
import type { Backend } from '../config/resolved/environment';
import { readExtensions, type ReadExtensions } from '../extend/extensions';
import { readEnvironmentFile } from './environment-file';
import { readVolumes } from './recorded-volumes';
import { reportRefusals, type Refusal, type Refused } from './refusals';

export interface LoadOptions {
  /** @default every environment */
  readonly selected?: readonly string[];
  /** Replaces the backend of every environment. */
  readonly backend?: Backend;
}

/** The selected environments. */
export interface Loaded {
  readonly environments: readonly ResolvedEnvironment[];
  /** Environments of a developer's machine: without tier and network, and never planned against AWS. */
  readonly emulated: readonly ResolvedEmulated[];
  /** The state stores that the environments use, as all environments together describe them. */
  readonly stores: readonly StoreInUse[];
  /** The shared zones of the environments, as all environments together describe them. */
  readonly zones: readonly ZoneInUse[];
  /** What teams add, by environment. */
  readonly extensions: ReadonlyMap<string, ReadExtensions>;
  readonly refused: readonly Refused[];
}

/** A refused file, with the names of its zone and its state store: empty without one, undefined where the file cannot be read. */
interface Unparsed {
  readonly name: string;
  /** Why there is no description; otherwise the problems of it. */
  readonly fault?: string;
  readonly problems: readonly Problem[];
  readonly zone: string | undefined;
  readonly store: string | undefined;
}

/** Loads every environment, checks them against each other, and returns the selected ones. */
export async function loadEnvironments(files: EnvironmentFiles, options: LoadOptions = {}): Promise<Loaded> {
  const { selected = Object.keys(files), backend } = options;
  const { environments: all, emulated, extensions, refused } = await parseAll(files, backend);
  const conflicts = checkBetween({ environments: all, recordedVolumes: readVolumes(), incomplete: refused.length > 0 });
  const conflicting = new Set(conflicts.map(({ environment }) => environment));
  const isUsable = ({ identity }: ResolvedEnvironment): boolean => !conflicting.has(identity.environment);
  const isSelected = ({ identity }: ResolvedEnvironment | ResolvedEmulated): boolean => selected.includes(identity.environment);
  const environments = all.filter((environment) => isSelected(environment) && isUsable(environment));
  const zones = zonesInUse(all).filter((zone) => zone.environments.some(isSelected));
  const whole = zones.map((zone) => ({ zone, missing: missingFrom(zone, isUsable, refused) }));
  const stores = storesInUse(all)
    .filter((store) => store.environments.every(isUsable) && store.environments.some((one) => environments.includes(one)))
    .map((store) => ({ store, missing: missingFromStore(store, refused) }));
  return {
    environments,
    emulated: emulated.filter(isSelected),
    stores: stores.flatMap(({ store, missing }) => (missing.length === 0 ? [store] : [])),
    zones: whole.flatMap(({ zone, missing }) => (missing.length === 0 ? [zone] : [])),
    extensions,
    refused: [
      ...(await reportAll(
        refused.filter(({ name }) => selected.includes(name)),
        concerning(isSelected, all, conflicts),
      )),
      ...whole.flatMap(({ zone, missing }) => (missing.length === 0 ? [] : [incompleteZone(zone, missing)])),
      ...stores.flatMap(({ store, missing }) => (missing.length === 0 ? [] : [incompleteStore(store, missing)])),
    ],
  };
}

/** In the order of the files, then of the conflicts. A mistake in a file that several import is told with the first of them. */
async function reportAll(unparsed: readonly Unparsed[], conflicts: readonly Refusal[]): Promise<readonly Refused[]> {
  const described = await reportRefusals([...unparsed.filter(({ fault }) => fault === undefined), ...conflicts]);
  const tellers = new Map([...unparsed].reverse().map(({ name, fault }) => [fault, name]));
  const faults = unparsed.flatMap(({ name, fault }) => {
    const teller = tellers.get(fault);
    return fault === undefined ? [] : [{ name, report: `${name}: ${teller === name ? fault : `the same as ${teller}`}` }];
  });
  const order = [...unparsed, ...conflicts].map(({ name }) => name);
  return [...faults, ...described].sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
}

/** Conflicts of selected environments, and those of others that would not be there without the selected ones. */
function concerning(
  isSelected: (environment: ResolvedEnvironment) => boolean,
  all: readonly ResolvedEnvironment[],
  conflicts: readonly InvalidEnvironment[],
): readonly Refusal[] {
  const others = all.filter((environment) => !isSelected(environment));
  const told = conflicts.map(({ environment: name, problems }) => ({ name, problems }));
  if (!told.some(({ name }) => others.some(({ identity }) => identity.environment === name))) return told;
  const withoutSelected = new Set(
    checkBetween({ environments: others, recordedVolumes: readVolumes(), incomplete: true }).flatMap(
      ({ environment, problems }) => problems.map((problem) => JSON.stringify([environment, problem])),
    ),
  );
  return told
    .map(({ name, problems }) => ({
      name,
      problems: problems.filter((problem) => !withoutSelected.has(JSON.stringify([name, problem]))),
    }))
    .filter(({ problems }) => problems.length > 0);
}

/** The environments of a zone without which its certificate would lose names: refused ones, and files that cannot be read. */
function missingFrom(
  { description, environments }: ZoneInUse,
  isUsable: (environment: ResolvedEnvironment) => boolean,
  refused: readonly Unparsed[],
): readonly string[] {
  return [
    ...environments.filter((environment) => !isUsable(environment)).map(({ identity }) => identity.environment),
    ...refused
      .filter(({ name, zone }) => (zone === undefined ? mayName(name, description.zone) : zone === description.zone))
      .map(({ name }) => name),
  ];
}

function incompleteZone({ description: { zone } }: ZoneInUse, missing: readonly string[]): Refused {
  return {
    name: zoneStackName(zone),
    report: `${zoneStackName(zone)}: not written, because its certificate could lose names of ${missing.join(', ')}: correct that first`,
  };
}

/** Refused files of a store without which roles of workflows would lose environments; none where it creates no roles. */
function missingFromStore({ store }: StoreInUse, refused: readonly Unparsed[]): readonly string[] {
  if (store.github === undefined) return [];
  return refused
    .filter((file) => (file.store === undefined ? mayName(file.name, store.name) : file.store === store.name))
    .map(({ name }) => name);
}

/** Whether the description of an environment whose file cannot be read may contain a name: where its sources do, or are not known. */
function mayName(environment: string, name: string): boolean {
  const file = listedFiles().get(environment);
  const texts = file === undefined ? [] : textsAround(file);
  return texts.length === 0 || texts.some((text) => text.includes(name));
}

function incompleteStore({ store: { name } }: StoreInUse, missing: readonly string[]): Refused {
  const stack = bootstrapStackId(name);
  return {
    name: stack,
    report: `${stack}: not written, because its roles could lose rights that ${missing.join(', ')} needs: correct that first`,
  };
}

async function parseAll(files: EnvironmentFiles, backend: Backend | undefined) {
  const environments: ResolvedEnvironment[] = [];
  const emulated: ResolvedEmulated[] = [];
  const extensions = new Map<string, ReadExtensions>();
  const refused: Unparsed[] = [];
  for (const [name, file] of Object.entries(files)) {
    let input: unknown;
    try {
      const { description, extend } = await readEnvironmentFile(name, file);
      input = description;
      if (isEmulated(input)) {
        const local = checkedName(name, parseEmulated(input));
        if (extend !== undefined) throw emulatedExtensions(name);
        emulated.push(local);
        continue;
      }
      const environment = checkedName(name, parseEnvironment(input));
      extensions.set(name, readExtensions(name, extend, Object.keys(files)));
      environments.push(backend === undefined ? environment : { ...environment, backend });
    } catch (error) {
      const written = plainInput(input).value;
      const found =
        error instanceof InvalidEnvironment ? { problems: error.problems } : { problems: [], fault: describeFault(error) };
      refused.push({ name, ...found, zone: zoneWritten(written), store: storeWritten(written) });
    }
  }
  return { environments, emulated, extensions, refused };
}

function emulatedExtensions(name: string): InvalidEnvironment {
  return new InvalidEnvironment(name, [
    {
      path: 'extend',
      received: 'extensions of an environment on a developer machine',
      allowed: 'extensions of environments in AWS',
      fix: 'remove the export: an emulated environment has buckets and secrets only',
    },
  ]);
}

/** The zone that a refused file writes, shared or not; none where it has no names, undefined where that cannot be read. */
function zoneWritten(input: unknown): string | undefined {
  const written = z.looseObject({ domain: z.looseObject({ zone: z.union([z.string(), z.looseObject({ zone: z.string() })]) }) });
  const parsed = written.safeParse(input);
  if (parsed.success) return typeof parsed.data.domain.zone === 'string' ? parsed.data.domain.zone : parsed.data.domain.zone.zone;
  return typeof input === 'object' && input !== null && !('domain' in input) ? '' : undefined;
}

/** The state store that a refused file names; none with another backend, undefined where that cannot be read. */
function storeWritten(input: unknown): string | undefined {
  const written = z.looseObject({ backend: z.looseObject({ store: z.looseObject({ name: z.string() }) }) }).safeParse(input);
  if (written.success) return written.data.backend.store.name;
  const other = z.looseObject({ backend: z.looseObject({ kind: z.enum(['cloud', 'local']) }) }).safeParse(input);
  return other.success ? '' : undefined;
}

/** @throws InvalidEnvironment when the environment has another name than its entry in the list */
function checkedName<T extends ResolvedEnvironment | ResolvedEmulated>(name: string, environment: T): T {
  const { environment: given } = environment.identity;
  if (given === name) return environment;
  throw new InvalidEnvironment(name, [
    {
      path: 'name',
      received: JSON.stringify(given),
      allowed: `"${name}", the name of its entry in environments/index.ts`,
      fix: 'make both the same: commands, stacks and states use this name',
    },
  ]);
}

/**
 * The backend that `TERRACE_BACKEND` sets for every environment.
 * @throws CommandError for any other value than `local`
 */
export function backendOverride(value: string | undefined): Backend | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === 'local') return { kind: 'local' };
  throw new CommandError(`TERRACE_BACKEND is "${value}"; allowed is "local", which keeps every state in a local file`, 2);
}
