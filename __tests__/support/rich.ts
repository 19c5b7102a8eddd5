/** A valid environment with an entry in every section, which tests change one thing of. */
import type { EnvironmentInput } from '../../src/config';
import { example } from './example';

/** What a person may write, right or wrong. */
export type Json = any;

/** Changes the rich example. */
export type Change = (environment: Json) => void;

/** An environment with a worker, a queue and everything else that rules check. @param base what it is added to */
export function rich(base: EnvironmentInput = example()): Json {
  const environment: Json = structuredClone(base);
  environment.backend = {
    kind: 's3',
    store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' },
  };
  environment.secrets = {
    jwt: { description: 'signs tokens', keys: ['signing-key', 'refresh-key'], readers: ['api'] },
    stripe: { description: 'payments' },
  };
  environment.buckets = { uploads: { expireAfterDays: 90 }, logs: { purpose: 'logs' }, ...environment.buckets };
  environment.queues = { work: {} };
  environment.fileSystems = { files: { accessPoints: { uploads: { path: '/uploads' } } } };
  environment.database.roles = { app: {}, reports: { privileges: 'read-only' } };
  Object.assign(environment.services.api.environment, {
    CACHE: { from: 'cache.url' },
    UPLOADS: { from: 'bucket.uploads.name' },
    WORK: { from: 'queue.work.url' },
    JWT: { secret: 'jwt', key: 'signing-key' },
    STRIPE: { secret: 'stripe' },
  });
  environment.services.api.mounts = [{ fileSystem: 'files', accessPoint: 'uploads', path: '/data' }];
  environment.services.api.permissions = [{ bucket: 'uploads', access: 'read-write' }];
  environment.workers = {
    runner: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 0, max: 3 }, scaling: { queue: 'work' } },
  };
  environment.jobs = { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * *' } };
  return environment;
}

/** That environment with one change. */
export function changed(change: Change, base?: EnvironmentInput): Json {
  const environment = rich(base);
  change(environment);
  return environment;
}

/** On any tier: without the file system and the user that Kubernetes refuses. */
export function onTier(tier: string, change: Change = () => undefined): Json {
  return changed((environment) => {
    environment.tier = tier;
    environment.fileSystems = {};
    environment.services.api.mounts = [];
    environment.services.api.user = '1000:1000';
    change(environment);
  });
}
