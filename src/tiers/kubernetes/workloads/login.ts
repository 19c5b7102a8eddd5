/**
 * The master login of the database, which only `database-init` uses: a Secret that exists during a run. Pure.
 *
 * A standing Secret could be read at any time by everything that may read Secrets of the namespace or start pods in it. So the
 * ExternalSecret is an annotation of the CronJob, from which the command that runs the job creates it, and deletes it afterwards.
 */
import { LOGIN_ANNOTATION } from '../../../config/names';
import type { ResolvedWorkload } from '../../../config/resolved/environment';
import { secretVariables } from '../../../modules/containers/variable-values';
import type { WorkloadContext } from './context';
import { externalSecret } from './variables';

/** Whether a workload logs in as the master. */
export function usesMasterLogin({ variables }: Pick<ResolvedWorkload, 'variables'>): boolean {
  return Object.values(variables.secrets).some(({ kind }) => kind === 'database-master');
}

/** The annotation of the CronJob; none for other jobs. */
export function loginAnnotations(
  context: WorkloadContext,
  workload: ResolvedWorkload,
): Readonly<Record<string, string>> | undefined {
  if (!usesMasterLogin(workload)) return undefined;
  const variables = secretVariables(workload.variables, context.handover);
  const secret = externalSecret(context, { name: workload.key, workload, variables, rotated: true });
  return { [LOGIN_ANNOTATION]: JSON.stringify(secret) };
}
