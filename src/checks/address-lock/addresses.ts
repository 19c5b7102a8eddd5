/** The addresses that must not change, read from synthesised modules. Pure. */
import { nestedBlocks, resourcesOf, type Modules, type RootModule } from '../../terraform/root-module';
import { mustKeepAddress } from '../guarded-types';

/** Stack id to the addresses in it that must not change, sorted. */
export type Addresses = Readonly<Record<string, readonly string[]>>;

/** The addresses to lock in each stack; stacks without any are left out. */
export function addressesToLock(modules: Modules): Addresses {
  const entries = Object.entries(modules)
    .map(([stack, module]) => [stack, addressesIn(module)] as const)
    .filter(([, addresses]) => addresses.length > 0);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function addressesIn(module: RootModule): readonly string[] {
  return resourcesOf(module)
    .filter(({ type }) => mustKeepAddress(type))
    .map(({ address }) => address)
    .sort();
}

/** The differences between the locked addresses of one environment or state store and a synthesis. */
export interface Differences {
  readonly added: readonly StackAddress[];
  readonly moved: readonly (StackAddress & { readonly to: string })[];
  /** Removed from the state by a `removed` block, and not destroyed. */
  readonly released: readonly StackAddress[];
  /** Missing without a `moved` or `removed` block: the next apply deletes the resource. */
  readonly gone: readonly StackAddress[];
}

export interface StackAddress {
  readonly stack: string;
  readonly address: string;
}

/** Compares the locked addresses with a synthesis. */
export function compare(locked: Addresses, modules: Modules): Differences {
  const current = addressesToLock(modules);
  const judged = listOf(locked)
    .filter(({ stack, address }) => current[stack]?.includes(address) !== true)
    .map((missing) => {
      const module = modules[missing.stack] ?? {};
      const to = destination(module, missing.address);
      const isMoved = to !== undefined && current[missing.stack]?.includes(to) === true;
      return { missing, to: isMoved ? to : undefined, isReleased: isReleased(module, missing.address) };
    });
  const moved = judged.flatMap(({ missing, to }) => (to === undefined ? [] : [{ ...missing, to }]));
  return {
    moved,
    released: judged.filter(({ to, isReleased }) => to === undefined && isReleased).map(({ missing }) => missing),
    gone: judged.filter(({ to, isReleased }) => to === undefined && !isReleased).map(({ missing }) => missing),
    added: listOf(current).filter(
      ({ stack, address }) =>
        locked[stack]?.includes(address) !== true && !moved.some((move) => move.stack === stack && move.to === address),
    ),
  };
}

export function isUnchanged({ added, moved, released, gone }: Differences): boolean {
  return [added, moved, released, gone].every((addresses) => addresses.length === 0);
}

function listOf(addresses: Addresses): readonly StackAddress[] {
  return Object.entries(addresses).flatMap(([stack, list]) => list.map((address) => ({ stack, address })));
}

/** Where the module's `moved` blocks move an address, possibly in several steps. */
function destination({ moved = [] }: RootModule, address: string): string | undefined {
  const seen = new Set<string>();
  let at = address;
  while (!seen.has(at)) {
    seen.add(at);
    const next = moved.find(({ from }) => bare(from) === at);
    if (next === undefined) return at === address ? undefined : at;
    at = bare(next.to);
  }
  return undefined;
}

/** Whether a `removed` block with `destroy = false` names the address. */
function isReleased({ removed = [] }: RootModule, address: string): boolean {
  return removed.some(({ from, lifecycle }) => {
    const [settings] = nestedBlocks(lifecycle);
    return typeof from === 'string' && bare(from) === address && settings?.destroy === false;
  });
}

/** cdktf writes bare addresses; overrides may hold `${...}`. */
function bare(reference: string): string {
  return reference.replace(/^\$\{(.*)\}$/, '$1');
}
