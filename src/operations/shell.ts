/** Opens a shell in a running container, or on a host, and runs commands there. */
import { operationsOf } from './registry';
import type { ShellRequest } from './shell-request';
import type { Target } from './target';

/** @returns the exit code: of the command; of a shell 0 */
export function openShell(target: Target, request: ShellRequest): Promise<number> {
  return operationsOf(target).openShell(target, request);
}
