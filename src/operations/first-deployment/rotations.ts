/** The first rotation of the logins that rotate: it proves function, master and clone before there is traffic. */
import { explained, isAwsError } from '../../aws/errors';
import { TimedOut, waitFor } from '../../aws/waiting';
import type { Target } from '../target';

export interface RotationOptions {
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
  /** Seconds that one rotation may take. @default 300 */
  readonly timeoutSeconds?: number;
  /** Seconds between two looks. @default 5 */
  readonly everySeconds?: number;
}

/** Names of the roles that rotate. */
export function rotatingRoles({ environment }: Target): readonly string[] {
  const { database } = environment.data;
  if (database?.placement !== 'managed') return [];
  return database.roles.filter(({ rotateAfterDays }) => rotateAfterDays !== undefined).map(({ name }) => name);
}

/**
 * Rotates each login that never was, one after the other.
 * @returns the roles whose rotation has not ended in time: Secrets Manager tries these again by itself
 */
export async function rotateOnce(target: Target, { report, ...options }: RotationOptions): Promise<readonly string[]> {
  const data = await target.published('data');
  const late: string[] = [];
  for (const role of rotatingRoles(target)) {
    const secret = data?.database?.roleSecretArns[role];
    if (secret === undefined || (await lastRotation(target, secret)) !== undefined) continue;
    report(`rotating the login ${role} once`);
    if (await rotated(target, secret, options)) report(`the login ${role} rotates`);
    else late.push(role);
  }
  return late;
}

async function lastRotation({ aws }: Target, secret: string): Promise<Date | undefined> {
  const manager = await aws.secretsManager();
  const { LastRotatedDate: last } = await explained('asking when a login was rotated', () =>
    manager.describeSecret({ SecretId: secret }),
  );
  return last;
}

async function rotated(
  target: Target,
  secret: string,
  { signal, timeoutSeconds = 300, everySeconds = 5 }: Omit<RotationOptions, 'report'>,
): Promise<boolean> {
  const manager = await target.aws.secretsManager();
  try {
    await explained('rotating a login', () =>
      manager.rotateSecret({ SecretId: secret }).catch((error: unknown) => {
        // The test of the schedule, which failed before the login existed, is still being repeated, and will succeed now.
        if (!isAwsError(error, 'InvalidRequestException') || !/previous rotation/i.test((error as Error).message)) throw error;
      }),
    );
    await waitFor(() => lastRotation(target, secret), { everySeconds, timeoutSeconds, signal });
    return true;
  } catch (error) {
    if (error instanceof TimedOut) return false;
    throw error;
  }
}
