/** Opens a shell in a running container, or on a host, and runs commands there. */
import type { ShellRequest } from './shell-request';
import type { Target } from './target';

/** @returns the exit code: of the command; of a shell 0 */
export async function openShell(target: Target, request: ShellRequest): Promise<number> {
  switch (target.environment.tier.kind) {
    case 'box':
      return (await import('./box/shell.ts')).openBoxShell(target, request);
    case 'fargate':
      return (await import('./fargate/shell.ts')).openFargateShell(target, request);
    case 'kubernetes':
      return (await import('./kubernetes/shell.ts')).openKubernetesShell(target, request);
  }
}
