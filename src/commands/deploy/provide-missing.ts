/** Values of secrets and images that are missing: says which, offers to set secrets, and waits. */
import { TimedOut, waitFor } from '../../aws/waiting';
import { explained } from '../../aws/errors';
import type { Io } from '../../cli/io';
import { findMissing, type Missing } from '../../operations/first-deployment/missing';
import type { Target } from '../../operations/target';
import { missingText } from './report';

export interface ProvideOptions {
  readonly yes: boolean;
  /** Minutes. */
  readonly until?: number;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
  /** Seconds between two looks. @default 10 */
  readonly everySeconds?: number;
}

/** @returns what is still missing */
export async function provideMissing(target: Target, options: ProvideOptions): Promise<readonly Missing[]> {
  const { yes, until, io, report } = options;
  let missing = await findMissing(target);
  if (missing.length === 0) return missing;
  const mayAsk = !yes && io.stderr.isTTY === true && process.stdin.isTTY;
  if (mayAsk && missing.some(({ kind }) => kind === 'secret')) {
    await offerSecrets(target, missing, report);
    missing = await findMissing(target);
  }
  if (missing.length === 0 || until === undefined) return missing;
  report(`${missingText(missing)}\nwaiting up to ${until} minutes for it`);
  return waitForAll(target, missing, until, options);
}

async function waitForAll(
  target: Target,
  first: readonly Missing[],
  until: number,
  { signal, report, everySeconds = 10 }: ProvideOptions,
): Promise<readonly Missing[]> {
  let missing = first;
  const look = async (): Promise<true | undefined> => {
    const now = await findMissing(target);
    for (const { kind, key } of missing)
      if (!now.some((one) => one.kind === kind && one.key === key)) report(`the ${kind} ${key} is there`);
    missing = now;
    return now.length === 0 ? true : undefined;
  };
  try {
    await waitFor(look, { everySeconds, timeoutSeconds: until * 60, signal });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
  }
  return missing;
}

/** What is typed is not shown. An empty answer leaves a secret as it is, and Ctrl-C all that follow. */
async function offerSecrets(target: Target, missing: readonly Missing[], report: ProvideOptions['report']): Promise<void> {
  const { password } = await import('@inquirer/prompts');
  const ask = (message: string): Promise<string> => password({ message, mask: true }, { output: process.stderr });
  try {
    for (const one of missing) {
      if (one.kind !== 'secret') continue;
      const { secret, arn } = one;
      const value = await readValue(`${secret.name}: ${secret.description}`, secret.keys, ask);
      if (value === undefined) continue;
      const manager = await target.aws.secretsManager();
      await explained(`putting the secret ${secret.key}`, () => manager.putSecretValue({ SecretId: arn, SecretString: value }));
      report(`the secret ${secret.key} has a value`);
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExitPromptError')) throw error;
  }
}

/**
 * The value of a secret: one text, or a JSON object with a text for each key.
 * @returns undefined when nothing, or not everything, was answered
 */
export async function readValue(
  title: string,
  keys: readonly string[] | undefined,
  ask: (message: string) => Promise<string>,
): Promise<string | undefined> {
  if (keys === undefined) {
    const value = await ask(`${title} (empty: later)`);
    return value === '' ? undefined : value;
  }
  const values: Record<string, string> = {};
  for (const key of keys) {
    const value = await ask(`${title}, ${key} (empty: later)`);
    if (value === '') return undefined;
    values[key] = value;
  }
  return JSON.stringify(values);
}
