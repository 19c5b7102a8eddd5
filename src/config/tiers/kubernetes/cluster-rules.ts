/** Rules about the cluster: its version, access to its API, and what it supports. */
import { contains, parseCidr } from '../../calculations/cidr';
import { EKS_VERSIONS } from '../../tables/eks-versions';
import { CONTAINER_SECTIONS, containersOf, hasTier, located } from '../../rules/located';
import { findingIf, sharedNames } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';

const versionSupported = defineRule({
  id: 'kubernetes-version',
  severity: 'refusal',
  summary: 'EKS supports the Kubernetes version, and Terrace has add-on versions for it.',
  reads: ['kubernetes'],
  check: ({ kubernetes: { version } }) => {
    const known = [...EKS_VERSIONS].map(([name, { standardSupportUntil }]) => `"${name}" (until ${standardSupportUntil})`);
    return findingIf(
      !EKS_VERSIONS.has(version),
      'kubernetes.version',
      version,
      known.join(', '),
      'choose one of these, or add a newer one and its add-ons to src/config/tables/eks-versions.ts',
    );
  },
});

const apiRestricted = defineRule({
  id: 'kubernetes-endpoint-open',
  severity: 'risk',
  summary: 'The public API of a protected cluster is restricted to named networks.',
  reads: ['tier', 'nextTier', 'protect', 'kubernetes'],
  check: ({ tier, nextTier, protect, kubernetes: { endpoint, publicAccessCidrs } }) => {
    const unrestricted = publicAccessCidrs.length === 0 || publicAccessCidrs.some((network) => network.endsWith('/0'));
    return findingIf(
      protect && endpoint === 'public' && unrestricted && hasTier({ tier, nextTier }, 'kubernetes'),
      'kubernetes.publicAccessCidrs',
      publicAccessCidrs,
      'at least one network, and not the whole internet, under `protect`',
      'list the networks of your office or VPN, such as ["198.51.100.7/32"], or set `endpoint` to "private"',
    );
  },
});

/** Networks that no one has. Source: RFC 5737, "IPv4 Address Blocks Reserved for Documentation". */
const DOCUMENTATION_NETWORKS = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'].flatMap((text) => parseCidr(text) ?? []);

function isForDocumentation(network: string): boolean {
  const parsed = parseCidr(network);
  return parsed !== undefined && DOCUMENTATION_NETWORKS.some((block) => contains(block, parsed));
}

const apiReachable = defineRule({
  id: 'kubernetes-endpoint-example',
  severity: 'warning',
  summary: 'The networks that reach the public API are real ones, not examples.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  check: ({ tier, nextTier, kubernetes: { publicAccessCidrs } }) =>
    publicAccessCidrs.flatMap((network, index) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && isForDocumentation(network),
        `kubernetes.publicAccessCidrs[${index}]`,
        network,
        'a network that exists: this one is reserved for documentation, and the platform stack cannot reach the API from it',
        'replace it by the network that you deploy from, before the first deployment',
      ),
    ),
});

const networksNeedPublicApi = defineRule({
  id: 'kubernetes-endpoint',
  severity: 'refusal',
  summary: '`publicAccessCidrs` needs a public API.',
  reads: ['kubernetes'],
  check: ({ kubernetes: { endpoint, publicAccessCidrs } }) =>
    findingIf(
      endpoint === 'private' && publicAccessCidrs.length > 0,
      'kubernetes.publicAccessCidrs',
      publicAccessCidrs,
      'no networks while `endpoint` is "private"',
      'set `endpoint` to "public", or move networks inside the VPC or behind a VPN to `privateAccessCidrs`',
    ),
});

const internetEgress = defineRule({
  id: 'kubernetes-nat',
  severity: 'refusal',
  summary: 'Kubernetes nodes have egress to the internet, from which they pull the platform’s images.',
  reads: ['tier', 'nextTier', 'network'],
  check: ({ tier, nextTier, network: { nat } }) =>
    findingIf(
      nat === 'none' && hasTier({ tier, nextTier }, 'kubernetes'),
      'network.nat',
      nat,
      '"instance", "single" or "per-az" with tier kubernetes',
      'choose "instance" for about $5 a month: the images of the platform are in public registries',
    ),
});

const noMounts = defineRule({
  id: 'kubernetes-mounts',
  severity: 'refusal',
  summary: 'Containers on Kubernetes mount no file system.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    hasTier({ tier, nextTier }, 'kubernetes')
      ? containersOf(workloads).flatMap(({ path, value }) =>
          findingIf(
            value.mounts.length > 0,
            `${path}.mounts`,
            value.mounts,
            'no mounts with tier kubernetes',
            'keep the files in a bucket, or stay on Fargate',
          ),
        )
      : [],
});

const buildersNeedFargate = defineRule({
  id: 'kubernetes-builders',
  severity: 'warning',
  summary: 'Builders need the Fargate tier; with Kubernetes alone, images are built in CI.',
  reads: ['tier', 'nextTier'],
  also: ['builders'],
  check: ({ tier, nextTier, builders }) =>
    located('builders', builders).flatMap(({ path }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && !hasTier({ tier, nextTier }, 'fargate'),
        path,
        tier,
        'builders are created with the Fargate tier only',
        'build images in CI and push them, or remove the builder',
      ),
    ),
});

const accessOnce = defineRule({
  id: 'kubernetes-access-once',
  severity: 'refusal',
  summary: 'An identity is in one list of those with access to the cluster, once: EKS has one entry for each.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    sharedNames(
      (['administrators', 'planners', 'viewers'] as const).flatMap((list) =>
        kubernetes[list].map((principal, index) => ({ path: `kubernetes.${list}[${index}]`, principal })),
      ),
      ({ principal }) => principal,
      { thing: 'identity', fix: 'keep it in the list with more rights only' },
    ),
});

export const KUBERNETES_RULES: readonly Rule[] = [
  versionSupported,
  accessOnce,
  apiRestricted,
  apiReachable,
  networksNeedPublicApi,
  internetEgress,
  noMounts,
  buildersNeedFargate,
];
