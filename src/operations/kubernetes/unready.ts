/** Deployments whose pods do not run as they should. */
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';
import { KubernetesStatus } from './status';

/** A cluster that does not answer counts as one of them. */
export async function unreadyDeployments(target: Target): Promise<readonly string[]> {
  try {
    const rows = await new KubernetesStatus(target, new Date()).services();
    return rows.filter(({ mark }) => mark === 'wrong').map(({ name, text }) => `${name}: ${text}`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [`the deployments cannot be read: ${error.message.split('\n')[0] ?? ''}`];
  }
}
