/** The module of a stack for a first plan: without states of others that do not exist, and without its own. Pure. */
import { resolve } from 'node:path';
import { producerOf } from '../../contracts/stack-kinds';
import {
  literalExpression,
  referencesIn,
  replaceReferences,
  withoutDependencies,
  type Reference,
} from '../../terraform/references';
import { blocksOf, type Block, type Blocks, type RootModule } from '../../terraform/root-module';
import type { Assumed, Assumptions } from './assume';

/** A value that a work copy has in the place of a reference. */
export interface Assumption extends Assumed {
  /** `network.vpc_id`; `data.aws_lb.ingress.dns_name` for what a data source would find. */
  readonly of: string;
}

export interface FirstModule {
  readonly module: RootModule;
  /** Sorted by `of`. */
  readonly assumptions: readonly Assumption[];
}

/** What stacks that are deployed publish; undefined for one that is not. */
export type PublishedNow = (stackId: string) => Readonly<Record<string, unknown>> | undefined;

export interface FirstModuleOptions {
  readonly assumptions: Assumptions;
  readonly published: PublishedNow;
  /** Of the synthesised stack, to which paths of local states are relative. */
  readonly folder: string;
}

/** Stack ids whose stacks have to be deployed before this one can be planned at all. */
export interface NeededFirst {
  readonly neededFirst: readonly string[];
}

/** The file of the state, which is empty: the real one is not touched. */
const STATE = 'first-plan.tfstate';

/** Data sources that compute, and look at nothing that has to exist. */
const COMPUTED = new Set(['aws_iam_policy_document', 'aws_arn']);

/**
 * The work copy of a stack's module.
 * @returns what is needed first where a provider is configured with what an undeployed stack publishes: it would be asked
 */
export function firstModule(
  stackId: string,
  module: RootModule,
  { assumptions, published, folder }: FirstModuleOptions,
): FirstModule | NeededFirst {
  const undeployed = (name: string): boolean => published(producerOf(stackId, name)) === undefined;
  const asked = referencesIn(module.provider).filter(({ type, name }) => type === 'terraform_remote_state' && undeployed(name));
  if (asked.length > 0) return { neededFirst: [...new Set(asked.map(({ name }) => producerOf(stackId, name)))] };

  const gone = goneData(module, undeployed);
  const used = new Map<string, Assumption>();
  const replace = (reference: Reference): string | undefined => {
    const { address, type, name, path } = reference;
    const isState = type === 'terraform_remote_state';
    if (!gone.has(address) && !(isState && isMissing(published(producerOf(stackId, name)), path))) return undefined;
    const inside = path.replace(/^\.outputs/, '');
    const producer = producerOf(stackId, name);
    const found = isState ? assumptions.published(producer, inside) : assumptions.found(stackId, reference);
    const assumed = found ?? {
      value: `assumed${inside.replace(/[^a-z0-9]+/gi, '-')}`,
      invented: [`${producer}${inside}`],
      isGuessed: true,
    };
    const of = isState ? `${name}${inside}` : `${address}${path}`;
    used.set(of, { of, ...assumed });
    return literalExpression(assumed.value);
  };
  const rest = { ...module, terraform: withOwnState(module.terraform), data: dataOf(module, gone, folder) };
  const independent = withoutDependencies(rest, (address) => gone.has(address));
  return {
    module: replaceReferences(independent, replace) as RootModule,
    assumptions: [...used.values()].sort((one, other) => (one.of < other.of ? -1 : 1)),
  };
}

/** Addresses of data sources that would find nothing: states that do not exist, and what is looked up by something in them. */
function goneData(module: RootModule, isUndeployed: (name: string) => boolean): ReadonlySet<string> {
  const gone = new Set<string>();
  const isGone = ({ type, name, block }: ReturnType<typeof blocksOf>[number]): boolean => {
    if (type === 'terraform_remote_state') return isUndeployed(name);
    return !COMPUTED.has(type) && referencesIn(block).some(({ address }) => gone.has(address));
  };
  // A look-up may use what another one would find.
  for (let before = -1; before < gone.size;) {
    before = gone.size;
    for (const data of blocksOf(module.data)) if (isGone(data)) gone.add(`data.${data.type}.${data.name}`);
  }
  return gone;
}

/** Whether a stack is deployed, and does not publish the value yet. */
function isMissing(outputs: ReturnType<PublishedNow>, path: string): boolean {
  const name = /^\.outputs\.([A-Za-z0-9_-]+)/.exec(path)?.[1];
  return outputs !== undefined && name !== undefined && !(name in outputs);
}

function withOwnState(terraform: RootModule['terraform']): RootModule['terraform'] {
  const { cloud: _cloud, backend: _backend, ...settings } = terraform ?? {};
  return { ...settings, backend: { local: { path: STATE } } };
}

/** Without what is gone. Terraform reads a local state relative to the folder in which it runs, which is another one here. */
function dataOf({ data }: RootModule, gone: ReadonlySet<string>, folder: string): Blocks | undefined {
  const rest: Record<string, Record<string, Block>> = {};
  for (const { type, name, block } of blocksOf(data)) {
    if (gone.has(`data.${type}.${name}`)) continue;
    const { config } = block as { readonly config?: { readonly path?: unknown } };
    const isLocal = type === 'terraform_remote_state' && typeof config?.path === 'string';
    const kept = isLocal ? { ...block, config: { ...config, path: resolve(folder, config.path) } } : block;
    rest[type] = { ...rest[type], [name]: kept };
  }
  return Object.keys(rest).length > 0 ? rest : undefined;
}
