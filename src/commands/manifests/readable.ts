/**
 * What earlier stacks hand on, as words for people. Before a deployment nobody knows these values; in the rendered view
 * each stands as a name that says what it will be, `${DATABASE_HOST}`, and that `envsubst` can replace. Pure.
 */
import type { ResolvedEnvironment } from '../../config';
import type { ResolvedData } from '../../config/resolved/environment';
import type { ResolvedEdge } from '../../config/resolved/edge';
import { CLOUDFLARE_IPV4 } from '../../config/tables/cloudflare-ranges';
import { environmentFacts } from '../../modules/containers/variable-values';
import type { IngressSettings, WorkloadContext } from '../../tiers/kubernetes/workloads/context';
import type { DataHandover } from '../../contracts/handovers';

/** `${SECRET_JWT_ARN}` */
function reference(...words: readonly string[]): string {
  return `\${${words
    .join('_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()}}`;
}

/** The context of an environment's manifests in words; nothing for an environment that does not know Kubernetes. */
export function readableContext(environment: ResolvedEnvironment): WorkloadContext | undefined {
  const { identity, protect, data, network, workloads, edge } = environment;
  const tier = [environment.tier, environment.nextTier].find((one) => one?.kind === 'kubernetes');
  if (tier?.kind !== 'kubernetes') return undefined;
  const handover = readableData(data);
  const routed = workloads.services.some(({ routes }) => routes.length > 0);
  return {
    identity,
    namespace: tier.kubernetes.namespace,
    protect,
    facts: environmentFacts(identity, data, handover),
    data,
    handover,
    network: { balancerCidrs: network.subnets.public, dataCidrs: network.subnets.isolated },
    image: (image) => (image.kind === 'pinned' ? image.reference : reference('image', image.key)),
    fingerprint: ({ key }) => reference('hash of variables of', key),
    ingress: routed
      ? {
          certificateArn: reference('certificate arn'),
          subnetIds: [reference('public subnet ids')],
          logBucketName: data.buckets.find(({ key }) => key === data.logBucket)?.name ?? data.logBucket,
          webAclArn: edge.waf?.scope === 'REGIONAL' ? reference('web acl arn') : undefined,
          admits: admitted(edge.originAdmits),
        }
      : undefined,
  };
}

function admitted(admits: ResolvedEdge['originAdmits']): IngressSettings['admits'] {
  switch (admits) {
    case 'everybody':
      return { cidrs: ['0.0.0.0/0'] };
    case 'cloudfront':
      return { prefixListId: reference('cloudfront prefix list id') };
    case 'cloudflare':
      return { cidrs: CLOUDFLARE_IPV4 };
  }
}

function readableData({ database, cache, buckets, fileSystems, queues, secrets, images, logGroups }: ResolvedData): DataHandover {
  const named = <T extends { readonly key: string }, R>(items: readonly T[], make: (item: T) => R): Readonly<Record<string, R>> =>
    Object.fromEntries(items.map((item) => [item.key, make(item)]));
  return {
    database: database && {
      host: reference('database host'),
      resourceId: reference('database resource id'),
      masterSecretArn: reference('database master secret arn'),
      roleSecretArns: Object.fromEntries(
        database.roles.map(({ name }) => [name, reference('database role', name, 'secret arn')]),
      ),
      replicaHosts: named(database.replicas, ({ key }) => reference('database replica', key, 'host')),
    },
    cache: cache && { host: reference('cache host') },
    // Names are decided in the description: nothing to stand in for.
    buckets: named(buckets, ({ name }) => ({ name, arn: `arn:aws:s3:::${name}` })),
    fileSystems: named(fileSystems, ({ key }) => ({
      id: reference('file system', key, 'id'),
      arn: reference('file system', key, 'arn'),
      accessPoints: {},
    })),
    queues: named(queues, ({ key, name }) => ({
      url: reference('queue', key, 'url'),
      arn: reference('queue', key, 'arn'),
      name,
    })),
    secrets: named(secrets, ({ key }) => ({ arn: reference('secret', key, 'arn') })),
    images: named(images, ({ key, parameterName }) => ({
      repositoryUrl: reference('repository', key, 'url'),
      repositoryArn: reference('repository', key, 'arn'),
      parameterName,
    })),
    logGroups: named(logGroups, ({ key, name }) => ({ name, arn: reference('log group', key, 'arn') })),
  };
}
