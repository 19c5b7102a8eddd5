/** The line of a comment about cost, from what `npm run cost -- --diff <before> --json` printed. */
import { existsSync, readFileSync } from 'node:fs';
import { changeLine, costChangesSchema } from '../../cost/diff';

/** An environment's line. Empty without a file, and for an empty or broken one: a comment without a cost is still a comment. */
export function costLines(file: string): (environment: string) => string {
  if (!existsSync(file)) return () => '';
  try {
    const { changes } = costChangesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return (environment) => changeLine(changes, environment);
  } catch {
    return () => '';
  }
}
