/** The addresses that must not change, out of synthesised modules. Pure. */
import { isKept } from '../guard/losses';
import { resourcesOf, type Modules, type RootModule } from '../../terraform/root-module';

/** Stack id to the addresses in it that must be kept, sorted. */
export type Addresses = Readonly<Record<string, readonly string[]>>;

/** What is kept of each stack; stacks that hold nothing of the kind are left out. */
export function keptAddresses(modules: Modules): Addresses {
  const entries = Object.entries(modules)
    .map(([stack, module]) => [stack, keptIn(module)] as const)
    .filter(([, addresses]) => addresses.length > 0);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function keptIn(module: RootModule): readonly string[] {
  return resourcesOf(module)
    .filter(({ type }) => isKept(type))
    .map(({ address }) => address)
    .sort();
}

/** What became of the locked addresses of one environment or state store. */
export interface Differences {
  readonly added: readonly StackAddress[];
  readonly moved: readonly (StackAddress & { readonly to: string })[];
  /** Let go by a `removed` block without being destroyed. */
  readonly released: readonly StackAddress[];
  /** Neither there nor accounted for: the next apply deletes it. */
  readonly gone: readonly StackAddress[];
}

export interface StackAddress {
  readonly stack: string;
  readonly address: string;
}

/** Compares what is locked with what a synthesis gives. */
export function compare(locked: Addresses, modules: Modules): Differences {
  const current = keptAddresses(modules);
  const missing = placesOf(locked).filter(({ stack, address }) => current[stack]?.includes(address) !== true);
  const judged = missing.map((place) => {
    const module = modules[place.stack] ?? {};
    const to = destination(module, place.address);
    const isMoved = to !== undefined && current[place.stack]?.includes(to) === true;
    return { place, to: isMoved ? to : undefined, isReleased: isReleased(module, place.address) };
  });
  const moved = judged.flatMap(({ place, to }) => (to === undefined ? [] : [{ ...place, to }]));
  return {
    moved,
    released: judged.filter(({ to, isReleased }) => to === undefined && isReleased).map(({ place }) => place),
    gone: judged.filter(({ to, isReleased }) => to === undefined && !isReleased).map(({ place }) => place),
    added: placesOf(current).filter(
      ({ stack, address }) =>
        locked[stack]?.includes(address) !== true && !moved.some((move) => move.stack === stack && move.to === address),
    ),
  };
}

export function isUnchanged({ added, moved, released, gone }: Differences): boolean {
  return [added, moved, released, gone].every((places) => places.length === 0);
}

function placesOf(addresses: Addresses): readonly StackAddress[] {
  return Object.entries(addresses).flatMap(([stack, list]) => list.map((address) => ({ stack, address })));
}

/** Where the module's `moved` blocks take an address, over several if need be. */
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

/** Whether a `removed` block lets go of the address and says not to destroy what is there. */
function isReleased({ removed = [] }: RootModule, address: string): boolean {
  return removed.some(({ from, lifecycle }) => {
    const settings = (Array.isArray(lifecycle) ? (lifecycle as unknown[])[0] : lifecycle) as { destroy?: unknown } | undefined;
    return typeof from === 'string' && bare(from) === address && settings?.destroy === false;
  });
}

/** cdktf writes addresses bare; a person may write `${...}`. */
function bare(reference: string): string {
  return reference.replace(/^\$\{(.*)\}$/, '$1');
}
