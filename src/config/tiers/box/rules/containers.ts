/** Rules about containers that share a host: ports, names, and what only other tiers offer. */
import { finding, findingIf, listed } from '../../../rules/finding';
import {
  CONTAINER_SECTIONS,
  containersOf,
  hasTier,
  located,
  RUNNING_SECTIONS,
  runningOf,
  variablesOf,
} from '../../../rules/located';
import { defineRule, type Rule } from '../../../rules/rule';
import type { ParsedEnvironment } from '../../../schema/environment';
import { PORTS } from '../../../tables/ports';

type Stores = Pick<ParsedEnvironment, 'database' | 'cache'>;

/** Ports that programs of the host listen on. */
function hostPorts({ database, cache }: Stores): ReadonlyMap<number, string> {
  return new Map<number, string>([
    [PORTS.ssh, 'SSH'],
    [PORTS.http, 'nginx'],
    [PORTS.https, 'nginx'],
    ...(database?.placement === 'host' ? ([[PORTS.postgres, 'PostgreSQL']] as const) : []),
    ...(cache?.placement === 'host' ? ([[PORTS.redis, 'Redis']] as const) : []),
  ]);
}

const ports = defineRule({
  id: 'box-host-ports',
  severity: 'refusal',
  summary: 'Each service on a host has its own port, and none that a program of the host uses.',
  reads: ['tier', 'nextTier', 'database', 'cache'],
  also: ['services'],
  check: ({ tier, nextTier, database, cache, services }) => {
    if (!hasTier({ tier, nextTier }, 'box')) return [];
    const owners = new Map(hostPorts({ database, cache }));
    return located('services', services).flatMap(({ path, value: { port } }) => {
      const owner = owners.get(port);
      owners.set(port, owner ?? path);
      if (owner === undefined) return [];
      const fix = 'let the container listen on another port: a port of the host can be used only once';
      return [finding(`${path}.port`, port, `a port that ${owner} does not listen on`, fix)];
    });
  },
});

const names = defineRule({
  id: 'box-names',
  severity: 'refusal',
  summary: 'No container has the name of one that Terrace runs on the host: postgres, redis.',
  reads: ['tier', 'nextTier', 'database', 'cache'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, database, cache, ...workloads }) => {
    if (!hasTier({ tier, nextTier }, 'box')) return [];
    const taken = [...(database?.placement === 'host' ? ['postgres'] : []), ...(cache?.placement === 'host' ? ['redis'] : [])];
    return containersOf(workloads).flatMap(({ key, path }) =>
      findingIf(
        taken.includes(key),
        path,
        key,
        `any name except ${listed(taken)}`,
        'rename it: Terrace runs a container of that name',
      ),
    );
  },
});

const pooler = defineRule({
  id: 'box-pooler',
  severity: 'refusal',
  summary: 'A box has no pooler: few containers share the connections of one database.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    hasTier({ tier, nextTier }, 'box')
      ? runningOf(workloads).flatMap(({ path, value }) =>
          findingIf(
            value.pooler !== undefined,
            `${path}.pooler`,
            value.pooler,
            'no pooler with tier box',
            'remove it, and add it when you move to Fargate',
          ),
        )
      : [],
});

const builders = defineRule({
  id: 'box-builders',
  severity: 'warning',
  summary: 'Builders are created with the Fargate tier; with a box alone, images are built elsewhere.',
  reads: ['tier', 'nextTier'],
  also: ['builders'],
  check: ({ tier, nextTier, builders: declared }) =>
    located('builders', declared).flatMap(({ path }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'box') && !hasTier({ tier, nextTier }, 'fargate'),
        path,
        tier,
        'no builder without the Fargate tier',
        'build images in CI and push them, or remove the builder',
      ),
    ),
});

const concurrency = defineRule({
  id: 'box-job-concurrency',
  severity: 'refusal',
  summary: 'A box runs one run of a job at a time.',
  reads: ['tier', 'nextTier'],
  also: ['jobs'],
  check: ({ tier, nextTier, jobs }) =>
    located('jobs', jobs).flatMap(({ path, value }) =>
      findingIf(
        tier === 'box' && nextTier === undefined && value.concurrency === 'allow',
        `${path}.concurrency`,
        value.concurrency,
        '"forbid" with tier box: a run of a systemd unit is not started twice',
        'remove it; declare a second job, or move to Fargate',
      ),
    ),
});

const imageTags = defineRule({
  id: 'box-image-tags',
  severity: 'refusal',
  summary: 'A tag is pushed only once: the host compares references, and does not pull a tag again that has moved.',
  reads: ['tier', 'nextTier'],
  also: ['images'],
  check: ({ tier, nextTier, images }) =>
    hasTier({ tier, nextTier }, 'box')
      ? located('images', images).flatMap(({ path, value }) =>
          findingIf(
            !value.immutableTags,
            `${path}.immutableTags`,
            value.immutableTags,
            'true with tier box',
            'remove it, and release each image under a separate tag, such as the commit',
          ),
        )
      : [],
});

const variables = defineRule({
  id: 'box-variables',
  severity: 'refusal',
  summary: 'A host passes variables in an env file of Compose, which cannot express a backslash before a quote or at the end.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    hasTier({ tier, nextTier }, 'box')
      ? variablesOf(containersOf(workloads)).flatMap(({ path, value }) =>
          findingIf(
            typeof value === 'string' && /\\('|$)/.test(value),
            path,
            value,
            'text without a backslash before a single quote or at the end, with tier box',
            'write it differently, for example in Base64',
          ),
        )
      : [],
});

const capabilities = defineRule({
  id: 'box-capabilities',
  severity: 'refusal',
  summary: 'Capabilities are for declared containers.',
  reads: ['box', 'services', 'workers', 'jobs'],
  check: ({ box, ...workloads }) => {
    const keys = containersOf(workloads).map(({ key }) => key);
    return Object.keys(box?.capabilities ?? {}).flatMap((key) =>
      findingIf(!keys.includes(key), `box.capabilities.${key}`, key, listed(keys), 'name a service, worker or job, or remove it'),
    );
  },
});

export const CONTAINER_RULES: readonly Rule[] = [ports, names, pooler, builders, concurrency, imageTags, variables, capabilities];
