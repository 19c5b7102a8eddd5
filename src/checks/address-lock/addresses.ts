/** The addresses that must not change, read from synthesised modules. Pure. */
import { nestedBlocks, resourcesOf, type Block, type Modules, type RootModule } from '../../terraform/root-module';
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
    .filter(({ type, block }) => mustKeepAddress(type) && !hasNoInstance(block))
    .map(({ address }) => address)
    .sort();
}

/** `count = 0` and an empty `for_each` delete the resource, as removing its block does. */
function hasNoInstance({ count, for_each: forEach }: Block): boolean {
  if (count === 0 || count === '0') return true;
  const given = typeof forEach === 'string' ? forEach.replace(/\s/g, '') : forEach;
  if (typeof given === 'string') return ['${{}}', '${[]}', '${toset([])}', '${tomap({})}'].includes(given);
  return typeof given === 'object' && given !== null && Object.keys(given).length === 0;
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
  // An address holds one resource: of two that are moved to it, or of one that is moved to another's, the second is lost.
  const taken = new Set(
    listOf(locked)
      .filter(({ stack, address }) => current[stack]?.includes(address) === true)
      .map(({ stack, address }) => `${stack} ${address}`),
  );
  const judged = listOf(locked)
    .filter(({ stack, address }) => current[stack]?.includes(address) !== true)
    .map((missing) => {
      const module = modules[missing.stack] ?? {};
      const to = destination(module, missing.address);
      const target = `${missing.stack} ${to ?? ''}`;
      const isMoved = to !== undefined && current[missing.stack]?.includes(to) === true && !taken.has(target);
      if (isMoved) taken.add(target);
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

/** Whether the `removed` blocks of the address all say `destroy = false`, and there is one. */
function isReleased({ removed = [] }: RootModule, address: string): boolean {
  const own = removed.filter(({ from }) => typeof from === 'string' && bare(from) === address);
  return own.length > 0 && own.every(({ lifecycle }) => nestedBlocks(lifecycle)[0]?.destroy === false);
}

/** cdktf writes bare addresses; overrides may hold `${...}`. */
function bare(reference: string): string {
  return reference.replace(/^\$\{(.*)\}$/, '$1');
}
