/** Chooses what is done: a release, the way back, the list, or the policy. */
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { confirmed, type OperationOptions } from '../../cli/operation-options';
import { selectNames } from '../../cli/select';
import { planBack, type BackPlan } from '../../operations/release/back';
import { listReleases } from '../../operations/release/list';
import { performRelease, takeBack, type Performed } from '../../operations/release/perform';
import { planRelease } from '../../operations/release/plan';
import { releasePolicy } from '../../operations/release/policy';
import { loadTarget, type Target } from '../../operations/target';
import { interruptible } from '../../terraform/runner/interruptible';
import { listText, planText, resultOf, resultText } from './report';

export interface ReleaseCommandOptions extends OperationOptions {
  readonly back: boolean;
  readonly list: boolean;
  readonly policy: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly output: string;
}

/** Seconds between two looks at services. */
const EVERY_SECONDS = 5;

const VERSION = /^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/;

/** @returns the exit code */
export async function release(
  context: CommandContext,
  environment: string,
  images: readonly string[],
  options: ReleaseCommandOptions,
): Promise<number> {
  selectNames(Object.keys(context.files), [environment]);
  const { back, list, policy, json, endpoint, output } = options;
  const { stdout } = context.io;
  if ([back, list, policy].filter((one) => one).length > 1)
    throw new CommandError('one of --back, --list and --policy at most', 2);
  const versions = back || list || policy ? {} : versionsIn(images);
  const target = await loadTarget(context, environment, { endpoint, output });
  if (policy) {
    stdout.write(`${JSON.stringify(await releasePolicy(target), null, 2)}\n`);
    return 0;
  }
  if (list) {
    const listed = await listReleases(target, namesIn(images));
    stdout.write(json ? `${JSON.stringify(listed, null, 2)}\n` : listText(listed));
    return 0;
  }
  const planned: BackPlan = back
    ? await planBack(target, namesIn(images))
    : { way: 'release', plan: await planRelease(target, versions, { jobs: true }) };
  return perform(context, target, planned, options);
}

async function perform(
  { io }: CommandContext,
  target: Target,
  planned: BackPlan,
  { dryRun, json, yes, timeout }: ReleaseCommandOptions,
): Promise<number> {
  const { plan, way } = planned;
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  const finish = (performed: Performed | undefined): number => {
    const text = json
      ? `${JSON.stringify(resultOf(target, planned, performed), null, 2)}\n`
      : resultText(target, planned, performed);
    if (text !== '') io.stdout.write(text);
    return performed?.exitCode ?? 0;
  };
  if (plan.changes.length === 0) return finish(undefined);
  (json ? io.stderr : io.stdout).write(planText(target, planned));
  if (dryRun) return json ? finish(undefined) : 0;
  if (!(await confirmed(way === 'release' ? 'Release?' : 'Take it back?', { yes }, io))) {
    report('nothing was changed');
    return 1;
  }
  const work = way === 'release' ? performRelease : takeBack;
  const performed = await interruptible(
    (signal) => work(target, plan, { timeoutSeconds: timeout, everySeconds: EVERY_SECONDS, signal, report }),
    report,
    { first: 'stopping; the same command goes on', later: 'still stopping: a call of AWS is in progress' },
  );
  return finish(performed);
}

/** @throws CommandError, wrong usage */
function versionsIn(images: readonly string[]): Readonly<Record<string, string>> {
  if (images.length === 0)
    throw new CommandError('what is to be released? Write <image>=<tag or digest>, or one of --back, --list and --policy', 2);
  const entries = images.map((text) => {
    const at = text.indexOf('=');
    const [key, version] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || !VERSION.test(version))
      throw new CommandError(
        `${text}\n  allowed  <image>=<tag or digest>, such as api=4f1c2aa or api=sha256:<64 hexadecimal digits>`,
        2,
      );
    return [key, version] as const;
  });
  const twice = entries.find(([key], index) => entries.findIndex(([other]) => other === key) !== index);
  if (twice !== undefined) throw new CommandError(`${twice[0]} is named twice`, 2);
  return Object.fromEntries(entries);
}

/** @throws CommandError, wrong usage */
function namesIn(images: readonly string[]): readonly string[] {
  const wrong = images.find((name) => name.includes('='));
  if (wrong !== undefined)
    throw new CommandError(`${wrong}\n  allowed  with --back and --list, names of images without a tag`, 2);
  return images;
}
