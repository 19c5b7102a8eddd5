/** Which stacks a change touches: synthesised before against synthesised after, in deploy order. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedEnvironment } from '../../config';
import { readManifest } from '../../synthesis/output-folder';
import { STACK_KINDS } from '../../contracts/stack-kinds';

/** An environment with stacks to plan. */
export interface ChangedEnvironment {
  readonly environment: string;
  readonly region: string;
  readonly protect: boolean;
  /** Names the state store, whose roles plan and apply; none with Terraform Cloud. */
  readonly store?: string;
  /** In deploy order. */
  readonly stacks: readonly string[];
}

/** What a change touches. */
export interface Changes {
  readonly environments: readonly ChangedEnvironment[];
  /** Bootstrap stacks, which a person applies. */
  readonly byHand: readonly string[];
  /** Stacks that are there no more: what they made stays until a person destroys it. */
  readonly gone: readonly string[];
}

export interface CompareOptions {
  /** What was synthesised earlier. Left out, or a folder that is not there: everything counts as changed. */
  readonly before?: string;
  readonly after: string;
  readonly environments: readonly ResolvedEnvironment[];
  /** Lists every stack of an environment that is touched: one may follow from what another hands on. */
  readonly whole: boolean;
}

/** Compares two output folders. */
export function changesBetween({ before, after, environments, whole }: CompareOptions): Changes {
  const order = deployOrder(after);
  const touched = order.filter((id) => moduleOf(before, id) !== moduleOf(after, id));
  const owner = (id: string): ResolvedEnvironment | undefined =>
    environments
      .filter(({ identity }) => id.startsWith(`${identity.environment}-`))
      .sort((a, b) => b.identity.environment.length - a.identity.environment.length)[0];
  return {
    environments: environments.flatMap((environment) => {
      const stacks = touched.filter((id) => owner(id) === environment);
      if (stacks.length === 0) return [];
      return [describe(environment, whole ? order.filter((id) => owner(id) === environment) : stacks)];
    }),
    byHand: touched.filter((id) =>
      environments.some(({ backend }) => backend.kind === 's3' && id === `${backend.store.name}-bootstrap`),
    ),
    gone:
      before === undefined
        ? []
        : Object.keys(readManifest(before))
            .filter((id) => !order.includes(id))
            .sort(),
  };
}

/** Every stack of an output folder, each after those it reads; those that do not read each other as docs/deploy.md lists them. */
export function deployOrder(folder: string): readonly string[] {
  const manifest = readManifest(folder);
  const done = new Set<string>();
  const visit = (id: string): void => {
    if (done.has(id)) return;
    for (const dependency of manifest[id]?.dependencies ?? []) visit(dependency);
    done.add(id);
  };
  const ids = Object.keys(manifest).sort();
  for (const id of [...ids].sort((a, b) => rankOf(a) - rankOf(b))) visit(id);
  return [...done];
}

/** Where a stack's kind stands in deploy order; anything else, such as bootstrap, before all. */
function rankOf(id: string): number {
  return STACK_KINDS.findIndex((kind) => id.endsWith(`-${kind}`));
}

function describe({ identity, protect, backend }: ResolvedEnvironment, stacks: readonly string[]): ChangedEnvironment {
  const { environment, region } = identity;
  return { environment, region, protect, store: backend.kind === 's3' ? backend.store.name : undefined, stacks };
}

/** The text itself: synthesis is deterministic, so equal modules are equal bytes. */
function moduleOf(folder: string | undefined, id: string): string | undefined {
  const file = folder === undefined ? undefined : join(folder, 'stacks', id, 'cdk.tf.json');
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
