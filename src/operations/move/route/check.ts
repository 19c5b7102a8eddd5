/** Why no route can be opened, from the descriptions alone: before anything is built. */
import { overlap, parseCidr } from '../../../config/calculations/cidr';
import type { Target } from '../../target';

export interface RouteWish {
  readonly source: Target;
  /** The same as the source inside one environment. */
  readonly target: Target;
  /** Whether the new server follows the old one. */
  readonly live: boolean;
}

/** Sentences for people, each with its fix; empty where nothing is in the way. */
export function problemsOfRoute({ source, target, live }: RouteWish): readonly string[] {
  return [
    ...(source.name === target.name ? [] : [...overlapOf(source, target), ...accountsOf(source, target)]),
    ...(live ? logOf(source) : []),
  ];
}

/** AWS peers no networks that share an address. */
function overlapOf(source: Target, target: Target): readonly string[] {
  const [own, other] = [source.environment.network.cidr, target.environment.network.cidr];
  const [one, two] = [parseCidr(own), parseCidr(other)];
  if (one === undefined || two === undefined || !overlap(one, two)) return [];
  return [
    `no route can be opened between ${own} of ${source.name} and ${other} of ${target.name}: they overlap\n  fix   ${fixOf(source, target)}`,
  ];
}

function fixOf(source: Target, target: Target): string {
  const { database } = source.environment.data;
  const byHand = 'move the database by hand (docs/moving.md), and pass --leave database/main';
  return `another network.cidr for ${target.name}, while it is empty${database?.placement === 'host' ? '; or move without --live' : `; or ${byHand}`}`;
}

/** One command has the credentials of one account. */
function accountsOf(source: Target, target: Target): readonly string[] {
  const [own, other] = [source.environment.identity.account, target.environment.identity.account];
  if (own === undefined || other === undefined || own === other) return [];
  return [
    `${source.name} is in the account ${own} and ${target.name} in ${other}: one command opens no route between two accounts\n  fix   ${fixOf(source, target)}`,
  ];
}

/** On RDS only its parameter group says so, and RDS reads it at a start. On a host the route sets it. */
function logOf({ name, environment }: Target): readonly string[] {
  const { database } = environment.data;
  if (database?.placement !== 'managed' || database.parameters['rds.logical_replication'] === '1') return [];
  return [
    `the database of ${name} writes no log that can be followed\n  fix   database.parameters: { 'rds.logical_replication': '1' } in its description, npm run deploy -- ${name}, and a restart, which interrupts for a minute: aws rds reboot-db-instance --db-instance-identifier ${database.identifier}; or move without --live`,
  ];
}
