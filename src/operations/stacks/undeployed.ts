/** Whether a stack was never deployed, or was destroyed. */
import { stackFolder } from '../../synthesis/output-folder';
import { readModule } from '../../terraform/root-module';
import { Terraform } from '../../terraform/runner/terraform';
import { CloudProblem, cloudTokenOf } from './cloud/api';
import { CloudRuns } from './cloud/runs';
import { workspaceOf, type Workspace } from './cloud/workspace';
import { initialised } from './initialised';
import type { StackPlanOptions } from './stack-plan';

/** Whether the state of a stack has nothing in it. An unreadable state is not an empty one. */
export async function isUndeployed(
  stack: string,
  { output, env, plugins }: Pick<StackPlanOptions, 'output' | 'env' | 'plugins'>,
): Promise<boolean> {
  const folder = stackFolder(output, stack);
  const workspace = workspaceOf(readModule(folder));
  if (workspace !== undefined) return isEmptyWorkspace(workspace, env);
  const terraform = new Terraform({ env, plugins });
  const init = await initialised(terraform, folder);
  if (init.code !== 0) return false;
  const { code, stdout, stderr } = await terraform.run(folder, 'state', 'list');
  if (code === 0) return stdout.trim() === '';
  return stderr.includes('No state file was found');
}

async function isEmptyWorkspace(workspace: Workspace, env: StackPlanOptions['env']): Promise<boolean> {
  try {
    return await new CloudRuns(workspace, { token: cloudTokenOf(env) }, () => undefined).isEmpty();
  } catch (error) {
    if (error instanceof CloudProblem) return false;
    throw error;
  }
}
