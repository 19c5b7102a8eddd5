/** Data: what holds it, what is lost in the worst case, what encrypts it. Pure. */
import type { ResolvedCache, ResolvedData, ResolvedDatabase } from '../../config/resolved/environment';
import { CACHE_ENGINES } from '../../config/tables/cache-engines';
import type { Book } from '../book';
import { card, cards, code, facts, list, table, type Section } from '../elements';
import { html, joined, type Html, type Part } from '../html';
import { recoveriesOf } from '../facts/recovery';
import { allOf } from '../facts/references';
import { duration } from '../facts/sizes';

export function dataSection(book: Book): Section {
  const { environment } = book;
  const { data } = environment;
  const { database, cache } = data;
  const recoveries = recoveriesOf(environment);
  return {
    id: 'data',
    title: 'Data, backups and keys',
    body: html`${cards([
      database !== undefined && databaseCard(database),
      cache !== undefined && cacheCard(cache),
      bucketsCard(data),
      fileSystemsCard(data),
      queuesCard(data),
      secretsCard(data),
      ...keyCards(book),
    ])}
    ${
      recoveries.length > 0 &&
      html`<h3 id="recovery">What can be lost, and how it returns</h3>
        <p>
          RPO, the recovery point, is the most data that is lost. RTO, the recovery time, is how long it is unavailable. Both are
          what the configuration gives, not what a contract promises.
        </p>
        ${table({
          caption: 'Recovery of each store of data',
          head: ['data', 'copies', 'RPO', 'RTO'],
          rows: recoveries.map(({ what, copies, point, time }) => [what, copies, point, time]),
        })}`
    }`,
  };
}

function databaseCard(database: ResolvedDatabase): Html {
  const roles = database.roles.map(({ name, privileges }) => `${name}: ${privileges}`);
  if (database.placement === 'host')
    return card({
      kind: 'PostgreSQL on the host',
      title: database.name,
      body: facts([
        ['version', database.version],
        ['logins', list(roles)],
      ]),
    });
  const { instanceClass, storageGb, maxStorageGb, multiAz, replicas, credentials, version } = database;
  return card({
    kind: 'PostgreSQL on RDS',
    title: database.identifier,
    body: facts([
      ['version', version],
      ['instance', code(instanceClass)],
      ['storage', `${storageGb} GB${maxStorageGb === undefined ? '' : `, grows to ${maxStorageGb} GB`}`],
      ['standby', multiAz ? 'in a second zone' : 'none'],
      ['replicas', list(replicas.map(({ key, region, instanceClass: type }) => [`${key}, ${region}, `, code(type)]))],
      ['logins', list(roles)],
      ['master password', `rotated every ${credentials.rotateAfterDays} days`],
    ]),
  });
}

function cacheCard(cache: ResolvedCache): Html {
  const managed = cache.placement === 'managed';
  return card({
    kind: `${CACHE_ENGINES[cache.engine].title} on ${managed ? 'ElastiCache' : 'the host'}`,
    title: managed ? cache.replicationGroupId : cache.hostName,
    body: facts([
      ['version', cache.version],
      managed && ['nodes', [`${cache.replicas + 1} `, code(cache.nodeType)]],
      ['when memory is full', code(cache.evictionPolicy)],
    ]),
  });
}

function bucketsCard({ buckets }: ResolvedData): Part {
  if (buckets.length === 0) return undefined;
  return card({
    kind: 'S3',
    title: 'Buckets',
    body: facts(
      buckets.map(({ key, name, purpose, encryption, transitions, expireAfterDays }) => [
        key,
        [
          code(name),
          html`<br />`,
          [
            purpose === 'logs' ? 'access logs' : 'application data',
            encryption === 'kms' ? 'own key' : 'keys of S3',
            ...transitions.map(({ storageClass, afterDays }) => `${storageClass} after ${afterDays} days`),
            ...(expireAfterDays === undefined ? [] : [`deleted after ${expireAfterDays} days`]),
          ].join(', '),
        ],
      ]),
    ),
  });
}

function fileSystemsCard({ fileSystems }: ResolvedData): Part {
  if (fileSystems.length === 0) return undefined;
  return card({
    kind: 'EFS',
    title: 'File systems',
    body: facts(
      fileSystems.map(({ key, coldAfterDays, accessPoints }) => [
        key,
        [`cheaper storage after ${coldAfterDays} days; `, joined(Object.values(accessPoints).map(({ path }) => code(path)))],
      ]),
    ),
  });
}

function queuesCard({ queues }: ResolvedData): Part {
  if (queues.length === 0) return undefined;
  return card({
    kind: 'SQS',
    title: 'Queues',
    body: facts(
      queues.map(({ key, fifo, visibilityTimeoutSeconds, maxReceives }) => [
        key,
        `${fifo ? 'in order, ' : ''}hidden for ${duration(visibilityTimeoutSeconds)} after a receive; ${maxReceives} receives`,
      ]),
    ),
  });
}

function secretsCard({ secrets }: ResolvedData): Part {
  if (secrets.length === 0) return undefined;
  return card({
    kind: 'Secrets Manager',
    title: 'Secrets',
    body: facts(
      secrets.map(({ key, description, value, keys, rotation }) => [
        key,
        [
          `${description}. ${value === 'manual' ? 'Set by a person' : 'Generated once'}`,
          rotation !== undefined && `, rotated every ${rotation.afterDays} days`,
          keys !== undefined && ['; keys ', joined(keys.map(code))],
        ],
      ]),
    ),
  });
}

/** Keys of the environment, as synthesised; without one, AWS's own. */
function keyCards({ environment, modules }: Book): readonly Html[] {
  const keys = allOf(modules, 'aws_kms_key');
  return [
    ...(environment.data.encryptionKey === 'aws-managed'
      ? [card({ kind: 'KMS', title: 'Keys of AWS', body: facts([['encrypts', 'data, secrets, volumes and backups']]) })]
      : []),
    ...(keys.length === 0
      ? []
      : [
          card({
            kind: 'KMS',
            title: keys.length === 1 ? 'Key' : 'Keys',
            body: list(
              keys.map(({ block: { description, enable_key_rotation: rotates } }) => [
                String(description).replace(` ${environment.identity.environment}`, ' this environment'),
                rotates === true ? '; rotated every year' : '; not rotated',
              ]),
            ),
          }),
        ]),
  ];
}
