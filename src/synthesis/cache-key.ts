/** What the output of a group depends on, as one hash. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { serialize } from 'node:v8';

export interface KeyParts {
  /** Identifies the program: another one may write something else from the same. */
  readonly program: string;
  /** What the group is built, judged and reported from. */
  readonly inputs: unknown;
  /** Files that its checks read, which need not exist. */
  readonly files: readonly string[];
}

/** cdktf reads its context, with switches that change names, from this variable. */
const CONTEXT_VARIABLE = 'CDKTF_CONTEXT_JSON';

/**
 * Equal for equal output. The folder counts because cdktf writes the path of a local state as an absolute one.
 * @returns undefined for inputs with a function, such as hooks of extensions: what these read is not known
 */
export function keyOf({ program, inputs, files }: KeyParts): string | undefined {
  const surroundings = [program, process.version, process.cwd(), process.env[CONTEXT_VARIABLE]];
  const contents = files.map((file) => [file, existsSync(file) ? readFileSync(file) : undefined]);
  const bytes = asBytes([surroundings, contents, inputs]);
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

/** Undefined for what is no data. */
function asBytes(value: unknown): Buffer | undefined {
  try {
    return serialize(value);
  } catch {
    return undefined;
  }
}
