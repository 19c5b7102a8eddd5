/** Plans one stack with the real terraform. The plan itself, which may hold values, is judged and removed again. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ALLOW_FILE, parseAllowances } from '../guard/allowances';
import { judge } from '../guard/guard';
import { parsePlan } from '../guard/plan';
import { reportMarkdown } from '../guard/report';
import { runCommand, type Ran } from '../../terraform/runner/run-command';
import { errorsIn } from '../../terraform/runner/errors';
import { actionsOf, digestOf } from './actions';
import type { PlannedReport, StackReport } from './stack-report';
import { whyLater } from './why-later';

/** How long terraform waits for somebody else's lock. */
const LOCK_TIMEOUT = '-lock-timeout=10m';

const PLAN_FILE = 'delivery.tfplan';

export interface PlanStackOptions {
  /** `cdktf.out/stacks/<id>` */
  readonly folder: string;
  readonly stack: string;
  /** Stacks of the environment that are about to change too: what is new in their outputs is not there yet. */
  readonly changing: ReadonlySet<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs terraform in a stack's folder, without asking anybody anything. */
export function terraform(folder: string, args: readonly string[], env: PlanStackOptions['env']): Promise<Ran> {
  return runCommand('terraform', args, {
    cwd: folder,
    env: { ...env, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' },
  });
}

/**
 * Plans a stack.
 * @param use is given the plan's file before it is removed, to apply exactly what was judged
 */
export async function planStack(
  options: PlanStackOptions,
  use: (report: StackReport, planFile: string) => Promise<StackReport> = (report) => Promise.resolve(report),
): Promise<StackReport> {
  const { folder, stack, changing, env } = options;
  const file = join(folder, PLAN_FILE);
  const locked = existsSync(join(folder, '.terraform.lock.hcl')) ? ['-lockfile=readonly'] : [];
  try {
    const init = await terraform(folder, ['init', '-no-color', ...locked], env);
    if (init.code !== 0) return notPlanned(stack, init, changing);
    const plan = await terraform(folder, ['plan', '-no-color', LOCK_TIMEOUT, `-out=${PLAN_FILE}`], env);
    if (plan.code !== 0) return notPlanned(stack, plan, changing);
    const shown = await terraform(folder, ['show', '-json', PLAN_FILE], env);
    if (shown.code !== 0) return notPlanned(stack, shown, changing);
    return await use(judgePlan(stack, shown.stdout), PLAN_FILE);
  } finally {
    rmSync(file, { force: true });
  }
}

/** Has the guard judge a plan, as `terraform show -json` writes it. */
export function judgePlan(stack: string, json: string): PlannedReport {
  const plan = parsePlan(stack, json);
  const actions = actionsOf(plan, json);
  const today = new Date().toISOString().slice(0, 10);
  const allowances = existsSync(ALLOW_FILE) ? parseAllowances(readFileSync(ALLOW_FILE, 'utf8'), today) : [];
  const verdict = judge(plan, { allowances, today, stack });
  return {
    status: 'planned',
    stack,
    actions: [...actions],
    digest: digestOf(stack, actions),
    guard: { passed: verdict.passed, markdown: reportMarkdown(verdict) },
    vanished: plan.vanished.map(({ address }) => address),
  };
}

function notPlanned(stack: string, { stdout, stderr }: Ran, changing: ReadonlySet<string>): StackReport {
  const later = whyLater(stack, stderr, changing);
  return later === undefined
    ? { status: 'failed', stack, reason: errorsIn(stderr || stdout) }
    : { status: 'later', stack, reason: later };
}
