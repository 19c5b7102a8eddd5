/** Destroys stacks in reverse order, after everything that stands in the way was looked for. */
import { Interrupted } from '../../aws/waiting';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { confirmedByName, type OperationOptions } from '../../cli/operation-options';
import { SHARED_STACK_PREFIXES } from '../../config/names';
import { empty } from '../../operations/destruction/emptying';
import { keptContents, type KeptContents } from '../../operations/destruction/kept-contents';
import { obstaclesTo, type Obstacle } from '../../operations/destruction/obstacles';
import { applyStack, type ApplyResult } from '../../operations/stacks/apply-stack';
import { loadScope, type Scope } from '../../operations/stacks/scope';
import { stateObjects, type StateObjects } from '../../operations/stacks/state-objects';
import { interruptible } from '../../terraform/runner/interruptible';
import { destructionDocument, destructionText, obstaclesText, whatGoes, type Destruction } from './report';

export interface DestroyOptions extends OperationOptions {
  /** Deletes what is in what Terraform does not empty. */
  readonly empty: boolean;
  readonly output: string;
}

/** @returns the exit code */
export async function destroyEnvironment(
  context: CommandContext,
  name: string,
  patterns: readonly string[],
  options: DestroyOptions,
): Promise<number> {
  const { io } = context;
  if (name.startsWith(SHARED_STACK_PREFIXES.bootstrap))
    throw new CommandError(`${name} holds the states of its environments: it is destroyed by hand, last (docs/bootstrap.md)`);
  const scope = await loadScope(context, name, patterns, options);
  const found = await look(scope, options);
  const { stacks, obstacles } = found;
  const print = (results: readonly ApplyResult[], problem?: string): void => {
    const done = { ...found, results, problem };
    io.stdout.write(options.json ? `${JSON.stringify(destructionDocument(done), null, 2)}\n` : `${destructionText(done)}\n`);
  };
  if (options.dryRun || obstacles.length > 0 || stacks.length === 0) {
    print([]);
    if (obstacles.length > 0) io.stderr.write(`${obstaclesText(name, obstacles)}\n`);
    return obstacles.length === 0 ? 0 : 1;
  }
  io.stderr.write(`${whatGoes(found)}\n`);
  if (!(await confirmedByName(`Destroy ${stacks.join(', ')} with everything in them, for good?`, name, options, io))) {
    io.stderr.write('nothing was destroyed\n');
    return 1;
  }
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  const { results, problem } = await interruptible((signal) => destroyAll(scope, found, { signal, report }), report);
  print(results, problem);
  return problem === undefined && results.every(isDestroyed) && results.length === stacks.length ? 0 : 1;
}

async function look(scope: Scope, options: DestroyOptions): Promise<Destruction> {
  const { name, stacks: all, selected, aws, terraform } = scope;
  const states = new Map<string, StateObjects>();
  for (const stack of all) states.set(stack, await stateObjects(stack, { ...terraform, aws }));
  const stacks = [...selected].reverse().filter((stack) => (states.get(stack)?.managed.length ?? 0) > 0);
  const contents: KeptContents[] = [];
  const defaultRegion = aws.options.region;
  for (const stack of stacks)
    contents.push(...(await keptContents(stack, states.get(stack)?.managed ?? [], { aws, defaultRegion })));
  const obstacles = stacks.length === 0 ? [] : await obstaclesTo(scope, states);
  const full = options.empty ? [] : contents.map(fullness);
  return { name, stacks, states, contents, obstacles: [...obstacles, ...full] };
}

function fullness({ stack, address, name }: KeptContents): Obstacle {
  return {
    what: `${address} of ${stack} (${name}) is not empty, and Terraform does not empty it`,
    fix: 'copy out what you need, then pass --empty: everything in it is deleted for good',
  };
}

interface Running {
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** Stops at the first that is not destroyed. What is destroyed is skipped the next time, because its state is empty. */
async function destroyAll(
  scope: Scope,
  { stacks, contents }: Destruction,
  { signal, report }: Running,
): Promise<{ readonly results: readonly ApplyResult[]; readonly problem?: string }> {
  const results: ApplyResult[] = [];
  try {
    for (const stack of stacks) {
      for (const one of contents.filter((content) => content.stack === stack))
        await empty(one, { aws: scope.aws, signal, report });
      const result = await applyStack(stack, {
        ...scope.terraform,
        isProtected: false,
        // A person has decided that all of it goes.
        guarded: false,
        destroy: true,
        signal,
        show: () => undefined,
        ask: () => Promise.resolve(true),
        progress: report,
      });
      results.push(result);
      if (!isDestroyed(result)) break;
    }
    return { results };
  } catch (error) {
    if (error instanceof Interrupted) return { results, problem: 'interrupted' };
    if (error instanceof CommandError) return { results, problem: error.message };
    throw error;
  }
}

const isDestroyed = ({ outcome }: ApplyResult): boolean => outcome === 'applied' || outcome === 'unchanged';
