/** Which previews of an environment exist, and which have outlived their time. */
import { AwsClients } from '../../aws/clients';
import type { ResolvedEnvironment } from '../../config';
import { previewStates } from '../../operations/previews';

export interface ExistingPreview {
  readonly environment: string;
  readonly number: number;
  /** When its state was written last: by its newest deployment. ISO 8601, UTC. */
  readonly deployedAt: string;
  readonly expiresAt: string;
  readonly expired: boolean;
  readonly resources: number;
}

export interface FindOptions {
  /** The synthesised output; local states are next to it. */
  readonly output: string;
  readonly now: Date;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * By number.
 * @throws CommandError or Unavailable when the states cannot be read
 */
export async function findPreviews(
  environment: ResolvedEnvironment,
  { output, now }: FindOptions,
): Promise<readonly ExistingPreview[]> {
  const { identity, preview } = environment;
  const life = (preview?.lifetimeDays ?? 0) * DAY;
  const found = await previewStates(environment, { aws: new AwsClients({ region: identity.region }), output });
  return found.map(({ number, writtenAt, resources }) => {
    const expires = new Date(writtenAt.getTime() + life);
    return {
      environment: identity.environment,
      number,
      deployedAt: writtenAt.toISOString(),
      expiresAt: expires.toISOString(),
      expired: expires <= now,
      resources,
    };
  });
}
