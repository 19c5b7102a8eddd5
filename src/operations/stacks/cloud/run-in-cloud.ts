/** Plans a stack in its workspace. A run that is not applied is discarded, whatever happens. */
import { z } from 'zod';
import type { Applied } from '../../../terraform/runner/apply-log';
import type { Ran } from '../../../terraform/runner/run-command';
import { CloudProblem, cloudTokenOf } from './api';
import type { Run } from './run-states';
import type { PlanJson } from './plan-json';
import { CloudRuns, PlanFailed } from './runs';
import type { Workspace } from './workspace';

export interface CloudRunOptions {
  readonly stack: string;
  readonly folder: string;
  readonly workspace: Workspace;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Whether it is only planned. */
  readonly speculative: boolean;
  /** Plans to destroy everything. @default false */
  readonly destroy?: boolean;
  /** Addresses; with any, only these resources and what they need are planned. */
  readonly only?: readonly string[];
  readonly progress?: (line: string) => void;
}

/** A plan that was made and is not discarded yet. */
export interface CloudPlan extends PlanJson {
  /** The address of the run. */
  readonly run: string;
  /** Confirms exactly this plan. @param log receives what happens, line by line */
  readonly apply: (log: (line: string) => void) => Promise<Ran & Applied>;
}

export interface NotPlanned {
  readonly reason: string;
  /** Terraform's errors, where it could not plan. */
  readonly output: string;
  /** The address of the run, where there is one. */
  readonly run?: string;
}

/** @param use receives the plan before the run is discarded, to confirm exactly what was judged */
export async function runInCloud<T>(
  { stack, folder, workspace, env, signal, speculative, destroy, only, progress = () => undefined }: CloudRunOptions,
  use: (plan: CloudPlan) => T | Promise<T>,
): Promise<{ readonly value: T } | { readonly notPlanned: NotPlanned }> {
  const runs = new CloudRuns(workspace, { token: cloudTokenOf(env), signal }, progress);
  const message = [
    `Terrace: ${speculative ? 'plan' : destroy === true ? 'destruction' : 'deployment'} of ${stack}`,
    workflowRun(env),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
  let run: Run | undefined;
  try {
    run = await runs.start(folder, { message, speculative, destroy, only });
    const address = runs.addressOf(run);
    progress(`  ${address}`);
    const planned = await runs.untilPlanned(run);
    const plan = await runs.planJson(planned, { speculative });
    const apply: CloudPlan['apply'] = async (log) => {
      const { why, ...applied } = await runs.apply(planned, message, log);
      if (why === undefined) return { code: 0, stdout: '', stderr: '', ...applied };
      const errors = applied.errors.length > 0 ? applied.errors : [why];
      return { code: 1, stdout: '', stderr: why, ...applied, errors: [...errors, address] };
    };
    return { value: await use({ ...plan, run: address, apply }) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    const address = run && runs.addressOf(run);
    return {
      notPlanned: {
        reason: [problem.message, ...(address === undefined ? [] : [address])].join('\n\n'),
        output: problem instanceof PlanFailed ? problem.output : '',
        run: address,
      },
    };
  } finally {
    if (run !== undefined) await end(runs, run, progress);
  }
}

async function end(runs: CloudRuns, run: Run, progress: (line: string) => void): Promise<void> {
  try {
    await runs.abandon(run, 'not applied by Terrace');
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    progress(`  ${problem.message}: ${runs.addressOf(run)}`);
  }
}

/** An answer that is not as documented is a problem of the stack, too. */
function problemOf(error: unknown): CloudProblem | undefined {
  if (error instanceof CloudProblem) return error;
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return new CloudProblem(`HCP Terraform gave an unexpected answer: ${error.message.slice(0, 300)}`);
  return undefined;
}

/** The address of the run of a GitHub workflow; undefined outside of one. */
function workflowRun({
  GITHUB_SERVER_URL: server,
  GITHUB_REPOSITORY: repository,
  GITHUB_RUN_ID: run,
}: CloudRunOptions['env']): string | undefined {
  if (server === undefined || repository === undefined || run === undefined) return undefined;
  return `${server}/${repository}/actions/runs/${run}`;
}
