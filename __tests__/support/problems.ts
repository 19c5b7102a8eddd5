/** What is wrong with an input, as a list: empty when it may be written. */
import { InvalidEnvironment, parseEnvironment, type Problem } from '../../src/config';

/** Every problem of an environment. */
export function problemsOf(input: unknown): readonly Problem[] {
  try {
    parseEnvironment(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems;
    throw error;
  }
}
