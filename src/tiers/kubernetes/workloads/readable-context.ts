/**
 * The context of manifests that people read before a deployment. Each value that only a deployment provides is a variable
 * with a telling name, such as `${DATABASE_HOST}`, which `envsubst` can replace. Pure.
 */
import { managed } from '../../../config/calculations/placement';
import { byKey } from '../../../config/calculations/records';
import type { ResolvedEdge } from '../../../config/resolved/edge';
import type { ResolvedData, ResolvedEnvironment } from '../../../config/resolved/environment';
import { CLOUDFLARE_IPV4 } from '../../../config/tables/cloudflare-ranges';
import type { DataHandover } from '../../../contracts/handovers';
import { logBucketOf } from '../../../contracts/lookups';
import { workloadContext, type IngressSettings, type WorkloadContext } from './context';

/** Nothing for an environment that neither runs on Kubernetes nor moves there. */
export function readableContext(environment: ResolvedEnvironment): WorkloadContext | undefined {
  const { data, workloads, edge } = environment;
  const tier = [environment.tier, environment.nextTier].find((one) => one?.kind === 'kubernetes');
  if (tier?.kind !== 'kubernetes') return undefined;
  const handover = readableData(data);
  return workloadContext(environment, tier.kubernetes.namespace, handover, {
    image: (image) => (image.kind === 'pinned' ? image.reference : variable('image', image.key)),
    fingerprint: ({ key }) => variable('hash of variables of', key),
    ingress: workloads.services.some(({ routes }) => routes.length > 0)
      ? {
          certificateArn: variable('certificate arn'),
          scheme: edge.balancerScheme,
          subnetIds: [variable(edge.balancerScheme === 'internal' ? 'isolated subnet ids' : 'public subnet ids')],
          idleTimeoutSeconds: edge.idleTimeoutSeconds,
          logBucketName: logBucketOf(data, handover).name,
          webAclArn: edge.waf?.scope === 'REGIONAL' ? variable('web acl arn') : undefined,
          strictTransportSecurity: edge.strictTransportSecurity,
          knownHosts: edge.knownHosts,
          redirects: edge.tierRedirects,
          admits: admitted(edge.originAdmits),
        }
      : undefined,
  });
}

/** `variable('secret', 'jwt', 'arn')` is `${SECRET_JWT_ARN}`. */
function variable(...words: readonly string[]): string {
  return `\${${words
    .join('_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()}}`;
}

function admitted(admits: ResolvedEdge['originAdmits']): IngressSettings['admits'] {
  switch (admits) {
    case 'everybody':
      return { kind: 'networks', cidrs: ['0.0.0.0/0'] };
    case 'cloudfront':
      return { kind: 'prefix-list', id: variable('cloudfront prefix list id') };
    case 'cloudflare':
      return { kind: 'networks', cidrs: CLOUDFLARE_IPV4 };
  }
}

function readableData({
  database,
  cache,
  buckets,
  fileSystems,
  queues,
  secrets,
  images,
  mirrors,
  logGroups,
}: ResolvedData): DataHandover {
  return {
    database: database && {
      host: variable('database host'),
      resourceId: variable('database resource id'),
      masterSecretArn: variable('database master secret arn'),
      roleSecretArns: Object.fromEntries(database.roles.map(({ name }) => [name, variable('database role', name, 'secret arn')])),
      replicaHosts: byKey(managed(database)?.replicas ?? [], ({ key }) => variable('database replica', key, 'host')),
    },
    cache: cache && { host: variable('cache host') },
    // Names are known before a deployment.
    buckets: byKey(buckets, ({ name }) => ({ name, arn: `arn:aws:s3:::${name}` })),
    fileSystems: byKey(fileSystems, ({ key }) => ({
      id: variable('file system', key, 'id'),
      arn: variable('file system', key, 'arn'),
      accessPoints: {},
    })),
    queues: byKey(queues, ({ key, name }) => ({ url: variable('queue', key, 'url'), arn: variable('queue', key, 'arn'), name })),
    secrets: byKey(secrets, ({ key }) => ({ arn: variable('secret', key, 'arn') })),
    images: byKey(images, ({ key, parameterName }) => ({
      repositoryUrl: variable('repository', key, 'url'),
      repositoryArn: variable('repository', key, 'arn'),
      parameterName,
    })),
    mirrors: byKey(mirrors, ({ key }) => ({
      repositoryUrl: variable('repository', key, 'url'),
      repositoryArn: variable('repository', key, 'arn'),
    })),
    logGroups: byKey(logGroups, ({ key, name }) => ({ name, arn: variable('log group', key, 'arn') })),
  };
}
