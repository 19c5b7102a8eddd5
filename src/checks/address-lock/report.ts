/** Differences between an address lock and a synthesis as text. Pure. */
import { guardedType } from '../guarded-types';
import type { Differences, StackAddress } from './addresses';

/** Why a synthesis is refused. */
export function reportGone(group: string, { gone, added }: Differences): string {
  return [
    `${group}: ${gone.length} locked ${gone.length === 1 ? 'address is' : 'addresses are'} missing, and the next apply would delete the ${gone.length === 1 ? 'resource' : 'resources'}`,
    ...gone.flatMap((missing) => [
      `  ${describe(missing)}`,
      `    this loses ${lossOf(missing)}`,
      ...successors(missing, added).map((address) => `    is its new address ${address}?`),
    ]),
    '  Renamed? Record the move with `recordMove` (docs/lock.md). To be deleted? `npm run lock` removes the address; commit the difference.',
  ].join('\n');
}

/** What `npm run lock` has changed, or would change. */
export function reportDifferences({ added, moved, released, gone }: Differences): readonly string[] {
  return [
    ...added.map((address) => `  + ${describe(address)}`),
    ...moved.map((address) => `  ~ ${describe(address)} -> ${address.to}`),
    ...released.map((address) => `  o ${describe(address)}  is removed from the state but not destroyed`),
    ...gone.map((address) => `  - ${describe(address)}  WILL BE DELETED by the next apply; this loses ${lossOf(address)}`),
  ];
}

function describe({ stack, address }: StackAddress): string {
  return `${stack}: ${address}`;
}

function typeOf({ address }: StackAddress): string {
  return address.split('.')[0] ?? '';
}

function lossOf(missing: StackAddress): string {
  return guardedType(typeOf(missing))?.loss ?? 'its content';
}

/** New addresses of the same type. */
function successors(missing: StackAddress, added: readonly StackAddress[]): readonly string[] {
  return added
    .filter((candidate) => candidate.stack === missing.stack && typeOf(candidate) === typeOf(missing))
    .map(({ address }) => address);
}
