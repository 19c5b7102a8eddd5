/** Plans stacks, here or in HCP Terraform, and has the guard judge them. */
import { summaryOf } from '../../checks/plan-changes/counts';
import { PlanDigests } from '../../checks/plan-changes/digests';
import { renderText } from '../../checks/plan-changes/render-text';
import { findingsTable } from '../../checks/plan-guard/report';
import { withStackPlan, type StackPlan } from '../../operations/stacks/stack-plan';
import type { StackProtection } from '../../synthesis/protection';
import { digestKeyOf } from './reviewed';
import type { EnvironmentReport, PlannedReport, StackReport } from './stack-report';

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
    const report = await planStack(stack, { ...context, changing: new Set(stacks), mayApply: false }, (judged) => judged.report);
    context.progress(describeReport(report, context.color));
    reports.push(report);
  }
  return { environment, commit, stacks: reports };
}

export interface PlanStackOptions extends Pick<PlanContext, 'output' | 'env' | 'signal' | 'isProtected' | 'progress'> {
  /** Stacks of the environment that change too: their new outputs do not exist yet. */
  readonly changing: ReadonlySet<string>;
  readonly mayApply: boolean;
}

/** A plan that was judged and is not removed yet. */
export interface Judged {
  readonly report: PlannedReport;
  readonly digests: PlanDigests;
  /** Applies exactly this plan. @param log receives what happens, line by line */
  readonly apply: StackPlan['apply'];
}

/** @param use receives the plan before it is removed, to apply exactly what was judged */
export async function planStack<T>(
  stack: string,
  { isProtected, ...options }: PlanStackOptions,
  use: (judged: Judged) => T | Promise<T>,
): Promise<StackReport | T> {
  const outcome = await withStackPlan(stack, { ...options, isProtected: isProtected?.(stack) ?? true }, (plan) =>
    use(judgedPlan(plan, digestKeyOf(options.env))),
  );
  if ('value' in outcome) return outcome.value;
  const { notPlanned } = outcome;
  if (notPlanned.status === 'later') return notPlanned;
  const { reason, run } = notPlanned;
  return { status: 'failed', stack, reason, ...(run === undefined ? {} : { run }) };
}

/** @param key the secret that digests are computed with */
function judgedPlan(
  { stack, changes, verdict, document, module, deletedOutside, run, isRedacted, apply }: StackPlan,
  key: string | undefined,
): Judged {
  const digests = new PlanDigests(document, { stack, key, module });
  const report: PlannedReport = {
    status: 'planned',
    stack,
    actions: changes.map((change) => ({ ...change, attributes: [...change.attributes], lines: [...change.lines] })),
    digest: digests.plan(),
    changes: digests.changes().map(({ digest, unknown }) => ({ digest, unknown: unknown.map((path) => [...path]) })),
    guard: { passed: verdict.passed, markdown: findingsTable(verdict) },
    deletedOutside: [...deletedOutside],
    ...(run === undefined ? {} : { run }),
    ...(isRedacted === undefined ? {} : { isRedacted }),
  };
  return { report, digests, apply };
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
