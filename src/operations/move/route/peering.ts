/** The peering of two networks for the time of a move. AWS has no token for it: it is found by its tag, and made once. */
import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../../../aws/clients';
import { explained, isAwsError } from '../../../aws/errors';
import { TimedOut, waitFor } from '../../../aws/waiting';
import { CommandError } from '../../../cli/errors';
import type { NetworkEnd } from '../../network-end';
import { ROUTE_TAG, tagsOf } from './crossing';

const POLLING_SECONDS = 3;

/** Between regions it takes some seconds until the other side sees the request. */
const ACTIVE_SECONDS = 180;

/** Of one that is not gone. Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html */
const LIVE = ['initiating-request', 'pending-acceptance', 'provisioning', 'active'];

export interface Peering {
  readonly id: string;
  /** Made by this move, and removed with it. */
  readonly isOurs: boolean;
}

/** @param one side that asks. @throws CommandError where AWS refuses it, as for networks that overlap */
export async function openPeering(move: string, one: NetworkEnd, other: NetworkEnd, signal?: AbortSignal): Promise<Peering> {
  const found = await peeringOf(move, one.aws);
  if (found === undefined) {
    const foreign = await foreignPeering(one, other);
    if (foreign !== undefined) return { id: foreign, isOurs: false };
  }
  const id = found?.VpcPeeringConnectionId ?? (await request(move, one, other));
  await activated(id, one, other, signal);
  return { id, isOurs: true };
}

/** Routes go first. @param one side that has asked */
export async function closePeering(id: string, one: AwsClients): Promise<void> {
  const ec2 = await one.ec2();
  await explained(`removing the peering ${id}`, async () => {
    await ec2.deleteVpcPeeringConnection({ VpcPeeringConnectionId: id }).catch((error: unknown) => {
      if (!isAwsError(error, 'InvalidVpcPeeringConnectionID.NotFound', 'InvalidStateTransition')) throw error;
    });
  });
}

/** The peering of a move, as the side sees it that has asked; undefined where there is none. */
export async function peeringOf(move: string, one: AwsClients): Promise<VpcPeeringConnection | undefined> {
  const found = await peerings(one, { Name: `tag:${ROUTE_TAG}`, Values: [move] });
  return found.find(({ Tags: tags = [] }) => tags.some(({ Key: key, Value: value }) => key === ROUTE_TAG && value === move));
}

/** AWS allows one peering of two networks: where a team has its own, that one carries the move. */
async function foreignPeering(one: NetworkEnd, other: NetworkEnd): Promise<string | undefined> {
  const both = [one.vpcId, other.vpcId];
  const found = await peerings(one.aws, { Name: 'status-code', Values: ['active'] });
  return found.find(
    ({ RequesterVpcInfo: asked, AccepterVpcInfo: answered, Status: status }) =>
      status?.Code === 'active' &&
      asked?.VpcId !== answered?.VpcId &&
      [asked, answered].every((side) => both.includes(side?.VpcId ?? '')),
  )?.VpcPeeringConnectionId;
}

/** Those that are not gone. */
async function peerings(
  aws: AwsClients,
  filter: { readonly Name: string; readonly Values: string[] },
): Promise<readonly VpcPeeringConnection[]> {
  const ec2 = await aws.ec2();
  const { VpcPeeringConnections: found = [] } = await explained('looking for the peering of the networks', () =>
    ec2.describeVpcPeeringConnections({ Filters: [filter] }),
  );
  return found.filter(({ Status: status }) => LIVE.includes(status?.Code ?? ''));
}

async function request(move: string, one: NetworkEnd, other: NetworkEnd): Promise<string> {
  const ec2 = await one.aws.ec2();
  const region = other.aws.options.region;
  const { VpcPeeringConnection: made } = await explained('asking for a peering of the networks', () =>
    ec2.createVpcPeeringConnection({
      VpcId: one.vpcId,
      PeerVpcId: other.vpcId,
      ...(region === one.aws.options.region ? {} : { PeerRegion: region }),
      TagSpecifications: [
        { ResourceType: 'vpc-peering-connection', Tags: [...tagsOf(move), { Key: 'Name', Value: `terrace ${move}` }] },
      ],
    }),
  );
  return made?.VpcPeeringConnectionId ?? '';
}

async function activated(id: string, one: NetworkEnd, other: NetworkEnd, signal: AbortSignal | undefined): Promise<void> {
  const accepter = await other.aws.ec2();
  try {
    await waitFor(
      async () => {
        const state = await stateOf(id, other.aws);
        if (state?.Code === 'active') return true;
        if (state?.Code === 'pending-acceptance')
          await explained(`accepting the peering ${id}`, () =>
            accepter.acceptVpcPeeringConnection({ VpcPeeringConnectionId: id }),
          );
        else if (state !== undefined && !LIVE.includes(state.Code ?? ''))
          throw new CommandError(
            `AWS refuses a peering of ${one.vpcId} and ${other.vpcId}: ${state.Message ?? state.Code ?? 'no reason given'}`,
          );
        return undefined;
      },
      { everySeconds: POLLING_SECONDS, timeoutSeconds: ACTIVE_SECONDS, signal },
    );
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new CommandError(`the peering ${id} is not active after ${ACTIVE_SECONDS} seconds\n  fix   call the command again`);
  }
}

/** Undefined while the region of the other side has not heard of it. */
async function stateOf(id: string, aws: AwsClients): Promise<VpcPeeringConnection['Status'] | undefined> {
  const ec2 = await aws.ec2();
  return explained(`looking at the peering ${id}`, async () => {
    try {
      const { VpcPeeringConnections: [found] = [] } = await ec2.describeVpcPeeringConnections({ VpcPeeringConnectionIds: [id] });
      return found?.Status;
    } catch (error) {
      if (isAwsError(error, 'InvalidVpcPeeringConnectionID.NotFound')) return undefined;
      throw error;
    }
  });
}
