/** Runs stacks in Terraform Cloud, in deploy order: planned, judged by the guard, and applied on request. */
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { stackFolder } from '../../synthesis/output-folder';
import { readModule } from '../../terraform/root-module';
import { renderSummary } from './comment';
import { summarise } from './outputs';
import { describeReport, judgePlan } from './plan';
import { TerraformCloud, workspaceOf, type CloudOptions } from './terraform-cloud';

export interface CloudRunOptions {
  readonly stacks: readonly string[];
  readonly output: string;
  readonly message: string;
  readonly apply: boolean;
}

/** @returns 0 when every run has finished, 1 when the guard refuses one: it is discarded, and later stacks are not run */
export async function cloudRun(
  { stacks, output, message, apply }: CloudRunOptions,
  io: Io,
  connection: Partial<CloudOptions> = {},
): Promise<0 | 1> {
  const token = io.env.TF_API_TOKEN;
  if (token === undefined || token === '')
    throw new CommandError('TF_API_TOKEN is not set: create a token in Terraform Cloud and store it as a secret', 2);
  for (const stack of stacks) {
    const folder = stackFolder(output, stack);
    const cloud = new TerraformCloud(workspaceOf(folder), { token, env: io.env, ...connection });
    io.stderr.write(`planning ${stack}\n`);
    const run = await cloud.plan(folder, message, !apply);
    const report = judgePlan(stack, run.planJson, { module: readModule(folder) });
    io.stderr.write(`${describeReport(report)}\n`);
    summarise(renderSummary({ environment: stack, commit: message, stacks: [report] }), io);
    if (!report.guard.passed) {
      if (apply && run.canApply) await cloud.discard(run, 'refused by the plan guard');
      return 1;
    }
    if (!apply || !run.canApply) continue;
    io.stderr.write(`applying ${stack}\n`);
    await cloud.apply(run, message);
  }
  return 0;
}
