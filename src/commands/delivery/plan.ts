/** Plans stacks, here or in HCP Terraform, and has the guard judge them. A plan may hold values, so its file is removed again. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shownChanges } from '../../checks/plan-changes/changes';
import { summaryOf } from '../../checks/plan-changes/counts';
import { PlanDigests } from '../../checks/plan-changes/digests';
import { readPlanDocument } from '../../checks/plan-changes/plan-document';
import { renderText } from '../../checks/plan-changes/render-text';
import { readExceptions } from '../../checks/plan-guard/allowances';
import { judge } from '../../checks/plan-guard/judge';
import { parsePlan } from '../../checks/plan-guard/plan';
import { findingsTable } from '../../checks/plan-guard/report';
import { stackFolder } from '../../synthesis/output-folder';
import type { StackProtection } from '../../synthesis/protection';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import { readModule, type RootModule } from '../../terraform/root-module';
import { Unavailable } from '../../cli/errors';
import { errorsIn } from '../../terraform/runner/errors';
import type { Ran } from '../../terraform/runner/run-command';
import type { Applied } from '../../terraform/runner/apply-log';
import { Terraform } from '../../terraform/runner/terraform';
import { runInCloud } from './cloud/run-in-cloud';
import { workspaceOf, type Workspace } from './cloud/workspace';
import { digestKeyOf } from './reviewed';
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
  /** Whether progress may have colours. @default false */
  readonly color?: boolean;
  /** Stops terraform when it is aborted; no further stack is planned. */
  readonly signal?: AbortSignal;
}

/**
 * Plans stacks in order. A stack that cannot be planned does not keep the others from being planned. Takes no locks: the
 * plan role may not write them, and a plan that is never applied needs none.
 */
export async function planEnvironment(
  environment: string,
  stacks: readonly string[],
  commit: string,
  context: PlanContext,
): Promise<EnvironmentReport> {
  const reports: StackReport[] = [];
  for (const stack of stacks) {
    context.progress(`planning ${stack}`);
    const report = await planStack(stack, { ...context, changing: new Set(stacks), lock: false });
    context.progress(describeReport(report, context.color));
    reports.push(report);
  }
  return { environment, commit, stacks: reports };
}

/** How long terraform waits for a lock that another run holds. */
const LOCK_TIMEOUT = '-lock-timeout=10m';

const PLAN_FILE = 'delivery.tfplan';

export interface PlanStackOptions
  extends Pick<PlanContext, 'output' | 'env' | 'signal' | 'isProtected'>, Partial<Pick<PlanContext, 'progress'>> {
  /** Stacks of the environment that change too: their new outputs do not exist yet. */
  readonly changing: ReadonlySet<string>;
  /** Whether to lock the state. */
  readonly lock: boolean;
}

/** A plan that was judged and is not removed yet. */
export interface Judged {
  readonly report: PlannedReport;
  readonly digests: PlanDigests;
  /** Applies exactly this plan. @param log receives what happens, line by line */
  readonly apply: (log: (line: string) => void) => Promise<Ran & Applied>;
}

/**
 * Plans a stack: here, or in its workspace where its state is in HCP Terraform.
 * @param use receives the plan before it is removed, to apply exactly what was judged
 */
export async function planStack<T = never>(
  stack: string,
  options: PlanStackOptions,
  use?: (judged: Judged) => Promise<T>,
): Promise<StackReport | T> {
  const workspace = workspaceOf(readModule(stackFolder(options.output, stack)));
  return workspace === undefined ? planHere(stack, options, use) : planInCloud(stack, workspace, options, use);
}

async function planInCloud<T>(
  stack: string,
  workspace: Workspace,
  { output, env, signal, changing, progress, isProtected }: PlanStackOptions,
  use: ((judged: Judged) => Promise<T>) | undefined,
): Promise<StackReport | T> {
  const folder = stackFolder(output, stack);
  const speculative = use === undefined;
  const judgeOptions = { module: readModule(folder), key: digestKeyOf(env), isProtected: isProtected?.(stack) };
  const outcome = await runInCloud<StackReport | T>(
    { stack, folder, workspace, env, signal, speculative, progress },
    ({ json, isRedacted, run, apply }) => {
      const judged = inspectPlan(stack, json, judgeOptions);
      const report: PlannedReport = { ...judged.report, run, ...(isRedacted ? { isRedacted } : {}) };
      return use === undefined ? report : use({ ...judged, report, apply });
    },
  );
  if ('value' in outcome) return outcome.value;
  const { reason, output: errors, run } = outcome.notPlanned;
  const later = whyLater(stack, errors, changing);
  return later === undefined ? { status: 'failed', stack, reason, run } : { status: 'later', stack, reason: later };
}

async function planHere<T>(
  stack: string,
  { output, env, signal, changing, lock, isProtected }: PlanStackOptions,
  use: ((judged: Judged) => Promise<T>) | undefined,
): Promise<StackReport | T> {
  const folder = stackFolder(output, stack);
  if (!existsSync(folder)) return { status: 'failed', stack, reason: `there is no ${folder}: synthesise first` };
  const terraform = new Terraform({ env, signal });
  const run = (...args: readonly string[]): Promise<Ran> => terraform.run(folder, ...args);
  const lockFile = existsSync(join(folder, LOCK_FILE)) ? ['-lockfile=readonly'] : [];
  try {
    const init = await terraform.init(folder, ...lockFile);
    if (init.code === 127) throw new Unavailable('there is no terraform on the PATH');
    if (init.code !== 0) return notPlanned(stack, init, changing);
    const plan = await run('plan', '-no-color', lock ? LOCK_TIMEOUT : '-lock=false', `-out=${PLAN_FILE}`);
    if (plan.code !== 0) return notPlanned(stack, plan, changing);
    const shown = await run('show', '-json', PLAN_FILE);
    if (shown.code !== 0) return notPlanned(stack, shown, changing);
    const options = { module: readModule(folder), key: digestKeyOf(env), isProtected: isProtected?.(stack) };
    const judged = inspectPlan(stack, shown.stdout, options);
    if (use === undefined) return judged.report;
    return await use({ ...judged, apply: (log) => terraform.apply(folder, [LOCK_TIMEOUT, PLAN_FILE], log) });
  } finally {
    rmSync(join(folder, PLAN_FILE), { force: true });
  }
}

export interface JudgeOptions {
  /** The synthesised stack, which shows how values that are known after the apply are configured. */
  readonly module?: RootModule;
  /** The secret that digests are computed with. */
  readonly key?: string;
  /** Whether the guard refuses weakenings. @default true */
  readonly isProtected?: boolean;
}

/** Has the guard judge a plan. @param json as `terraform show -json` writes it */
export function judgePlan(stack: string, json: string, options: JudgeOptions = {}): PlannedReport {
  return inspectPlan(stack, json, options).report;
}

function inspectPlan(
  stack: string,
  json: string,
  { module, key, isProtected = true }: JudgeOptions,
): Pick<Judged, 'report' | 'digests'> {
  const plan = parsePlan(stack, json);
  const document = readPlanDocument(stack, json);
  const digests = new PlanDigests(document, { stack, key, module });
  const today = new Date().toISOString().slice(0, 10);
  const verdict = judge(plan, { ...readExceptions(today), today, stack, isProtected });
  const report: PlannedReport = {
    status: 'planned',
    stack,
    actions: shownChanges(document, module).map((change) => ({
      ...change,
      attributes: [...change.attributes],
      lines: [...change.lines],
    })),
    digest: digests.plan(),
    changes: digests.changes().map(({ digest, unknown }) => ({ digest, unknown: unknown.map((path) => [...path]) })),
    guard: { passed: verdict.passed, markdown: findingsTable(verdict) },
    deletedOutside: plan.deletedOutside.map(({ address }) => address),
  };
  return { report, digests };
}

function notPlanned(stack: string, { stdout, stderr }: Ran, changing: ReadonlySet<string>): StackReport {
  const later = whyLater(stack, stderr, changing);
  return later === undefined
    ? { status: 'failed', stack, reason: errorsIn(stderr || stdout) }
    : { status: 'later', stack, reason: later };
}

/** For a log: the verdict, then every change with its values. */
export function describeReport(report: StackReport, color = false): string {
  switch (report.status) {
    case 'planned': {
      const { actions, digest, guard } = report;
      const digestText = actions.length === 0 ? '' : `, digest ${digest.slice(0, 12)}`;
      const head = `  ${summaryOf(actions)}${digestText}${guard.passed ? '' : ', REFUSED by the guard'}`;
      return actions.length === 0 ? head : `${head}\n${renderText(actions, { color })}`;
    }
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
