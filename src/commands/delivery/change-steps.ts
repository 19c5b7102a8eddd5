/** The steps that find out what a change touches, and which states no code describes any more. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import { previewStateKeys, zoneStackName } from '../../config/names';
import { loadEnvironments } from '../../synthesis/load';
import { changesBetween } from './changed';
import { findLeftovers } from './leftovers';
import { accessOf, matrixOf, PHASES, phasesOf } from './matrix';
import { setOutputs, summarise } from './outputs';

export interface ChangedOptions {
  readonly before?: string;
  readonly output: string;
  readonly for: 'plan' | 'apply';
  /** A file for another job. */
  readonly to?: string;
}

export interface LeftoversOptions {
  readonly output: string;
  readonly report: string;
}

/** Every environment and shared zone that is deployed to AWS: environments of developers' machines are left out. */
export async function deployed({ files }: CommandContext) {
  const { environments, zones, stores, refused } = await loadEnvironments(files);
  // A refused environment may own a stack that would then seem to be another's.
  if (refused.length > 0) throw new CommandError(refused.map(({ report }) => report).join('\n'));
  return { environments, zones, stores };
}

/**
 * Sets the outputs `matrix`, `any`, `expected`, `stores` and `store-names`; with `--for apply` one matrix for each phase of a deployment instead, and lists
 * what people have to do in the summary.
 */
export async function changed(context: CommandContext, patterns: readonly string[], options: ChangedOptions): Promise<number> {
  const { files, io } = context;
  const { environments, zones } = await deployed(context);
  const names = [...Object.keys(files), ...zones.map(({ description }) => zoneStackName(description.zone))];
  const only = patterns.length === 0 ? undefined : selectNames(names, patterns);
  const { before, output: after } = options;
  const changes = changesBetween({ before, after, environments, zones, only, whole: options.for === 'apply' });
  if (options.to !== undefined) {
    mkdirSync(dirname(options.to), { recursive: true });
    writeFileSync(options.to, JSON.stringify(changes, null, 2));
  }
  const { include, skipped } = matrixOf(changes, options.for, accessOf(io.env));
  const phases = phasesOf(include);
  const stores = storesOf(changes.environments, include);
  setOutputs(
    options.for === 'plan'
      ? {
          matrix: JSON.stringify({ include }),
          any: String(include.length > 0),
          expected: include.map(({ environment }) => environment).join(' '),
          stores: JSON.stringify({ include: stores }),
          'store-names': stores.map(({ store }) => store).join(' '),
        }
      : Object.fromEntries(
          PHASES.map((phase) => [phase, phases[phase].length === 0 ? '' : JSON.stringify({ include: phases[phase] })]),
        ),
    io,
  );
  const notes = [
    ...skipped.map((line) => `- not planned: ${line}`),
    ...changes.byHand.map((stack) => `- ${stack} has changed: a person applies it (docs/bootstrap.md)`),
    ...changes.gone.map(
      (stack) => `- ${stack} was removed from the code: its resources stay until a person destroys them (docs/deploy.md)`,
    ),
  ];
  if (notes.length > 0) summarise(notes.join('\n'), io);
  return 0;
}

/** The stores of the jobs, each once, with the role that may read its states. */
function storesOf(
  environments: readonly { readonly environment: string; readonly store?: string }[],
  include: readonly { readonly environment: string; readonly role: string; readonly region: string }[],
) {
  const entries = include.flatMap(({ environment, role, region }) => {
    const store = environments.find((one) => one.environment === environment)?.store;
    return store === undefined ? [] : [[store, { store, role, region }] as const];
  });
  return [...new Map([...entries].reverse()).values()].reverse();
}

/** Writes which states in a store's bucket have resources and no stack. */
export async function leftovers(context: CommandContext, store: string, options: LeftoversOptions): Promise<number> {
  const { stores, environments } = await deployed(context);
  const previews = environments
    .filter(({ preview }) => preview !== undefined)
    .map(({ identity }) => previewStateKeys(identity.shortName));
  const found = stores.find((one) => one.store.name === store)?.store;
  if (found === undefined) throw new CommandError(`there is no state store ${store}`);
  const report = await findLeftovers(found, options.output, (key) => previews.some((ofPreview) => ofPreview.test(key)));
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, JSON.stringify(report, null, 2));
  context.io.stderr.write(`${report.states.length} states of ${store} have resources and no stack\n`);
  return 0;
}
