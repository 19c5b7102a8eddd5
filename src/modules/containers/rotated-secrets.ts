/** Which secrets of an environment change by themselves. */
import { managed } from '../../config/calculations/placement';
import type { ResolvedData } from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';

/** Their ARNs: the database's master, its roles with a rotation, declared secrets with one. */
export function rotatedSecretArns(
  { database, secrets }: Pick<ResolvedData, 'database' | 'secrets'>,
  handover: DataHandover,
): readonly string[] {
  const roles = (managed(database)?.roles ?? []).flatMap(({ name, rotateAfterDays }) =>
    rotateAfterDays === undefined ? [] : [handover.database?.roleSecretArns[name]],
  );
  const declared = secrets.flatMap(({ key, rotation }) => (rotation === undefined ? [] : [handover.secrets[key]?.arn]));
  return [handover.database?.masterSecretArn, ...roles, ...declared].filter((arn) => arn !== undefined);
}
