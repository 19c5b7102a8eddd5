/** Differences between the lock and a synthesis, for a person. Pure. */
import { NETWORK_ROOTS } from '../guard/network-roots';
import { STATEFUL_TYPES } from '../guard/stateful-types';
import type { Differences, StackAddress } from './addresses';

const LOSSES: ReadonlyMap<string, string> = new Map([...STATEFUL_TYPES, ...NETWORK_ROOTS].map(({ type, loss }) => [type, loss]));

/** Why a synthesis stops. */
export function reportGone(group: string, { gone, added }: Differences): string {
  return [
    `${group}: ${gone.length} locked ${gone.length === 1 ? 'address is' : 'addresses are'} gone, and the next apply would delete what is there`,
    ...gone.flatMap((place) => [
      `  ${describe(place)}`,
      `    lost with it: ${lossOf(place)}`,
      ...suggestMove(place, added).map((line) => `    ${line}`),
    ]),
    '  Renamed? Record the move with `recordMove` (docs/lock.md). Meant to go? `npm run lock` takes it out; commit the difference.',
  ].join('\n');
}

/** What `npm run lock` has changed, or would change. */
export function reportDifferences({ added, moved, released, gone }: Differences): readonly string[] {
  return [
    ...added.map((place) => `  + ${describe(place)}`),
    ...moved.map((place) => `  ~ ${describe(place)} -> ${place.to}`),
    ...released.map((place) => `  o ${describe(place)}  is let go, not destroyed`),
    ...gone.map((place) => `  - ${describe(place)}  WILL BE DELETED by the next apply; lost with it: ${lossOf(place)}`),
  ];
}

function describe({ stack, address }: StackAddress): string {
  return `${stack}: ${address}`;
}

function typeOf({ address }: StackAddress): string {
  return address.split('.')[0] ?? '';
}

function lossOf(place: StackAddress): string {
  return LOSSES.get(typeOf(place)) ?? 'what it holds';
}

function suggestMove(place: StackAddress, added: readonly StackAddress[]): readonly string[] {
  return added
    .filter((candidate) => candidate.stack === place.stack && typeOf(candidate) === typeOf(place))
    .map(({ address }) => `is it ${address} now?`);
}
