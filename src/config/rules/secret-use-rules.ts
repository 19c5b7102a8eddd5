/** The rule that somebody reads each secret. */
import { matchesPattern } from '../calculations/wildcards';
import { environmentPath, secretName, type EnvironmentName } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { type CONTAINER_SECTIONS, containersOf, located, permissionsOf, variablesOf } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

type Readers = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number] | 'builders' | 'box'>;

/** The secrets that containers get as variables, and that the host logs in to registries with. */
function injected({ box, builders: _builders, ...workloads }: Readers): ReadonlySet<string> {
  const variables = variablesOf(containersOf(workloads)).flatMap(({ value }) =>
    typeof value === 'object' && 'secret' in value ? [value.secret] : [],
  );
  return new Set([...variables, ...(box?.registries ?? []).map(({ secret }) => secret)]);
}

/** The names and ARNs of secrets that containers and builders read by themselves; a path without a slash is below the environment's. */
function readablePaths(environment: EnvironmentName, { builders, box: _box, ...workloads }: Readers): readonly string[] {
  const absolute = (path: string): string => (path.startsWith('/') ? path : `${environmentPath(environment)}/${path}`);
  return [...containersOf(workloads), ...located('builders', builders)]
    .flatMap(permissionsOf)
    .flatMap(({ value }) => ('secretPath' in value ? [absolute(value.secretPath)] : 'resources' in value ? value.resources : []));
}

const secretsRead = defineRule({
  id: 'secret-unread',
  severity: 'warning',
  summary: 'Each declared secret is read by a variable, a reader, a registry or a permission.',
  reads: ['system', 'name', 'secrets', 'box', 'services', 'workers', 'jobs', 'builders'],
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
