/** What an environment's file exports. A fault in one file, of whatever kind, is an error of that file and of no other. */
import { setImmediate } from 'node:timers/promises';
import type { EnvironmentFiles } from '../cli/command';
import { CommandError } from '../cli/errors';

/** What a file exports. */
export interface ExportedEnvironment {
  /** The default export. */
  readonly description: unknown;
  /** What the team adds in code (docs/extending.md). */
  readonly extend?: unknown;
}

/**
 * The exports of a file.
 * @param name of the environment, for what is said when the file ends the program
 * @throws what the file throws, at once or in a promise that nobody waits for; CommandError when it exports no description
 */
export async function readEnvironmentFile(name: string, file: EnvironmentFiles[string]): Promise<ExportedEnvironment> {
  return describedBy(await withoutEnd(name, () => withoutLostErrors(file)));
}

/** Refuses what is certainly no description, and what a schema could only call by many wrong names. */
async function describedBy(exported: { readonly default?: unknown; readonly extend?: unknown }): Promise<ExportedEnvironment> {
  const names = Object.keys(exported).filter((name) => !['default', 'extend', '__esModule'].includes(name));
  const { default: described, extend } = exported;
  if (described === undefined) {
    const others = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
    throw new CommandError(
      `no default export: ${others}; write \`export default defineEnvironment({ ... })\`${names.length === 1 ? ` instead of \`export const ${names[0]}\`` : ''}`,
    );
  }
  if (described instanceof Promise) {
    // Its outcome is not wanted, and must not end the program.
    await described.catch(() => undefined);
    throw new CommandError(
      'the default export is a promise: a description is data and waits for nothing; export the object itself',
    );
  }
  if (typeof described === 'function')
    throw new CommandError('the default export is a function: call it, so that the file exports the object that it returns');
  return { description: described, extend };
}

/** Runs `load` in a process that it cannot end unnoticed. */
async function withoutEnd<T>(name: string, load: () => Promise<T>): Promise<T> {
  const exit = Object.getOwnPropertyDescriptor(process, 'exit');
  // Reached by `import { exit } from 'node:process'`, and by waiting for what never comes.
  const ended = (): void => {
    process.exitCode = 1;
    process.stderr.write(`${name}: its file ended the program while it was read, or waits for something that never comes\n`);
  };
  process.exit = () => {
    throw new Error('it calls process.exit: a description is data and ends nothing');
  };
  process.once('exit', ended);
  try {
    return await load();
  } finally {
    if (exit !== undefined) Object.defineProperty(process, 'exit', exit);
    process.removeListener('exit', ended);
  }
}

/** Runs `load`, and throws what a promise threw meanwhile that nobody waits for. */
async function withoutLostErrors<T>(load: () => Promise<T>): Promise<T> {
  const lost: unknown[] = [];
  const keep = (error: unknown): void => void lost.push(error);
  const earlier = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', keep);
  try {
    const loaded = await load();
    // Rejections are reported once the present turn is over.
    await setImmediate();
    if (lost.length > 0) throw lost[0];
    return loaded;
  } finally {
    process.removeListener('unhandledRejection', keep);
    for (const listener of earlier) process.on('unhandledRejection', listener);
  }
}
