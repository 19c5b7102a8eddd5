/** Rules about who and what reaches the cluster: identities, networks, and addresses for its pods. */
import { carvedPrefix } from '../../calculations/subnets';
import { isPrivate, parseCidr } from '../../calculations/cidr';
import { eachOnce, findingIf } from '../../rules/finding';
import { hasTier } from '../../rules/located';
import { defineRule, type Rule } from '../../rules/rule';

/** Source: Amazon EKS user guide, "Grant IAM users access to Kubernetes with EKS access entries". */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/;

const principals = defineRule({
  id: 'kubernetes-principals',
  severity: 'refusal',
  summary: 'Access to the cluster is given to IAM roles and users.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    (['administrators', 'planners', 'viewers'] as const).flatMap((list) =>
      kubernetes[list].flatMap((arn, index) =>
        findingIf(
          !PRINCIPAL.test(arn),
          `kubernetes.${list}[${index}]`,
          arn,
          'the ARN of an IAM role or user, such as "arn:aws:iam::123456789012:role/shop-support"',
          'name the role of a session, not the session: `aws iam get-role --role-name <name> --query Role.Arn`',
        ),
      ),
    ),
});

/** Source: Amazon EKS user guide, "Cluster API server endpoint", quota of public endpoint access CIDR ranges. */
const MOST_NETWORKS = 40;

const publicNetworks = defineRule({
  id: 'kubernetes-public-networks',
  severity: 'refusal',
  summary: `The networks that reach the public API have public addresses, each listed once, at most ${MOST_NETWORKS}.`,
  reads: ['kubernetes'],
  check: ({ kubernetes: { publicAccessCidrs } }) => [
    ...publicAccessCidrs.flatMap((network, index) => {
      const parsed = parseCidr(network);
      return findingIf(
        parsed !== undefined && isPrivate(parsed),
        `kubernetes.publicAccessCidrs[${index}]`,
        network,
        'a network of public addresses: EKS refuses private ones here',
        'move it to `privateAccessCidrs`',
      );
    }),
    ...findingIf(
      publicAccessCidrs.length > MOST_NETWORKS,
      'kubernetes.publicAccessCidrs',
      `${publicAccessCidrs.length} networks`,
      `at most ${MOST_NETWORKS}`,
      'combine neighbouring networks, or connect through a VPN',
    ),
    ...eachOnce('kubernetes.publicAccessCidrs', publicAccessCidrs, 'network'),
  ],
});

/** A /27 has no free block of 16 addresses: AWS reserves some at its beginning and its end. */
const SMALLEST_PREFIX = 26;

const podAddresses = defineRule({
  id: 'kubernetes-subnet-size',
  severity: 'refusal',
  summary: `With prefix delegation, the private subnets are /${SMALLEST_PREFIX} or larger: a node takes blocks of 16 addresses.`,
  reads: ['tier', 'nextTier', 'network', 'kubernetes'],
  check: ({ tier, nextTier, network, kubernetes }) => {
    if (!kubernetes.prefixDelegation || !hasTier({ tier, nextTier }, 'kubernetes')) return [];
    const subnets =
      network.subnets === undefined
        ? [{ path: 'network.cidr', cidr: network.cidr, prefix: carvedPrefix(network.cidr, 'private') }]
        : network.subnets.private.map((cidr, index) => ({
            path: `network.subnets.private[${index}]`,
            cidr,
            prefix: parseCidr(cidr)?.prefix,
          }));
    return subnets.flatMap(({ path, cidr, prefix }) =>
      findingIf(
        prefix !== undefined && prefix > SMALLEST_PREFIX,
        path,
        cidr,
        `private subnets of /${SMALLEST_PREFIX} or larger`,
        'make it larger: /24 is a usual size; or set kubernetes.prefixDelegation to false',
      ),
    );
  },
});

export const ACCESS_RULES: readonly Rule[] = [principals, publicNetworks, podAddresses];
