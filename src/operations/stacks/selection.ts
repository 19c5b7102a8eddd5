/** Which stacks a person means: ids, kinds and globs to ids. Pure. */
import picomatch from 'picomatch';
import { CommandError } from '../../cli/errors';
import { kindOf } from '../../contracts/stack-kinds';

/**
 * The stacks that match any of the patterns, in their order; all of them without patterns.
 * @param patterns ids, kinds (`data`; `compute` is the stack of any tier) and globs of both
 * @throws CommandError for a pattern without a match
 */
export function selectStacks(stacks: readonly string[], patterns: readonly string[]): readonly string[] {
  if (patterns.length === 0) return stacks;
  const matchers = patterns.map((pattern) => ({ pattern, matches: pattern === '' ? () => false : picomatch(pattern) }));
  const unknown = matchers.filter(({ matches }) => !stacks.some((stack) => namesOf(stack).some((name) => matches(name))));
  if (unknown.length > 0)
    throw new CommandError(
      unknown
        .map(
          ({ pattern }) => `no stack matches ${JSON.stringify(pattern)}; the stacks are: ${stacks.map(shortNameOf).join(', ')}`,
        )
        .join('\n'),
      2,
    );
  return stacks.filter((stack) => namesOf(stack).some((name) => matchers.some(({ matches }) => matches(name))));
}

function namesOf(stack: string): readonly string[] {
  const kind = kindOf(stack);
  if (kind === undefined) return [stack];
  return kind.startsWith('compute-') ? [stack, kind, 'compute'] : [stack, kind];
}

const shortNameOf = (stack: string): string => kindOf(stack) ?? stack;
