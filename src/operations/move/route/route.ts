/**
 * A network route for the time of a move. Everything that it creates has the id of the move as a tag, or leads to what has: after any
 * interruption it is found again, and nothing is made twice. Closing looks for what is there, and needs nothing that opening knew.
 */
import type { AwsClients } from '../../../aws/clients';
import { closeListener, openListener } from '../../box/database-listener';
import { scriptHostOf } from '../../box/host-command';
import type { HostEnd } from '../../box/host-network';
import type { NetworkEnd } from '../../network-end';
import type { Target } from '../../target';
import { done, type Outcome, type StepTools } from '../steps';
import { cidrsOf, isInsideOne, oncePerRegion, type Crossing } from './crossing';
import { closePeering, openPeering, peeringOf } from './peering';
import { closeRules, openRules } from './rules';
import { closeTables, openTables } from './tables';

export interface RouteParts {
  /** The id of the move. */
  readonly move: string;
  /** The side that asks for a peering. */
  readonly asks: AwsClients;
  /** The other one; the same inside one environment. */
  readonly answers: AwsClients;
  /** Asked when the route is opened: what connects may have been built just before. */
  readonly crossings: () => Promise<readonly Crossing[]>;
  /** The environment whose host has the database that is followed. */
  readonly listeningHost?: Target;
  /** What runs scripts on the new side, where they reach the old database. */
  readonly place?: () => Promise<NetworkEnd>;
}

type Tools = Pick<StepTools, 'signal' | 'report'>;

export async function openRoute({ move, crossings, listeningHost }: RouteParts, tools: Tools): Promise<Outcome> {
  const notes: string[] = [];
  for (const crossing of await crossings()) {
    const { from, to, port } = crossing;
    const [fromCidrs, toCidrs] = await Promise.all([cidrsOf(from), cidrsOf(to)]);
    if (!isInsideOne(crossing)) {
      const peering = await openPeering(move, from, to, tools.signal);
      await openTables(peering, from, toCidrs);
      await openTables(peering, to, fromCidrs);
      notes.push(`${from.vpcId} and ${to.vpcId} are connected by ${peering.id}${peering.isOurs ? '' : ', which stays'}`);
    }
    await openRules(move, crossing);
    await from.policy?.open(move, toCidrs, port);
    if (listeningHost !== undefined && isHost(to)) {
      const { restarted } = await openListener(listeningHost, to, fromCidrs, tools);
      if (restarted) notes.push(`PostgreSQL of ${listeningHost.name} was restarted, with wal_level = logical`);
    }
    notes.push(`port ${port} of ${to.name} is open for ${from.name}`);
  }
  return done([...new Set(notes)]);
}

export async function closeRoute({ move, asks, answers, listeningHost, place }: RouteParts, tools: Tools): Promise<Outcome> {
  const notes: string[] = [];
  if (listeningHost !== undefined) {
    const { restarted } = await closeListener(listeningHost, await scriptHostOf(listeningHost), tools);
    if (restarted) notes.push(`PostgreSQL of ${listeningHost.name} was restarted, as it was before`);
  }
  const both = oncePerRegion([asks, answers]);
  for (const aws of both) await closeRules(move, aws);
  const id = (await peeringOf(move, asks))?.VpcPeeringConnectionId;
  if (id !== undefined) {
    for (const aws of both) await closeTables(id, aws);
    await closePeering(id, asks);
  }
  await (await place?.())?.policy?.close(move);
  return done(['the network route is closed', ...notes]);
}

function isHost(end: NetworkEnd): end is HostEnd {
  return 'instanceId' in end;
}
