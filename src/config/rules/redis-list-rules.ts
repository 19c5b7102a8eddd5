/** The rules about workers that scale on a list in Redis. */
import { managed } from '../calculations/placement';
import { findingIf } from './finding';
import { hasTier, located } from './located';
import { defineRule, type Rule } from './rule';

const tier = defineRule({
  id: 'redis-list-tier',
  severity: 'refusal',
  summary: 'Workers on Fargate do not scale on a list in Redis: nothing there reads its length.',
  reads: ['tier', 'nextTier'],
  also: ['workers'],
  check: ({ workers, ...tiers }) =>
    located('workers', workers).flatMap(({ path, value: { scaling } }) =>
      findingIf(
        hasTier(tiers, 'fargate') && scaling !== undefined && 'redisList' in scaling,
        `${path}.scaling`,
        scaling,
        'cpuPercent, memoryPercent or queue with tier fargate: only on Kubernetes does something (KEDA) read the length of a list',
        'scale on cpuPercent, or send the work to an SQS queue and scale on `queue`',
      ),
    ),
});

const cache = defineRule({
  id: 'redis-list-cache',
  severity: 'refusal',
  summary: 'A worker that scales on a list in Redis uses the managed cache, which opens the cache to the cluster.',
  reads: ['cache'],
  also: ['workers'],
  check: ({ cache: declared, workers }) =>
    located('workers', workers).flatMap(({ path, value: { scaling, environment } }) => {
      if (scaling === undefined || !('redisList' in scaling)) return [];
      const reads = Object.values(environment).some(
        (value) => typeof value === 'object' && 'from' in value && value.from.startsWith('cache.'),
      );
      return findingIf(
        managed(declared) === undefined || !reads,
        `${path}.scaling.redisList`,
        scaling.redisList,
        "a list in the cache of the environment (placement: 'managed'), which the worker uses too",
        "declare `cache`, and give the worker a variable such as REDIS_URL: { from: 'cache.url' }",
      );
    }),
});

export const REDIS_LIST_RULES: readonly Rule[] = [tier, cache];
