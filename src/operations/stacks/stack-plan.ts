/** The plan of one stack: made here, or in its workspace of HCP Terraform, judged by the guard, and removed again. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shownChanges, type ShownChange } from '../../checks/plan-changes/changes';
import { readPlanDocument, type PlanDocument } from '../../checks/plan-changes/plan-document';
import { readExceptions } from '../../checks/plan-guard/allowances';
import { judge, type Verdict } from '../../checks/plan-guard/judge';
import { parsePlan } from '../../checks/plan-guard/plan';
import { stackFolder } from '../../synthesis/output-folder';
import { readModule, type RootModule } from '../../terraform/root-module';
import type { Applied } from '../../terraform/runner/apply-log';
import { errorsIn } from '../../terraform/runner/errors';
import type { Ran, RunCommandOptions } from '../../terraform/runner/run-command';
import { Terraform, type Plugins } from '../../terraform/runner/terraform';
import { runInCloud } from './cloud/run-in-cloud';
import { workspaceOf, type Workspace } from './cloud/workspace';
import { initialised } from './initialised';
import { whyLater } from './why-later';

/** How long terraform waits for a lock that another run holds. */
export const LOCK_TIMEOUT = '-lock-timeout=10m';

/** It may hold values, so it is removed in any case. */
const PLAN_FILE = 'terrace.tfplan';

export interface StackPlanOptions {
  /** The synthesised output. */
  readonly output: string;
  readonly env: NonNullable<RunCommandOptions['env']>;
  /** @default as terraform is configured */
  readonly plugins?: Plugins;
  /** Stops terraform when it is aborted. */
  readonly signal?: AbortSignal;
  /** Whether the guard refuses weakenings. */
  readonly isProtected: boolean;
  /** Whether the plan may be applied: then its state is locked. A plan that is only looked at needs no right to lock. */
  readonly mayApply: boolean;
  /** Other stacks that change, or do not exist yet: their new outputs cannot be read. */
  readonly changing?: ReadonlySet<string>;
  /** Plans to destroy everything. */
  readonly destroy?: boolean;
  /** Addresses; with any, only these resources and what they need are planned. */
  readonly only?: readonly string[];
  /** Receives what happens in HCP Terraform, line by line. */
  readonly progress?: (line: string) => void;
}

/** A plan that was judged and is not removed yet. */
export interface StackPlan {
  readonly stack: string;
  /** Masked, for people. Empty: nothing is to be done. */
  readonly changes: readonly ShownChange[];
  readonly verdict: Verdict;
  readonly document: PlanDocument;
  /** The synthesised stack. */
  readonly module?: RootModule;
  /** Resources that were deleted outside of Terraform. */
  readonly deletedOutside: readonly string[];
  /** The address of its run in HCP Terraform, and whether it was read without sensitive values. */
  readonly run?: string;
  readonly isRedacted?: true;
  /** Applies exactly this plan. @param report receives what happens, line by line */
  readonly apply: (report: (line: string) => void) => Promise<Ran & Applied>;
}

export type NotPlanned =
  /** Nothing is wrong with it: a stack that it reads has to be applied first. */
  | { readonly status: 'later'; readonly stack: string; readonly reason: string }
  | {
      readonly status: 'failed';
      readonly stack: string;
      readonly reason: string;
      /** The command of terraform that failed. */
      readonly step?: string;
      readonly run?: string;
    };

export type PlanOutcome<T> = { readonly value: T } | { readonly notPlanned: NotPlanned };

/** @param use receives the plan before it is removed, to apply exactly what was judged */
export async function withStackPlan<T>(
  stack: string,
  options: StackPlanOptions,
  use: (plan: StackPlan) => T | Promise<T>,
): Promise<PlanOutcome<T>> {
  const folder = stackFolder(options.output, stack);
  const workspace = workspaceOf(readModule(folder));
  return workspace === undefined ? planHere(stack, folder, options, use) : planInCloud(stack, folder, workspace, options, use);
}

async function planInCloud<T>(
  stack: string,
  folder: string,
  workspace: Workspace,
  { env, signal, mayApply, isProtected, changing, destroy, only, progress }: StackPlanOptions,
  use: (plan: StackPlan) => T | Promise<T>,
): Promise<PlanOutcome<T>> {
  const outcome = await runInCloud<T>(
    { stack, folder, workspace, env, signal, speculative: !mayApply, destroy, only, progress },
    ({ json, isRedacted, run, apply }) =>
      use({ ...judged(stack, json, { folder, isProtected }), run, ...(isRedacted ? { isRedacted } : {}), apply }),
  );
  if ('value' in outcome) return outcome;
  const { reason, output: errors, run } = outcome.notPlanned;
  const later = whyLater(stack, errors, changing ?? new Set());
  return {
    notPlanned: later === undefined ? { status: 'failed', stack, reason, run } : { status: 'later', stack, reason: later },
  };
}

async function planHere<T>(
  stack: string,
  folder: string,
  { env, plugins, signal, mayApply, isProtected, changing = new Set(), destroy = false, only = [] }: StackPlanOptions,
  use: (plan: StackPlan) => T | Promise<T>,
): Promise<PlanOutcome<T>> {
  if (!existsSync(folder)) return { notPlanned: { status: 'failed', stack, reason: `there is no ${folder}: synthesise first` } };
  const terraform = new Terraform({ env, plugins, signal });
  const failed = (step: string, { stdout, stderr }: Ran): PlanOutcome<T> => {
    const later = whyLater(stack, stderr, changing);
    return {
      notPlanned:
        later === undefined
          ? { status: 'failed', stack, step, reason: errorsIn(stderr || stdout) }
          : { status: 'later', stack, reason: later },
    };
  };
  try {
    const init = await initialised(terraform, folder);
    if (init.code !== 0) return failed('init', init);
    const lock = mayApply ? LOCK_TIMEOUT : '-lock=false';
    const limits = [...(destroy ? ['-destroy'] : []), ...only.map((address) => `-target=${address}`)];
    const plan = await terraform.run(folder, 'plan', '-no-color', lock, ...limits, `-out=${PLAN_FILE}`);
    if (plan.code !== 0) return failed('plan', plan);
    const shown = await terraform.run(folder, 'show', '-json', PLAN_FILE);
    if (shown.code !== 0) return failed('show', shown);
    const apply: StackPlan['apply'] = (report) => terraform.apply(folder, [LOCK_TIMEOUT, PLAN_FILE], report);
    return { value: await use({ ...judged(stack, shown.stdout, { folder, isProtected }), apply }) };
  } finally {
    rmSync(join(folder, PLAN_FILE), { force: true });
  }
}

/** @param json as `terraform show -json` writes it */
function judged(
  stack: string,
  json: string,
  { folder, isProtected }: { readonly folder: string; readonly isProtected: boolean },
): Omit<StackPlan, 'apply'> {
  const module = readModule(folder);
  const plan = parsePlan(stack, json);
  const document = readPlanDocument(stack, json);
  const today = new Date().toISOString().slice(0, 10);
  return {
    stack,
    document,
    module,
    changes: shownChanges(document, module),
    verdict: judge(plan, { ...readExceptions(today), today, stack, isProtected }),
    deletedOutside: plan.deletedOutside.map(({ address }) => address),
  };
}
