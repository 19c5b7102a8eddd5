/** The single host, as the configuration knows it. */
import type { IgnoredSetting, TierPolicy } from '../tier-policy';
import { resolveBox } from './resolve';
import { BOX_RULES } from './rules';

const ONE_CONTAINER = 'the host runs each service in one container and scales nothing';

const ignores: readonly IgnoredSetting[] = [
  {
    field: 'replicas.max',
    appliesTo: ['services'],
    requested: ({ replicas }) => (replicas.max > 1 ? replicas.max : undefined),
    instead: ONE_CONTAINER,
    fix: 'set replicas: { min: 1, max: 1 }',
  },
  {
    field: 'replicas.max',
    appliesTo: ['workers'],
    requested: ({ replicas }) => (replicas.max > Math.max(replicas.min, 1) ? replicas.max : undefined),
    instead: 'the host runs `replicas.min` containers of a worker, at least one, and scales nothing',
    fix: 'set `replicas.max` to the number of containers that should run, and `replicas.min` to the same',
  },
  {
    field: 'scaling',
    appliesTo: ['services', 'workers'],
    requested: ({ scaling }) => scaling,
    instead: 'the host scales nothing',
    fix: 'remove it',
  },
  {
    field: 'spotPercent',
    appliesTo: ['services', 'workers'],
    requested: ({ spotPercent }) => (spotPercent > 0 ? spotPercent : undefined),
    instead: 'the host is an On-Demand instance',
    fix: 'remove it',
  },
  {
    field: 'deployment',
    appliesTo: ['services', 'workers'],
    requested: ({ deployment }) => {
      const { minimumHealthyPercent, maximumPercent, circuitBreaker } = deployment;
      return minimumHealthyPercent === 100 && maximumPercent === 200 && circuitBreaker ? undefined : deployment;
    },
    instead: 'the host replaces containers one by one, beside the former ones, and takes back what is not healthy',
    fix: 'remove it',
  },
  {
    field: 'metrics',
    appliesTo: ['services', 'workers'],
    requested: ({ metrics }) => metrics,
    instead: 'no Prometheus runs on the host',
    fix: 'remove it',
  },
  {
    field: 'sidecars',
    appliesTo: ['services', 'workers'],
    requested: ({ sidecars }) => (Object.keys(sidecars).length > 0 ? sidecars : undefined),
    instead:
      'no container shares the network of another, because Docker would leave it without one when the other is started again',
    fix: 'remove it, and declare a worker or a service: containers of a host reach each other by name, or by localhost with packages',
  },
  {
    field: 'ephemeralStorageGib',
    requestedByAny: ({ ephemeralStorageGib }) => ephemeralStorageGib,
    instead: '`writablePaths` are in memory, within `memoryMib`, so that no container can fill the disk of the host',
    fix: 'remove it, and write large files to a directory of a file system (`mounts`), which is on the data volume',
  },
  {
    field: 'nodeGroup',
    requestedByAny: ({ nodeGroup }) => nodeGroup,
    instead: 'all containers run on the host',
    fix: 'remove it',
  },
];

export const boxPolicy = {
  rules: BOX_RULES,
  ignores,
  previews: {
    possible: false,
    because:
      'containers of a preview would run next to those of the environment, with the role, the memory and the disk of its host',
  },
  resolve: resolveBox,
} satisfies TierPolicy<'box'>;
