/** Which stacks belong to an environment that its description does not protect. */
import type { EnvironmentFiles } from '../cli/command';
import { loadEnvironments } from './load';

/** Whether the environment of a stack has `protect`; true for state stores, shared zones, and what is not known. */
export type StackProtection = (stack: string | undefined) => boolean;

/** Reads every description. One that cannot be read counts as protected. */
export async function stackProtection(files: EnvironmentFiles): Promise<StackProtection> {
  const { environments, emulated } = await loadEnvironments(files);
  const open = new Set([
    ...environments.filter(({ protect }) => !protect).map(({ identity }) => identity.environment),
    ...emulated.map(({ identity }) => identity.environment),
  ]);
  return (stack) => {
    const [owner] = Object.keys(files)
      .filter((name) => stack?.startsWith(`${name}-`) === true)
      .sort((one, other) => other.length - one.length);
    return owner === undefined || !open.has(owner);
  };
}
