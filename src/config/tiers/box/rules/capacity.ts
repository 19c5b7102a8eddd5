/** Rules about the size of the host: what a container may use, and what all of them may use together. */
import { finding, findingIf } from '../../../rules/finding';
import { CONTAINER_SECTIONS, containersOf, hasTier, runningOf } from '../../../rules/located';
import { defineRule, type Rule } from '../../../rules/rule';
import type { ParsedEnvironment } from '../../../schema/environment';
import { postgresSchema, redisSchema } from '../../../schema/box';
import { instanceSize } from '../../../tables/instance-sizes';

/** MiB that the operating system, Docker, nginx and the agents of AWS use on an idle host. An estimate. */
const SYSTEM_MIB = 320;

/** MiB of PostgreSQL in addition to its shared buffers: its processes, and a few connections. An estimate. */
const POSTGRES_MIB = 64;

/** MiB of Redis in addition to its data. An estimate. */
const REDIS_MIB = 16;

/** The size of the host; undefined without a box, or for a type that is not in the table. */
function hostSize({ tier, nextTier, box }: Pick<ParsedEnvironment, 'tier' | 'nextTier' | 'box'>) {
  return box && hasTier({ tier, nextTier }, 'box') ? instanceSize(box.instanceType) : undefined;
}

const size = defineRule({
  id: 'box-size',
  severity: 'refusal',
  summary: 'No container may use more CPUs or memory than the host has: Docker refuses to create it.',
  reads: ['tier', 'nextTier', 'box'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, box, ...workloads }) => {
    const host = hostSize({ tier, nextTier, box });
    if (box === undefined || host === undefined) return [];
    return containersOf(workloads).flatMap(({ path, value }) => [
      ...findingIf(
        value.vcpu > host.vcpu,
        `${path}.vcpu`,
        value.vcpu,
        `at most ${host.vcpu}, the vCPUs of box.instanceType ${box.instanceType}`,
        'lower it, or choose a larger instance type',
      ),
      ...findingIf(
        value.memoryMib > host.memoryMib,
        `${path}.memoryMib`,
        value.memoryMib,
        `at most ${host.memoryMib}, the memory of box.instanceType ${box.instanceType}`,
        'lower it, or choose a larger instance type',
      ),
    ]);
  },
});

type Consumers = Pick<ParsedEnvironment, 'box' | 'database' | 'cache' | 'services' | 'workers' | 'jobs'>;

/** What uses memory when every container uses all that it may, in MiB. Of the jobs, the largest one runs. */
function memoryUses({ box, database, cache, services, workers, jobs }: Consumers): Readonly<Record<string, number>> {
  const running = runningOf({ services, workers }).reduce((sum, { path, value }) => {
    const copies = path.startsWith('workers.') ? Math.max(1, value.replicas.min) : 1;
    return sum + value.memoryMib * copies;
  }, 0);
  const postgres = box?.postgres ?? postgresSchema.parse({});
  const redis = box?.redis ?? redisSchema.parse({});
  return {
    'services and workers': running,
    'the largest job': Math.max(0, ...Object.values(jobs).map(({ memoryMib }) => memoryMib)),
    PostgreSQL: database?.placement === 'host' ? postgres.sharedBuffersMib + POSTGRES_MIB : 0,
    Redis: cache?.placement === 'host' ? redis.maxMemoryMib + REDIS_MIB : 0,
    'the system': SYSTEM_MIB,
  };
}

const capacity = defineRule({
  id: 'box-capacity',
  severity: 'warning',
  summary: 'The memory limits of all containers, PostgreSQL, Redis and the system fit in the memory of the host.',
  reads: ['tier', 'nextTier', 'box', 'database', 'cache'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, box, ...consumers }) => {
    const host = hostSize({ tier, nextTier, box });
    if (box === undefined || host === undefined) return [];
    const uses = Object.entries(memoryUses({ box, ...consumers })).filter(([, mib]) => mib > 0);
    const sum = uses.reduce((total, [, mib]) => total + mib, 0);
    if (sum <= host.memoryMib) return [];
    return [
      finding(
        'box.instanceType',
        box.instanceType,
        `${sum} MiB of memory or more: ${uses.map(([name, mib]) => `${name} ${mib}`).join(', ')}; the type has ${host.memoryMib}, ` +
          'and the kernel kills processes when it is used up',
        'choose a larger type, or lower `memoryMib`, box.postgres.sharedBuffersMib or box.redis.maxMemoryMib',
      ),
    ];
  },
});

const releaseMemory = defineRule({
  id: 'box-release-memory',
  severity: 'warning',
  summary:
    'The host has memory for two containers at once of each service and worker: otherwise a release stops the old one first.',
  reads: ['tier', 'nextTier', 'box', 'database', 'cache'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, box, ...consumers }) => {
    const host = hostSize({ tier, nextTier, box });
    if (box === undefined || host === undefined) return [];
    const used = Object.values(memoryUses({ box, ...consumers })).reduce((total, mib) => total + mib, 0);
    // `box-capacity` says so, and more.
    if (used > host.memoryMib) return [];
    return runningOf(consumers).flatMap(({ path, value }) => {
      const worker = path.startsWith('workers.');
      const beside = !value.singleton && (worker || box.dataStores === 'containers');
      const more = value.memoryMib * (worker ? Math.max(1, value.replicas.min) : 1);
      return findingIf(
        beside && used + more > host.memoryMib,
        `${path}.memoryMib`,
        value.memoryMib,
        `at most ${host.memoryMib - used} MiB for all its containers, which a release starts beside the former ones: box.instanceType ` +
          `${box.instanceType} has ${host.memoryMib} MiB, and all limits together are ${used}; with less free at that moment, the release ` +
          'stops the former ones first, and requests fail meanwhile',
        'choose a larger type, or lower `memoryMib`',
      );
    });
  },
});

export const CAPACITY_RULES: readonly Rule[] = [size, capacity, releaseMemory];
