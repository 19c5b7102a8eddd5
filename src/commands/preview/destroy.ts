/** Drops the database of a preview by its own job, then destroys the stack. The guard is not asked: losing it all is what is wanted. */
import { initialised } from '../../operations/stacks/initialised';
import { LOCK_TIMEOUT } from '../../operations/stacks/stack-plan';
import { Terraform } from '../../terraform/runner/terraform';
import { applied, required, type StackRun } from './deploy';
import { runJobs } from './jobs';

export interface Destruction extends StackRun {
  /** The jobs that run before. */
  readonly before: readonly string[];
}

/**
 * The order matters: without the stack nothing could drop the database, which would stay on the server of the environment.
 * @throws CommandError when the job fails, and nothing is destroyed; or when terraform fails
 */
export async function destroyPreview({ before, ...run }: Destruction): Promise<'planned' | 'destroyed'> {
  const { folder, jobs, env, signal, report, apply } = run;
  const terraform = new Terraform({ env, signal });
  required('init', await initialised(terraform, folder));
  if (!apply) {
    const { stdout } = required('plan', await terraform.run(folder, 'plan', '-destroy', '-no-color', '-lock=false'));
    report(
      stdout
        .split('\n')
        .filter((line) => /^Plan:|^No changes/.test(line))
        .join('\n'),
    );
    return 'planned';
  }
  await runJobs(before, { ...jobs, signal, report });
  applied(await terraform.apply(folder, ['-destroy', '-auto-approve', LOCK_TIMEOUT], (line) => report(`  ${line}`)));
  return 'destroyed';
}
