/** `policy-exceptions.yaml`: what the policies find in particular environments, and why it is right there. */
import { existsSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseYamlFile, readText, type YamlFormat } from '../../cli/yaml-file';
import { helped } from '../../config/schema/primitives';

const text = z.string().trim().min(1);

const exceptionSchema = z.strictObject({
  /** `CKV_AWS_21`, or the id of one of our own rules. */
  check: helped(z.string().regex(/^(CKV2?_[A-Z0-9]+_\d+|OWN_[A-Z_]+)$/), {
    allowed: 'the id of a check, such as "CKV_AWS_157"',
    fix: 'copy the id from the report of `npm run policy`',
  }),
  environments: helped(z.array(text).min(1), {
    allowed: 'a list of environments, such as [shop-prod]',
    fix: 'name the environments in which it is right',
  }),
  /** The kind of stack, as a glob: `data`, `compute-*`. @default every stack */
  stack: text.optional(),
  /** The resources, as a glob over their addresses. @default every resource */
  resources: text.optional(),
  reason: helped(text.min(16), {
    allowed: 'a sentence of at least 16 characters',
    fix: 'explain why it is right there, for the next reader',
  }),
});

/** A decision about environments: it counts in protected ones too. */
export interface EnvironmentException extends Readonly<z.output<typeof exceptionSchema>> {
  /** The line of each environment in the file. */
  readonly lines: Readonly<Record<string, number>>;
}

/** Relative to the top of the checkout. */
export const EXCEPTIONS_FILE = 'policy-exceptions.yaml';

const FORMAT: YamlFormat<{ readonly exceptions?: readonly z.output<typeof exceptionSchema>[] | null }> = {
  schema: z.strictObject({ exceptions: z.array(exceptionSchema).nullish() }),
  example: `exceptions:
  - check: CKV_AWS_157
    environments: [shop-prod]
    stack: data                                  # default: every stack
    resources: aws_db_instance.database_primary  # default: every resource
    reason: one zone was chosen for its price, and the environment acknowledges it`,
};

/** The exceptions of the file; none without it. @throws CommandError when it is invalid */
export function readEnvironmentExceptions(): readonly EnvironmentException[] {
  return existsSync(EXCEPTIONS_FILE) ? parseEnvironmentExceptions(readText(EXCEPTIONS_FILE)) : [];
}

/** The exceptions in the file's text. @throws CommandError when it is invalid */
export function parseEnvironmentExceptions(yaml: string): readonly EnvironmentException[] {
  const { exceptions } = parseYamlFile(EXCEPTIONS_FILE, yaml, FORMAT);
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter });
  const lineOf = (path: readonly unknown[]): number => {
    const node = document.getIn(path, true);
    return lineCounter.linePos(isNode(node) ? (node.range?.[0] ?? 0) : 0).line;
  };
  return (exceptions ?? []).map((exception, index) => ({
    ...exception,
    lines: Object.fromEntries(
      exception.environments.map((name, place) => [name, lineOf(['exceptions', index, 'environments', place])]),
    ),
  }));
}
