/** Which secrets rotate. A container sees the new value only after a restart. Pure. */
import { managed } from '../../config/calculations/placement';
import type { ResolvedContainer, ResolvedData, SecretSource } from '../../config/resolved/environment';
import type { DataHandover } from '../../contracts/handovers';
import { variablesOfTask } from './variable-values';

type Secrets = Pick<ResolvedData, 'database' | 'secrets'>;

/** The ARNs of secrets that rotate: the master's, those of roles with a rotation, declared secrets with one. */
export function rotatedSecretArns(data: Secrets, handover: DataHandover): readonly string[] {
  const roles = rotatingRoles(data).map((role) => handover.database?.roleSecretArns[role]);
  const declared = rotatingSecrets(data).map((secret) => handover.secrets[secret]?.arn);
  return [handover.database?.masterSecretArn, ...roles, ...declared].filter((arn) => arn !== undefined);
}

/** The rotating secrets among those that are injected into a container or its sidecars. */
export function rotatedSources(
  container: Pick<ResolvedContainer, 'variables' | 'sidecars'>,
  data: Secrets,
): readonly SecretSource[] {
  const roles = new Set(rotatingRoles(data));
  const declared = new Set(rotatingSecrets(data));
  const injected = variablesOfTask(container).flatMap(({ secrets }) => Object.values(secrets));
  return injected.filter((source) => {
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

function rotatingRoles({ database }: Secrets): readonly string[] {
  const roles = managed(database)?.roles ?? [];
  return roles.flatMap(({ name, rotateAfterDays }) => (rotateAfterDays === undefined ? [] : [name]));
}

function rotatingSecrets({ secrets }: Secrets): readonly string[] {
  return secrets.flatMap(({ key, rotation }) => (rotation === undefined ? [] : [key]));
}
