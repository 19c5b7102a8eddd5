/** The line of a comment about cost, from what `npm run cost -- --diff <before> --json` printed. */
import { existsSync, readFileSync } from 'node:fs';
import { changeLine, costChangesSchema } from '../../cost/diff';

/** Empty without a file, and for an empty or broken one: a comment without a cost is still a comment. */
export function costLine(file: string | undefined, environment: string): string {
  if (file === undefined || !existsSync(file)) return '';
  try {
    return changeLine(costChangesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).changes, environment);
  } catch {
    return '';
  }
}
