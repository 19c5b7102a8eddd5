/**
 * Rules of security groups for a route: separate ones, as Terraform's are, each with the tag of the move. Terraform owns rules one by
 * one and no group as a whole, so that a plan shows nothing of these.
 */
import type { EC2, IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../../../aws/clients';
import { explained, isAwsError } from '../../../aws/errors';
import { cidrsOf, isInsideOne, ROUTE_TAG, tagsOf, type Crossing } from './crossing';

/** Opens both sides. Rules that are there stay, and those that somebody else has made are not removed later. */
export async function openRules(move: string, crossing: Crossing): Promise<void> {
  const { from, to, port } = crossing;
  const inside = isInsideOne(crossing);
  const toPeers = inside ? [groupPeer(to.securityGroupId, move)] : (await cidrsOf(to)).map((cidr) => cidrPeer(cidr, move));
  const fromPeers = inside ? [groupPeer(from.securityGroupId, move)] : (await cidrsOf(from)).map((cidr) => cidrPeer(cidr, move));
  const [sending, receiving] = [await from.aws.ec2(), await to.aws.ec2()];
  for (const peer of toPeers)
    await authorized(from.name, () => sending.authorizeSecurityGroupEgress(ruleFor(from.securityGroupId, peer, port, move)));
  for (const peer of fromPeers)
    await authorized(to.name, () => receiving.authorizeSecurityGroupIngress(ruleFor(to.securityGroupId, peer, port, move)));
}

export async function closeRules(move: string, aws: AwsClients): Promise<void> {
  const ec2 = await aws.ec2();
  for (const { SecurityGroupRuleId: id = '', GroupId, IsEgress: isEgress } of await rulesOf(move, ec2)) {
    const revoked = { GroupId, SecurityGroupRuleIds: [id] };
    await explained(`removing the rule ${id} of ${GroupId}`, async () => {
      await (isEgress === true ? ec2.revokeSecurityGroupEgress(revoked) : ec2.revokeSecurityGroupIngress(revoked)).catch(
        (error: unknown) => {
          if (!isAwsError(error, 'InvalidSecurityGroupRuleId.NotFound')) throw error;
        },
      );
    });
  }
}

async function rulesOf(move: string, ec2: EC2): Promise<readonly SecurityGroupRule[]> {
  const found: SecurityGroupRule[] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await explained('looking for the rules of the route', () =>
      ec2.describeSecurityGroupRules({ Filters: [{ Name: `tag:${ROUTE_TAG}`, Values: [move] }], NextToken }),
    );
    found.push(...(page.SecurityGroupRules ?? []));
    NextToken = page.NextToken;
    if (NextToken === undefined || NextToken === '') return found;
  }
}

async function authorized(name: string, call: () => Promise<unknown>): Promise<void> {
  await explained(`opening the security group of ${name}`, async () => {
    await call().catch((error: unknown) => {
      if (!isAwsError(error, 'InvalidPermission.Duplicate')) throw error;
    });
  });
}

type Peer = Pick<IpPermission, 'UserIdGroupPairs' | 'IpRanges'>;

function groupPeer(groupId: string, move: string): Peer {
  return { UserIdGroupPairs: [{ GroupId: groupId, Description: descriptionOf(move) }] };
}

function cidrPeer(cidr: string, move: string): Peer {
  return { IpRanges: [{ CidrIp: cidr, Description: descriptionOf(move) }] };
}

function descriptionOf(move: string): string {
  return `Until the end of ${move} (npm run move)`;
}

/** One peer a call: a rule that is there already would keep the others from being made. */
function ruleFor(groupId: string, peer: Peer, port: number, move: string) {
  return {
    GroupId: groupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer }],
    TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tagsOf(move) }],
  };
}
