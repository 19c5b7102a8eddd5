/** Rules about poolers: the role they log in as, and whether the database accepts their connections. */
import { managed } from '../calculations/placement';
import type { ParsedEnvironment } from '../schema/environment';
import { maxConnectionsOf } from '../tables/database-classes';
import { PORTS } from '../tables/ports';
import { loginsIn } from './connection-rules';
import { located, runningOf, RUNNING_SECTIONS } from './located';
import { finding, findingIf } from './finding';
import { defineRule, type Rule } from './rule';

type Database = ParsedEnvironment['database'];

const pooledUrl = defineRule({
  id: 'pooler-url',
  severity: 'refusal',
  summary: 'A container with a pooler reads no database URL: the URL bypasses the pooler.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (environment) =>
    runningOf(environment).flatMap(({ path, value }) =>
      loginsIn(located(`${path}.environment`, value.environment)).flatMap((login) =>
        findingIf(
          value.pooler !== undefined && login.key === 'url',
          `${login.path}.key`,
          login.key,
          '"username" or "password" with a pooler',
          'take host and port from "database.host" and "database.port", which are the pooler\'s',
        ),
      ),
    ),
});

const poolerDatabase = defineRule({
  id: 'pooler-database',
  severity: 'refusal',
  summary: "A pooler has a database, and no other container of the task listens on the pooler's port.",
  reads: ['database'],
  also: RUNNING_SECTIONS,
  check: ({ database, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value }) => {
      const port = 'port' in value ? value.port : undefined;
      return [
        ...findingIf(
          value.pooler !== undefined && database === undefined,
          `${path}.pooler`,
          value.pooler,
          'a pooler only with `database`',
          'declare `database`, or remove the pooler',
        ),
        ...findingIf(
          value.pooler !== undefined && port === PORTS.pooler,
          `${path}.port`,
          port,
          `any port but ${PORTS.pooler}, on which the pooler listens`,
          'make the container listen on another port',
        ),
      ];
    }),
});

const poolerRole = defineRule({
  id: 'pooler-role',
  severity: 'refusal',
  summary: 'A pooler logs in as the one database role whose login its container reads, with a password.',
  reads: ['database'],
  also: RUNNING_SECTIONS,
  check: ({ database, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value }) => {
      if (value.pooler === undefined) return [];
      const roles = [...new Set(loginsIn(located(`${path}.environment`, value.environment)).map(({ role }) => role))];
      const byToken = roles.find((role) => managed(database)?.roles[role]?.login === 'iam');
      return [
        ...findingIf(
          roles.length !== 1,
          `${path}.pooler`,
          roles,
          'a container that reads the login of exactly one database role',
          "add a variable { databaseRole: 'app', key: 'password' }, and only of that role",
        ),
        ...findingIf(
          byToken !== undefined,
          `${path}.pooler`,
          byToken,
          "a role with login 'password': PgBouncer cannot create IAM tokens",
          `remove the pooler, or choose login: 'password' for database.roles.${byToken}`,
        ),
      ];
    }),
});

/** Connections that all poolers together may open, with this many tasks of each workload. */
function poolsOf(workloads: Parameters<typeof runningOf>[0], tasks: (maximum: number, maximumPercent: number) => number) {
  const pools = runningOf(workloads).flatMap(({ path, value: { pooler, replicas, deployment } }) => {
    if (pooler === undefined) return [];
    const each = pooler.poolSize + pooler.reservePoolSize;
    const most = tasks(replicas.max, deployment.maximumPercent);
    return [{ path, connections: each * most, sum: `${path}: ${each} × ${most} tasks` }];
  });
  return {
    first: pools[0]?.path,
    total: pools.reduce((sum, { connections }) => sum + connections, 0),
    sums: pools.map(({ sum }) => sum).join(', '),
  };
}

/** The instance class of a managed database and its `max_connections`, where the class is known. */
function connectionsOf(database: Database): { readonly instanceClass: string; readonly limit: number } | undefined {
  if (database?.placement !== 'managed') return undefined;
  const { instanceClass, parameters } = database;
  const { max_connections: set } = parameters;
  const limit = set === undefined ? maxConnectionsOf(instanceClass) : numberIn(set);
  return limit === undefined ? undefined : { instanceClass, limit };
}

/** Undefined for a formula, whose value only RDS knows. */
function numberIn(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

const poolsFit = defineRule({
  id: 'pooler-connections',
  severity: 'refusal',
  summary: 'The database accepts the connections of all pools together.',
  reads: ['database'],
  also: RUNNING_SECTIONS,
  check: ({ database, ...workloads }) => {
    const accepted = connectionsOf(database);
    const { first, total, sums } = poolsOf(workloads, (maximum) => maximum);
    if (accepted === undefined || first === undefined || total <= accepted.limit) return [];
    const received = `${total} connections (${sums})`;
    return [
      finding(
        `${first}.pooler.poolSize`,
        received,
        `at most ${accepted.limit} in all, which ${accepted.instanceClass} accepts`,
        'lower poolSize or replicas.max, or choose a larger instanceClass',
      ),
    ];
  },
});

const poolsFitDeploying = defineRule({
  id: 'pooler-connections-deploying',
  severity: 'warning',
  summary: 'The database also accepts them during a release, when old and new tasks run at the same time.',
  reads: ['database'],
  also: RUNNING_SECTIONS,
  check: ({ database, ...workloads }) => {
    const accepted = connectionsOf(database);
    const atRest = poolsOf(workloads, (maximum) => maximum).total;
    const { first, total, sums } = poolsOf(workloads, (maximum, percent) => Math.floor((maximum * percent) / 100));
    if (accepted === undefined || first === undefined || atRest > accepted.limit || total <= accepted.limit) return [];
    const { instanceClass, limit } = accepted;
    const allowed = `while a release runs at full size, poolers may open ${total} connections (${sums}) and ${instanceClass} accepts ${limit}`;
    return [finding(`${first}.deployment.maximumPercent`, total, allowed, 'lower maximumPercent or poolSize')];
  },
});

export const POOLER_RULES: readonly Rule[] = [pooledUrl, poolerDatabase, poolerRole, poolsFit, poolsFitDeploying];
