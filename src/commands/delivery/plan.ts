/** Plans stacks with the real terraform and has the guard judge them. A plan may hold values, so its file is removed again. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readExceptions } from '../../checks/plan-guard/allowances';
import { judge } from '../../checks/plan-guard/judge';
import { parsePlan } from '../../checks/plan-guard/plan';
import { reportMarkdown } from '../../checks/plan-guard/report';
import { stackFolder } from '../../synthesis/output-folder';
import type { StackProtection } from '../../synthesis/protection';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import { errorsIn } from '../../terraform/runner/errors';
import type { Ran } from '../../terraform/runner/run-command';
import { Terraform } from '../../terraform/runner/terraform';
import { actionsOf, digestOf } from './actions';
import type { EnvironmentReport, PlannedReport, StackReport } from './stack-report';
import { whyLater } from './why-later';

/** Where stacks are planned, and how progress is reported. */
export interface PlanContext {
  /** The synthesised output. */
  readonly output: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: (text: string) => void;
  /** Whether the guard refuses weakenings. @default for every stack */
  readonly isProtected?: StackProtection;
}

/** Plans stacks in order. A stack that cannot be planned does not keep the others from being planned. */
export async function planEnvironment(
  environment: string,
  stacks: readonly string[],
  commit: string,
  context: PlanContext,
): Promise<EnvironmentReport> {
  const reports: StackReport[] = [];
  for (const stack of stacks) {
    context.progress(`planning ${stack}`);
    const report = await planStack(stack, new Set(stacks), context);
    context.progress(describeReport(report));
    reports.push(report);
  }
  return { environment, commit, stacks: reports };
}

/** How long terraform waits for a lock that another run holds. */
const LOCK_TIMEOUT = '-lock-timeout=10m';

const PLAN_FILE = 'delivery.tfplan';

/**
 * Plans a stack.
 * @param changing stacks of the environment that change too: their new outputs do not exist yet
 * @param use receives the plan before it is removed, to apply exactly what was judged
 */
export async function planStack(
  stack: string,
  changing: ReadonlySet<string>,
  { output, env, isProtected }: Pick<PlanContext, 'output' | 'env' | 'isProtected'>,
  use: (report: PlannedReport, apply: () => Promise<Ran>) => Promise<StackReport> = (report) => Promise.resolve(report),
): Promise<StackReport> {
  const folder = stackFolder(output, stack);
  const terraform = new Terraform({ env });
  const run = (...args: readonly string[]): Promise<Ran> => terraform.run(folder, ...args);
  const lockFile = existsSync(join(folder, LOCK_FILE)) ? ['-lockfile=readonly'] : [];
  try {
    const init = await terraform.init(folder, ...lockFile);
    if (init.code !== 0) return notPlanned(stack, init, changing);
    const plan = await run('plan', '-no-color', LOCK_TIMEOUT, `-out=${PLAN_FILE}`);
    if (plan.code !== 0) return notPlanned(stack, plan, changing);
    const shown = await run('show', '-json', PLAN_FILE);
    if (shown.code !== 0) return notPlanned(stack, shown, changing);
    return await use(judgePlan(stack, shown.stdout, isProtected?.(stack)), () => run('apply', '-no-color', PLAN_FILE));
  } finally {
    rmSync(join(folder, PLAN_FILE), { force: true });
  }
}

/** Has the guard judge a plan. @param json as `terraform show -json` writes it */
export function judgePlan(stack: string, json: string, isProtected = true): PlannedReport {
  const plan = parsePlan(stack, json);
  const actions = actionsOf(plan, json);
  const today = new Date().toISOString().slice(0, 10);
  const verdict = judge(plan, { ...readExceptions(today), today, stack, isProtected });
  return {
    status: 'planned',
    stack,
    actions: [...actions],
    digest: digestOf(stack, actions),
    guard: { passed: verdict.passed, markdown: reportMarkdown(verdict) },
    deletedOutside: plan.deletedOutside.map(({ address }) => address),
  };
}

function notPlanned(stack: string, { stdout, stderr }: Ran, changing: ReadonlySet<string>): StackReport {
  const later = whyLater(stack, stderr, changing);
  return later === undefined
    ? { status: 'failed', stack, reason: errorsIn(stderr || stdout) }
    : { status: 'later', stack, reason: later };
}

export function describeReport(report: StackReport): string {
  switch (report.status) {
    case 'planned':
      return `  ${report.actions.length === 0 ? 'no changes' : `${report.actions.length} actions`}, digest ${report.digest.slice(0, 12)}${report.guard.passed ? '' : ', REFUSED by the guard'}`;
    case 'later':
      return `  later: ${report.reason}`;
    case 'failed':
      return `  FAILED: ${report.reason}`;
  }
}

/** Whether a pull request may be merged as far as this environment is concerned. */
export function isSound({ stacks }: EnvironmentReport): boolean {
  return stacks.every((stack) => stack.status === 'later' || (stack.status === 'planned' && stack.guard.passed));
}
