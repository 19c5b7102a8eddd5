/** Rules about data on the host: PostgreSQL, Redis, and backups. */
import { suggest } from '../../../problems/nearest';
import { findingIf, listed } from '../../../rules/finding';
import { defineRule, type Rule } from '../../../rules/rule';
import { BOX_PACKAGES } from '../../../tables/box-packages';

const backupBucket = defineRule({
  id: 'box-backup-bucket',
  severity: 'refusal',
  summary: 'The bucket for nightly backups is declared, and is not a bucket for access logs.',
  reads: ['box', 'buckets'],
  check: ({ box, buckets }) => {
    if (box === undefined) return [];
    const { bucket } = box.backup;
    const candidates = Object.entries(buckets).flatMap(([key, { purpose }]) => (purpose === 'application' ? [key] : []));
    return findingIf(
      !candidates.includes(bucket),
      'box.backup.bucket',
      bucket,
      listed(candidates),
      suggest(bucket, candidates, `declare it: buckets: { '${bucket}': { expireAfterDays: 30 } }`),
    );
  },
});

const packages = defineRule({
  id: 'box-packages',
  severity: 'refusal',
  summary: 'PostgreSQL and Redis as packages have a version that the operating system offers.',
  reads: ['box', 'database', 'cache'],
  check: ({ box, database, cache }) => {
    if (box?.dataStores !== 'packages') return [];
    const { postgres, redis } = BOX_PACKAGES[box.operatingSystem];
    return [
      ...findingIf(
        database?.placement === 'host' && !postgres.includes(database.version),
        'database.version',
        database?.version,
        `${listed(postgres)} as packages of ${box.operatingSystem}`,
        "choose one of these, or box.dataStores: 'containers'",
      ),
      ...findingIf(
        cache?.placement === 'host' && !redis.includes(cache.version),
        'cache.version',
        cache?.version,
        `${listed(redis)} as a package of ${box.operatingSystem}`,
        "choose it, or box.dataStores: 'containers'",
      ),
    ];
  },
});

const storeSettings = defineRule({
  id: 'box-store-settings',
  severity: 'refusal',
  summary: 'Settings of PostgreSQL and Redis in the `box` section are for data stores on the host.',
  reads: ['box', 'database', 'cache'],
  check: ({ box, database, cache }) => [
    ...findingIf(
      box?.postgres !== undefined && database?.placement !== 'host',
      'box.postgres',
      box?.postgres,
      'nothing, unless database.placement is "host"',
      'remove it; a managed database has `database.parameters` and `database.slowStatementMilliseconds`',
    ),
    ...findingIf(
      box?.redis !== undefined && cache?.placement !== 'host',
      'box.redis',
      box?.redis,
      'nothing, unless cache.placement is "host"',
      'remove it; the memory of a managed cache is that of its `cache.nodeType`',
    ),
  ],
});

export const DATA_RULES: readonly Rule[] = [backupBucket, packages, storeSettings];
