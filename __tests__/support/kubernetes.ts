/** Environments of the Kubernetes tier, and their manifests. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../src/config';
import type { ResolvedKubernetes } from '../../src/config/tiers/kubernetes/resolved';
import type { WorkloadContext } from '../../src/tiers/kubernetes/workloads/context';
import { environmentManifests, manifestList, type EnvironmentManifests } from '../../src/tiers/kubernetes/workloads/manifests';
import { readableContext } from '../../src/tiers/kubernetes/workloads/readable-context';
import { example } from './example';

/** A service with everything, a worker that scales from zero, a scheduled job and one on demand. */
export function richKubernetes(changes: Partial<EnvironmentInput> = {}): ResolvedEnvironment {
  const api = example().services?.api as NonNullable<EnvironmentInput['services']>[string];
  return parseEnvironment(
    example({
      tier: 'kubernetes',
      protect: true,
      network: { cidr: '10.0.0.0/16', zones: 3, nat: 'per-az' },
      database: { placement: 'managed', version: '16', name: 'shop', instanceClass: 'db.t4g.medium', multiAz: true },
      cache: { placement: 'managed', nodeType: 'cache.t4g.micro', replicas: 1 },
      kubernetes: { monitoring: 'prometheus', nodeGroups: { releases: { instanceTypes: ['t3.large'], max: 1 } } },
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
        // Has no routes and no variables, and uses no data.
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
          metrics: { port: 9090 },
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
          nodeGroup: 'releases',
        },
      },
      ...changes,
    }),
  );
}

/** All manifests of an environment, with readable names for the values of a deployment. */
export function manifestsOf(environment: ResolvedEnvironment, changes: Partial<WorkloadContext> = {}): EnvironmentManifests {
  const context = readableContext(environment);
  if (context === undefined) throw new Error(`${environment.identity.environment} does not run on Kubernetes`);
  return environmentManifests({ ...context, ...changes }, environment.workloads);
}

/** The manifest of a kind and name; fails unless there is exactly one. */
export function manifest(manifests: EnvironmentManifests, kind: string, name: string): any {
  const found = manifestList(manifests).filter((one) => one.kind === kind && one.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} ${kind} are called ${name}`);
  return found[0];
}

/** The cluster section of an environment. */
export function kubernetesOf({ identity, tier }: ResolvedEnvironment): ResolvedKubernetes {
  if (tier.kind !== 'kubernetes') throw new Error(`${identity.environment} runs on ${tier.kind}`);
  return tier.kubernetes;
}
