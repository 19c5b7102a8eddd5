/** Rules about single settings of database and cache: instance classes that exist, and parameters that RDS accepts. */
import { managed } from '../calculations/placement';
import { formatPath } from '../problems/paths';
import { CACHE_NODES } from '../tables/cache-nodes';
import { DATABASE_CLASSES } from '../tables/database-classes';
import { finding, unknownType } from './finding';
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

export const DATABASE_SETTINGS_RULES: readonly Rule[] = [classesExist, parametersLegal];
