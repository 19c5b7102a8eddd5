/** Warnings about protected environments: settings that keep less than `protect` promises. */
import { located } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const versionsKept = defineRule({
  id: 'bucket-unversioned',
  severity: 'warning',
  summary: 'Under `protect`, buckets keep old versions of objects.',
  reads: ['protect'],
  also: ['buckets'],
  check: ({ protect, buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { purpose, versioning } }) =>
      findingIf(
        protect && purpose === 'application' && versioning === false,
        `${path}.versioning`,
        versioning,
        'an object that is overwritten or deleted by mistake cannot be restored',
        'remove it: old versions are kept for `oldVersionsDays`',
      ),
    ),
});

const cacheKept = defineRule({
  id: 'cache-unprotected',
  severity: 'warning',
  summary: 'Under `protect`, a managed cache has snapshots, and a replica that takes over.',
  reads: ['protect', 'cache'],
  check: ({ protect, cache }) => {
    if (!protect || cache?.placement !== 'managed') return [];
    return [
      ...findingIf(
        cache.snapshotRetentionDays === 0,
        'cache.snapshotRetentionDays',
        cache.snapshotRetentionDays,
        'without snapshots, what is only in Redis, such as waiting jobs and sessions, is lost with its node',
        'remove it for 7 days',
      ),
      ...findingIf(
        cache.replicas === 0,
        'cache.replicas',
        cache.replicas,
        'without a replica, the loss of the node or its zone empties Redis and interrupts the application for minutes',
        'set it to 1 (doubles the price of the cache)',
      ),
    ];
  },
});

export const PROTECTION_RULES: readonly Rule[] = [versionsKept, cacheKept];
