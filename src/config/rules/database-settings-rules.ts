/** Rules about single settings of database and cache: instance classes, versions and parameters that AWS has. */
import { managed } from '../calculations/placement';
import { formatPath } from '../problems/paths';
import { CACHE_ENGINES, CACHE_VERSIONS, cacheFamily } from '../tables/cache-engines';
import { CACHE_NODES } from '../tables/cache-nodes';
import { DATABASE_CLASSES } from '../tables/database-classes';
import { finding, unknownType, valueFinding } from './finding';
import { located } from './located';
import { defineRule, type Rule } from './rule';

const classesExist = defineRule({
  id: 'instance-class-unknown',
  severity: 'risk',
  summary: 'Instance classes of the database and node types of the cache exist.',
  reads: ['database', 'cache'],
  check: ({ database, cache }) => {
    const instance = managed(database);
    return [
      ...unknownType('database.instanceClass', instance?.instanceClass, DATABASE_CLASSES, 'RDS'),
      ...located('database.replicas', instance?.replicas ?? {}).flatMap(({ path, value }) =>
        unknownType(`${path}.instanceClass`, value.instanceClass, DATABASE_CLASSES, 'RDS'),
      ),
      ...unknownType('cache.nodeType', managed(cache)?.nodeType, CACHE_NODES, 'ElastiCache'),
    ];
  },
});

const parametersLegal = defineRule({
  id: 'database-parameters',
  severity: 'refusal',
  summary: 'Parameters of PostgreSQL leave TLS forced, and the number of connections is a number or a formula of RDS.',
  reads: ['database'],
  check: ({ database }) =>
    Object.entries(managed(database)?.parameters ?? {}).flatMap(([name, value]) => {
      const path = formatPath(['database', 'parameters', name]);
      if (!/^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?$/.test(name))
        return [finding(path, name, 'the name of a parameter, in lower case', 'write it as `show all` of PostgreSQL does')];
      if (name === 'rds.force_ssl' && value !== '1')
        return [finding(path, value, '"1": TLS is forced in any case', 'remove it, and let clients use TLS')];
      if (name === 'max_connections' && !isConnections(value))
        return [
          finding(
            path,
            value,
            'a number such as "200", or a formula of RDS with braces',
            'write the number, or remove it for the default of RDS',
          ),
        ];
      return [];
    }),
});

/** Source: RDS user guide, "Specifying DB parameters". */
function isConnections(value: string): boolean {
  return /^[1-9]\d*$/.test(value) || /^(?:GREATEST|LEAST|SUM)\(.*\{\w.*\}.*\)$|^\{\w.*\}$/.test(value);
}

const cacheVersion = defineRule({
  id: 'cache-version',
  severity: 'refusal',
  summary: 'The version of the cache is one of its engine.',
  reads: ['cache'],
  check: ({ cache }) => {
    const { engine = 'valkey', version } = managed(cache) ?? {};
    if (version === undefined || cacheFamily(engine, version) !== undefined) return [];
    const versions = CACHE_VERSIONS.filter((one) => cacheFamily(engine, one) !== undefined);
    const other = engine === 'valkey' ? 'redis' : 'valkey';
    return [
      finding(
        'cache.version',
        version,
        `${versions.join(', ')} with engine "${engine}"`,
        `choose one of these; ${version} is a version of ${CACHE_ENGINES[other].title}: engine: '${other}'`,
      ),
    ];
  },
});

const queueKept = defineRule({
  id: 'cache-queue-eviction',
  severity: 'risk',
  summary: 'A cache that holds a queue evicts nothing: an evicted job is lost.',
  reads: ['cache'],
  check: ({ cache }) => {
    const { purpose, evictionPolicy } = cache ?? {};
    if (purpose !== 'queue' || evictionPolicy === undefined || evictionPolicy === 'noeviction') return [];
    return [
      valueFinding(
        'cache.evictionPolicy',
        evictionPolicy,
        '"noeviction" with purpose "queue"',
        'remove it: when memory is full, writes fail and nothing is lost; the alarm on memory comes first',
      ),
    ];
  },
});

export const DATABASE_SETTINGS_RULES: readonly Rule[] = [classesExist, parametersLegal, cacheVersion, queueKept];
