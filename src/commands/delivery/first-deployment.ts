/** Stacks that were never deployed: one approval can cover all of them, because they replace and delete nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stackFolder } from '../../synthesis/output-folder';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import { readModule } from '../../terraform/root-module';
import { Terraform } from '../../terraform/runner/terraform';
import { CloudProblem, cloudTokenOf } from './cloud/api';
import { CloudRuns } from './cloud/runs';
import { workspaceOf, type Workspace } from './cloud/workspace';
import type { PlanContext } from './plan';
import type { PlannedReport } from './stack-report';

/** Whether the state of a stack has nothing in it. An unreadable state is not an empty one. */
export async function isUndeployed(stack: string, { output, env }: Pick<PlanContext, 'output' | 'env'>): Promise<boolean> {
  const folder = stackFolder(output, stack);
  const workspace = workspaceOf(readModule(folder));
  if (workspace !== undefined) return isEmptyWorkspace(workspace, env);
  const terraform = new Terraform({ env });
  const lockFile = existsSync(join(folder, LOCK_FILE)) ? ['-lockfile=readonly'] : [];
  const init = await terraform.init(folder, ...lockFile);
  if (init.code !== 0) return false;
  const { code, stdout, stderr } = await terraform.run(folder, 'state', 'list');
  if (code === 0) return stdout.trim() === '';
  return stderr.includes('No state file was found');
}

async function isEmptyWorkspace(workspace: Workspace, env: PlanContext['env']): Promise<boolean> {
  try {
    return await new CloudRuns(workspace, { token: cloudTokenOf(env) }, () => undefined).isEmpty();
  } catch (error) {
    if (error instanceof CloudProblem) return false;
    throw error;
  }
}

/** Whether a plan of a stack with an empty state creates resources and outputs, and does nothing else. */
export function onlyCreates({ actions }: PlannedReport): boolean {
  return actions.every(({ action }) => action === 'create');
}
