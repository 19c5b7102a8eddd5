/** Secrets that both environments declare: compared by their hashes, and carried over where it was asked for. Never printed. */
import { createHash } from 'node:crypto';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { explained, isAwsError } from '../../../aws/errors';
import { done, type Outcome, type Step } from '../steps';

export interface SecretPair {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly source: () => Promise<SecretsManager>;
  readonly target: () => Promise<SecretsManager>;
}

export interface SecretChoices {
  /** Whether values of the source replace those of the target. */
  readonly carry: boolean;
  /** Keys that stay as they are. */
  readonly left: ReadonlySet<string>;
}

/** `unset`: the source has no value, so that nothing depends on it. */
export type SecretState = 'equal' | 'different' | 'missing' | 'unset';

export function secretSteps(pairs: readonly SecretPair[], { carry, left }: SecretChoices): readonly Step[] {
  const compared = pairs.filter(({ key }) => !left.has(key));
  if (compared.length === 0) return [];
  return [
    {
      id: 'check/secrets',
      phase: 'check',
      text: `compares ${compared.length} secrets by their hashes`,
      run: async (): Promise<Outcome> => {
        const states = await statesOf(compared);
        const unequal = states.filter(({ state }) => state === 'different' || state === 'missing');
        if (unequal.length === 0 || carry) return done(states.map(({ key, state }) => `secret ${key}: ${state}`));
        return {
          kind: 'failed',
          why: [
            ...unequal.map(
              ({ key, state }) =>
                `the secret ${key} is ${state === 'missing' ? 'not set in the new environment' : 'another one'}`,
            ),
            '  fix   --secrets carries all of them over; --leave secret/<key> keeps one as it is',
          ].join('\n'),
        };
      },
    },
    ...(carry
      ? [
          {
            id: 'copy/secrets',
            phase: 'copy' as const,
            text: 'carries over the values of secrets that differ',
            run: async (): Promise<Outcome> => {
              const notes: string[] = [];
              for (const pair of compared) {
                const state = await stateOf(pair);
                if (state === 'different' || state === 'missing') {
                  await carryOver(pair);
                  notes.push(`secret ${pair.key}: carried over; the value before is its version AWSPREVIOUS`);
                } else notes.push(`secret ${pair.key}: ${state}`);
              }
              return done(notes);
            },
          },
        ]
      : []),
    {
      id: 'verify/secrets',
      phase: 'verify',
      text: 'compares the secrets again',
      run: async (): Promise<Outcome> => {
        const states = await statesOf(compared);
        const unequal = states.filter(({ state }) => state === 'different' || state === 'missing');
        if (unequal.length === 0) return done();
        const keys = unequal.map(({ key }) => key).join(', ');
        return {
          kind: 'failed',
          why: `other values than in the old environment: ${keys}`,
          repeatFrom: carry ? 'copy/secrets' : 'check/secrets',
        };
      },
    },
  ];
}

async function statesOf(pairs: readonly SecretPair[]): Promise<readonly { readonly key: string; readonly state: SecretState }[]> {
  return Promise.all(pairs.map(async (pair) => ({ key: pair.key, state: await stateOf(pair) })));
}

export async function stateOf({ from, to, source, target }: SecretPair): Promise<SecretState> {
  const [old, now] = await Promise.all([valueOf(await source(), from), valueOf(await target(), to)]);
  if (old === undefined) return 'unset';
  if (now === undefined) return 'missing';
  return hashOf(old) === hashOf(now) ? 'equal' : 'different';
}

async function carryOver({ from, to, source, target }: SecretPair): Promise<void> {
  const value = await valueOf(await source(), from);
  if (value === undefined) return;
  const client = await target();
  await explained(`setting the secret ${to}`, () =>
    client.putSecretValue({ SecretId: to, ...(typeof value === 'string' ? { SecretString: value } : { SecretBinary: value }) }),
  );
}

async function valueOf(client: SecretsManager, id: string): Promise<string | Uint8Array | undefined> {
  try {
    const { SecretString: text, SecretBinary: bytes } = await client.getSecretValue({ SecretId: id });
    return text ?? bytes;
  } catch (error) {
    // It exists, and nobody has set it.
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    return explained(`reading the secret ${id}`, () => Promise.reject(error as Error));
  }
}

function hashOf(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex');
}
