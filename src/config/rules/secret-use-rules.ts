/** The rule that somebody reads each secret. */
import { matchesPattern } from '../calculations/wildcards';
import { environmentPath, secretName, type EnvironmentName } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { type CONTAINER_SECTIONS, containersOf, located, permissionsOf, variablesOf } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

type Containers = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>;

type Readers = Containers & Pick<ParsedEnvironment, 'box' | 'edge' | 'observability'>;

/** The secrets that containers get as variables, and those that the host, the edge and the collectors of traces read. */
function injected({ box, edge, observability, services, workers, jobs }: Readers): ReadonlySet<string> {
  const variables = variablesOf(containersOf({ services, workers, jobs })).flatMap(({ value }) =>
    typeof value === 'object' && 'secret' in value ? [value.secret] : [],
  );
  const { tracing } = observability;
  const headers = typeof tracing === 'object' ? Object.values(tracing.headers).map(({ secret }) => secret) : [];
  const logins = edge.basicAuth?.secret === undefined ? [] : [edge.basicAuth.secret];
  return new Set([...variables, ...(box?.registries ?? []).map(({ secret }) => secret), ...headers, ...logins]);
}

/** The names and ARNs of secrets that containers and builders read by themselves; a path without a slash is below the environment's. */
function readablePaths(
  environment: EnvironmentName,
  { builders, services, workers, jobs }: Containers & Pick<ParsedEnvironment, 'builders'>,
): readonly string[] {
  const absolute = (path: string): string => (path.startsWith('/') ? path : `${environmentPath(environment)}/${path}`);
  return [...containersOf({ services, workers, jobs }), ...located('builders', builders)]
    .flatMap(permissionsOf)
    .flatMap(({ value }) => ('secretPath' in value ? [absolute(value.secretPath)] : 'resources' in value ? value.resources : []));
}

const secretsRead = defineRule({
  id: 'secret-unread',
  severity: 'warning',
  summary:
    'Each declared secret is read by a variable, a reader, a registry, basic authentication, a header of traces or a permission.',
  reads: ['system', 'name', 'secrets', 'box', 'services', 'workers', 'jobs', 'builders', 'edge', 'observability'],
  check: ({ system, name, secrets, ...readers }) => {
    const variables = injected(readers);
    const paths = readablePaths({ system, name }, readers);
    return located('secrets', secrets).flatMap(({ key, path, value }) => {
      const full = secretName({ system, name }, key, value.name);
      const permitted = paths.some((pattern) => matchesPattern(pattern, full) || pattern.includes(`:secret:${full}`));
      return findingIf(
        !variables.has(key) && value.readers.length === 0 && !permitted,
        path,
        key,
        'nothing reads it, and it costs $0.40 a month',
        "read it in a variable ({ secret: '...' }), list `readers`, or remove it",
      );
    });
  },
});

export const SECRET_USE_RULES: readonly Rule[] = [secretsRead];
