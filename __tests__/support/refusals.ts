/** Tables of inputs: what is refused, and next to it what is accepted. */
import { problemsOf } from './problems';
import type { Json } from './rich';

/** An input, and the path, rule and words that the answer must have; without a rule, the schema refuses it. */
export type Refused = readonly [name: string, input: Json, path: string, rule: string | undefined, words: RegExp];

/** An input that has no problem. */
export type Accepted = readonly [name: string, input: Json];

/** A test for each row. */
export function testRefusals(refused: readonly Refused[], accepted: readonly Accepted[]): void {
  it.each(refused)('refuses %s', (_name, input, path, rule, words) => {
    const problems = problemsOf(input);
    const about = problems.filter((problem) => problem.path === path && problem.rule === rule);
    expect(about.map(({ allowed, fix, accept = '' }) => `${allowed} ${fix} ${accept}`)).toContainEqual(
      expect.stringMatching(words),
    );
    for (const problem of problems) {
      expect(Object.values(problem).join(' ')).not.toMatch(/Invalid input|\[object Object\]|undefined/);
      expect(problem.allowed).not.toBe('');
      expect(problem.fix).not.toBe('');
    }
  });

  it.each(accepted)('accepts %s', (_name, input) => expect(problemsOf(input)).toEqual([]));
}
