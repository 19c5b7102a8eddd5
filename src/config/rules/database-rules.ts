/** Rules about the database and the cache: where they run, their storage, and what survives the loss of a zone. */
import { managed } from '../calculations/placement';
import { RESERVED_WORDS } from '../tables/postgres-words';
import { zoneCountOf } from './located';
import { finding, findingIf } from './finding';
import { defineRule, type Finding, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Tier = ParsedEnvironment['tier'];

const onHost = defineRule({
  id: 'host-placement',
  severity: 'refusal',
  summary: 'Database and cache are on a host only where there is one: with tier box.',
  reads: ['tier', 'nextTier', 'database', 'cache'],
  check: ({ tier, nextTier, database, cache }) => {
    const tiers = [tier, ...(nextTier === undefined ? [] : [nextTier])];
    return [
      ...needsBox('database.placement', database?.placement, tiers),
      ...needsBox('cache.placement', cache?.placement, tiers),
    ];
  },
});

function needsBox(path: string, placement: 'managed' | 'host' | undefined, tiers: readonly Tier[]): readonly Finding[] {
  const elsewhere = tiers.find((tier) => tier !== 'box');
  if (placement !== 'host' || elsewhere === undefined) return [];
  return [
    finding(
      path,
      placement,
      `"managed" with tier ${elsewhere}`,
      'choose "managed": only the box has a host that data can be on. Data of a box moves first: docs/box.md#moving-the-database-to-rds',
    ),
  ];
}

const managedPasswordReplicas = defineRule({
  id: 'rds-managed-replicas',
  severity: 'refusal',
  summary: 'A database with read replicas has a rotated secret: RDS refuses replicas where it manages the password itself.',
  reads: ['database'],
  check: ({ database }) => {
    const { credentials, replicas = {} } = managed(database) ?? {};
    const clash = credentials?.kind === 'rds-managed' && Object.keys(replicas).length > 0;
    return findingIf(
      clash,
      'database.credentials.kind',
      credentials?.kind,
      '"rotated-secret" when there are replicas',
      "set credentials: { kind: 'rotated-secret', rotateAfterDays: 90 }, or remove the replicas",
    );
  },
});

const multiAzZones = defineRule({
  id: 'multi-az-zones',
  severity: 'refusal',
  summary: 'A multi-AZ database has a second zone for its standby.',
  reads: ['network', 'database'],
  check: ({ network, database }) =>
    findingIf(
      managed(database)?.multiAz === true && zoneCountOf(network) < 2,
      'database.multiAz',
      true,
      'true only with at least 2 zones in `network.zones`',
      'set `network.zones` to 2, or `multiAz` to false',
    ),
});

/** RDS refuses a limit that is closer to the size of the storage. Source: RDS user guide, "storage autoscaling". */
const LEAST_PERCENT = 110;

const growth = defineRule({
  id: 'storage-growth',
  severity: 'refusal',
  summary: 'The limit of growing storage is at least 10 % above its initial size, or equal to it for storage that does not grow.',
  reads: ['database'],
  check: ({ database }) => {
    const { storageGb = 0, maxStorageGb = storageGb } = managed(database) ?? {};
    const least = Math.ceil((storageGb * LEAST_PERCENT) / 100);
    return findingIf(
      maxStorageGb !== storageGb && maxStorageGb < least,
      'database.maxStorageGb',
      maxStorageGb,
      `at least ${least}, or storageGb (${storageGb}) for storage that does not grow`,
      `raise it, or omit it: storage then grows up to ${2 * storageGb} GB`,
    );
  },
});

const appliedAtOnce = defineRule({
  id: 'database-apply-immediately',
  severity: 'warning',
  summary: 'A protected database changes in its maintenance window, except during one planned step.',
  reads: ['protect', 'database'],
  check: ({ protect, database }) =>
    findingIf(
      protect && managed(database)?.applyImmediately === true,
      'database.applyImmediately',
      true,
      'changes that restart the database take effect during the apply: meant for one planned step, such as an upgrade',
      'remove it after that step',
    ),
});

const singleZone = defineRule({
  id: 'single-zone-database',
  severity: 'risk',
  summary: 'A protected database has a standby in a second zone.',
  reads: ['protect', 'database'],
  check: ({ protect, database }) =>
    findingIf(
      protect && managed(database)?.multiAz === false,
      'database.multiAz',
      false,
      'true under `protect`',
      'set it to true (doubles the price of the instance): without a standby, losing a zone means restoring from a backup',
    ),
});

/** Names that PostgreSQL or RDS reserve. Source: PostgreSQL's CREATE ROLE, CREATE DATABASE; RDS user guide. */
const RESERVED_DATABASES: readonly string[] = ['template0', 'template1', 'rdsadmin'];
const RESERVED_ROLES = /^(?:pg_|rds|postgres$|public$|none$|current_user$|session_user$|user$)/;

const identifiersFree = defineRule({
  id: 'database-names',
  severity: 'refusal',
  summary: 'Database and roles have names that neither PostgreSQL nor RDS reserves.',
  reads: ['database'],
  check: ({ database }) => {
    if (database === undefined) return [];
    const taken = RESERVED_DATABASES.includes(database.name) || !/^[a-z]/.test(database.name);
    const word = !taken && managed(database) !== undefined && RESERVED_WORDS.has(database.name);
    return [
      ...findingIf(
        word,
        'database.name',
        database.name,
        'a name that is no reserved word of PostgreSQL: RDS refuses it',
        `name it after the system, or add a word: "${database.name}_data"`,
      ),
      ...findingIf(
        taken,
        'database.name',
        database.name,
        `a name that starts with a letter and is none of ${RESERVED_DATABASES.join(', ')}`,
        'name it after the system',
      ),
      ...Object.keys(database.roles).flatMap((role) =>
        findingIf(
          RESERVED_ROLES.test(role),
          `database.roles.${role}`,
          role,
          'a name that is not reserved (pg_*, rds*, postgres, public, user, ...)',
          'rename the role, for example "app"',
        ),
      ),
    ];
  },
});

export const DATABASE_RULES: readonly Rule[] = [
  onHost,
  identifiersFree,
  managedPasswordReplicas,
  multiAzZones,
  singleZone,
  growth,
  appliedAtOnce,
];
