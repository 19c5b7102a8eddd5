/** Which data stores a container uses, according to its description: only their ports are opened to it. Pure. */
import type { ResolvedContainer } from '../../config/resolved/environment';
import { variablesOfTask } from './variable-values';

export interface DataAccess {
  readonly database: boolean;
  readonly cache: boolean;
  readonly fileSystems: boolean;
}

/**
 * A container uses the database when it refers to it or holds one of its logins, the cache when it refers to it,
 * a file system when it mounts it. Its sidecars share its network, and so what is opened to it.
 */
export function dataAccess(container: Pick<ResolvedContainer, 'variables' | 'mounts' | 'sidecars'>): DataAccess {
  const variables = variablesOfTask(container);
  const references = variables.flatMap((one) => Object.values(one.references));
  const logins = variables.some(({ secrets }) => Object.values(secrets).some(({ kind }) => kind !== 'secret'));
  return {
    database: logins || references.some((reference) => reference.startsWith('database.')),
    cache: references.some((reference) => reference.startsWith('cache.')),
    fileSystems: container.mounts.length > 0,
  };
}

/** The application roles whose login a container holds, each once. */
export function databaseRoles({ secrets }: ResolvedContainer['variables']): readonly string[] {
  return [...new Set(Object.values(secrets).flatMap((source) => (source.kind === 'database-role' ? [source.role] : [])))].sort();
}
