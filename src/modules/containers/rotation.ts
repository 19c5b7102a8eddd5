/** Which secrets of a container change by themselves: it sees the new value only when it is started again. Pure. */
import { managed } from '../../config/calculations/placement';
import type { ResolvedContainer, ResolvedData, SecretSource } from '../../config/resolved/environment';

/** The rotated secrets that a container gets injected. */
export function rotatedSources(
  { variables }: Pick<ResolvedContainer, 'variables'>,
  { database, secrets }: Pick<ResolvedData, 'database' | 'secrets'>,
): readonly SecretSource[] {
  const roles = new Set(
    managed(database)?.roles.flatMap(({ name, rotateAfterDays }) => (rotateAfterDays === undefined ? [] : [name])),
  );
  const declared = new Set(secrets.flatMap(({ key, rotation }) => (rotation === undefined ? [] : [key])));
  return Object.values(variables.secrets).filter((source) => {
    switch (source.kind) {
      case 'secret':
        return declared.has(source.secret);
      case 'database-role':
        return roles.has(source.role);
      case 'database-master':
        return true;
    }
  });
}
