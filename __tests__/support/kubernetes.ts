/** Environments of the Kubernetes tier, and their manifests with values that name what they stand for. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../src/config';
import { environmentFacts } from '../../src/modules/containers/variable-values';
import type { WorkloadContext } from '../../src/tiers/kubernetes/workloads/context';
import { environmentManifests, manifestList, type EnvironmentManifests } from '../../src/tiers/kubernetes/workloads/manifests';
import { example } from './example';
import { dataHandover } from './handovers';

/** A service with everything, a worker from zero, a timed job and one on demand. */
export function richKubernetes(changes: Partial<EnvironmentInput> = {}): ResolvedEnvironment {
  const api = example().services?.api as NonNullable<EnvironmentInput['services']>[string];
  return parseEnvironment(
    example({
      tier: 'kubernetes',
      protect: true,
      network: { cidr: '10.0.0.0/16', zones: 3, nat: 'per-az' },
      database: { placement: 'managed', version: '16', name: 'shop', instanceClass: 'db.t4g.medium', multiAz: true },
      cache: { placement: 'managed', nodeType: 'cache.t4g.micro', replicas: 1 },
      buckets: { uploads: {} },
      queues: { work: {} },
      secrets: { jwt: { description: 'signs tokens', keys: ['signing-key'] }, stripe: { description: 'payments' } },
      images: { api: {}, worker: {} },
      services: {
        api: {
          ...api,
          replicas: { min: 2, max: 4 },
          scaling: { cpuPercent: 70, memoryPercent: 80 },
          environment: {
            ...api.environment,
            CACHE_URL: { from: 'cache.url' },
            UPLOADS: { from: 'bucket.uploads.name' },
            GREETING: 'pays ${cash} and $(more)',
            JWT_KEY: { secret: 'jwt', key: 'signing-key' },
            STRIPE: { secret: 'stripe' },
          },
        },
        // Reached by nobody from outside, uses no data, has no variables.
        quiet: {
          image: { pinned: 'docker.io/library/quiet:1' },
          port: 9000,
          vcpu: 1,
          memoryMib: 2048,
          replicas: { min: 1, max: 1 },
          health: { path: '/' },
        },
      },
      workers: {
        runner: {
          image: 'worker',
          vcpu: 0.25,
          memoryMib: 512,
          replicas: { min: 0, max: 3 },
          scaling: { queue: 'work', messagesPerTask: 2, scaleInCooldownSeconds: 600 },
          stopTimeoutSeconds: 120,
          spotPercent: 60,
          user: '33:44',
          environment: { QUEUE: { from: 'queue.work.url' } },
        },
      },
      jobs: {
        sync: { image: 'worker', vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * 7', retries: 1, timeoutSeconds: 900 },
        migrate: {
          image: 'api',
          vcpu: 0.5,
          memoryMib: 1024,
          command: ['sh', '-c', 'echo $(date) $$ ${HOME}'],
          architecture: 'x86_64',
        },
      },
      ...changes,
    }),
  );
}

/** What manifests are made from, with values as the stubs of earlier stacks hand them on. */
export function workloadContext(environment: ResolvedEnvironment, changes: Partial<WorkloadContext> = {}): WorkloadContext {
  const { identity, protect, data, network, tier } = environment;
  if (tier.kind !== 'kubernetes') throw new Error(`${identity.environment} runs on ${tier.kind}`);
  const handover = dataHandover(environment);
  return {
    identity,
    namespace: tier.kubernetes.namespace,
    protect,
    facts: environmentFacts(identity, data, handover),
    data,
    handover,
    network: { balancerCidrs: network.subnets.public, dataCidrs: network.subnets.isolated },
    image: (image) => (image.kind === 'pinned' ? image.reference : `registry/${image.key}:1`),
    fingerprint: ({ key }) => `fingerprint-${key}`,
    ingress: {
      certificateArn: 'arn:certificate',
      subnetIds: ['subnet-public-a', 'subnet-public-b'],
      logBucketName: 'shop-logs',
      admits: { cidrs: ['0.0.0.0/0'] },
    },
    ...changes,
  };
}

/** All manifests of an environment. */
export function manifestsOf(environment: ResolvedEnvironment, changes: Partial<WorkloadContext> = {}): EnvironmentManifests {
  return environmentManifests(workloadContext(environment, changes), environment.workloads);
}

/** The manifest of a kind and name; fails unless there is exactly one. */
export function manifest(manifests: EnvironmentManifests, kind: string, name: string): any {
  const found = manifestList(manifests).filter((one) => one.kind === kind && one.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} ${kind} are called ${name}`);
  return found[0];
}
