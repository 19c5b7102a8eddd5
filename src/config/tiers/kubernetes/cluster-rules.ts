/** Rules about the cluster: its version, who reaches it, what it can run. */
import { EKS_VERSIONS } from '../../tables/eks-versions';
import { hasTier, located } from '../../rules/located';
import { findingIf } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';

const versionSupported = defineRule({
  id: 'kubernetes-version',
  severity: 'refusal',
  summary: 'EKS supports the Kubernetes version, and Terrace knows the add-ons that go with it.',
  reads: ['kubernetes'],
  check: ({ kubernetes: { version } }) => {
    const known = [...EKS_VERSIONS].map(([name, { standardSupportUntil }]) => `"${name}" (until ${standardSupportUntil})`);
    return findingIf(
      !EKS_VERSIONS.has(version),
      'kubernetes.version',
      version,
      known.join(', '),
      'choose one of these; a newer one is added to src/config/tables/eks-versions.ts with its add-ons',
    );
  },
});

const endpointClosed = defineRule({
  id: 'kubernetes-endpoint-open',
  severity: 'risk',
  summary: 'The public API of a protected cluster answers only to networks that are named.',
  reads: ['tier', 'nextTier', 'protect', 'kubernetes'],
  check: ({ tier, nextTier, protect, kubernetes: { endpoint, publicAccessCidrs } }) => {
    const everybody = publicAccessCidrs.length === 0 || publicAccessCidrs.some((network) => network.endsWith('/0'));
    return findingIf(
      protect && endpoint === 'public' && everybody && hasTier({ tier, nextTier }, 'kubernetes'),
      'kubernetes.publicAccessCidrs',
      publicAccessCidrs,
      'at least one network, and not the whole internet, under `protect`',
      'name your office or VPN, such as ["198.51.100.7/32"], or set `endpoint` to "private"',
    );
  },
});

const endpointPlain = defineRule({
  id: 'kubernetes-endpoint',
  severity: 'refusal',
  summary: 'Networks that reach the public API are named only where there is one.',
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

const wayOut = defineRule({
  id: 'kubernetes-nat',
  severity: 'refusal',
  summary: 'Nodes have a way to the internet, where the images of the platform are.',
  reads: ['tier', 'nextTier', 'network'],
  check: ({ tier, nextTier, network: { nat } }) =>
    findingIf(
      nat === 'none' && hasTier({ tier, nextTier }, 'kubernetes'),
      'network.nat',
      nat,
      '"instance", "single" or "per-az" with tier kubernetes',
      'choose "instance" for about $5 a month: ingress, secrets and metrics come from public registries',
    ),
});

const noMounts = defineRule({
  id: 'kubernetes-mounts',
  severity: 'refusal',
  summary: 'On Kubernetes containers mount no file system.',
  reads: ['tier', 'nextTier'],
  also: ['services', 'workers', 'jobs'],
  check: ({ tier, nextTier, services, workers, jobs }) =>
    hasTier({ tier, nextTier }, 'kubernetes')
      ? [...located('services', services), ...located('workers', workers), ...located('jobs', jobs)].flatMap(({ path, value }) =>
          findingIf(
            value.mounts.length > 0,
            `${path}.mounts`,
            value.mounts,
            'no mounts with tier kubernetes',
            'keep files in a bucket, or stay on Fargate',
          ),
        )
      : [],
});

const buildersElsewhere = defineRule({
  id: 'kubernetes-builders',
  severity: 'warning',
  summary: 'Builders belong to the Fargate tier; with Kubernetes alone, images are built elsewhere.',
  reads: ['tier', 'nextTier'],
  also: ['builders'],
  check: ({ tier, nextTier, builders }) =>
    located('builders', builders).flatMap(({ path }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && !hasTier({ tier, nextTier }, 'fargate'),
        path,
        tier,
        'a builder is made with the Fargate tier only',
        'build images in CI and push them, or remove the builder',
      ),
    ),
});

export const KUBERNETES_RULES: readonly Rule[] = [
  versionSupported,
  endpointClosed,
  endpointPlain,
  wayOut,
  noMounts,
  buildersElsewhere,
];
