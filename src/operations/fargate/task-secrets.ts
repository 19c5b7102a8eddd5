/**
 * Secrets of a script that runs as a task. Variables of a task are part of its definition, which everybody who may list tasks can
 * read. So they are a version of a secret that the task's role reads anyway, under a label of its own: the current version of that
 * secret, which applications read, stays what it is.
 */
import { randomUUID } from 'node:crypto';
import type { Secret, TaskDefinition } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';

export interface PassedSecrets {
  /** For the container of the task. */
  readonly variables: Secret[];
  /** Takes the label away: Secrets Manager deletes versions without one. */
  readonly forget: () => Promise<void>;
}

/** `arn:aws:secretsmanager:region:account:secret:name`, without the key, label and version that a task definition may add. */
const ARN = /^arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:[^:]+/;

const LABEL = 'terrace-script-';

interface OwnSecret {
  readonly arn: string;
  /** Labels by version. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

/** @throws CommandError where no secret of the job can have another version */
export async function passSecrets(
  target: Target,
  job: TaskDefinition,
  secrets: Readonly<Record<string, string>>,
): Promise<PassedSecrets> {
  const names = Object.keys(secrets);
  if (names.length === 0) return { variables: [], forget: () => Promise.resolve() };
  const manager = await target.aws.secretsManager();
  const { arn: SecretId, versions } = await ownSecretOf(target, job);
  const take = async (label: string, version: string | undefined): Promise<void> => {
    await manager
      .updateSecretVersionStage({ SecretId, VersionStage: label, RemoveFromVersionId: version })
      .catch(() => undefined);
  };
  // What a command that was killed has left. A task reads its secrets when it starts.
  for (const [version, labels] of Object.entries(versions))
    for (const label of labels.filter((one) => one.startsWith(LABEL))) await take(label, version);
  const label = `${LABEL}${randomUUID()}`;
  const { VersionId: version } = await explained(`passing secrets to a task of ${target.name}`, () =>
    manager.putSecretValue({ SecretId, SecretString: JSON.stringify(secrets), VersionStages: [label] }),
  );
  return {
    variables: names.map((name) => ({ name, valueFrom: `${SecretId}:${name}:${label}:` })),
    forget: () => take(label, version),
  };
}

/** The login of an application. That of the master is managed by RDS, which takes no version of others. */
async function ownSecretOf({ aws, name }: Target, { containerDefinitions = [] }: TaskDefinition): Promise<OwnSecret> {
  const manager = await aws.secretsManager();
  const all = containerDefinitions.flatMap(({ secrets = [] }) => secrets.map(({ valueFrom = '' }) => ARN.exec(valueFrom)?.[0]));
  for (const arn of new Set(all)) {
    if (arn === undefined) continue;
    const { OwningService: owner, VersionIdsToStages: versions = {} } = await explained(`looking at ${arn}`, () =>
      manager.describeSecret({ SecretId: arn }),
    );
    if (owner === undefined) return { arn, versions };
  }
  throw new CommandError(
    `a script with secrets cannot run as a task of ${name}: none of its database's roles has a password\n  fix   a role with login: 'password', at least until the move is finished`,
  );
}
