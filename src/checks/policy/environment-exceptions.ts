/** `policy-exceptions.yaml`: what the policies find in particular environments, and why it is right there. */
import { existsSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseYamlFile, readText, type YamlFormat } from '../../cli/yaml-file';
import { helped } from '../../config/schema/primitives';

const text = z.string().trim().min(1);

const sentence = helped(text.min(16), {
  allowed: 'a sentence of at least 16 characters',
  fix: 'explain why it is right there, for the next reader',
});

const fields = z.strictObject({
  /** `CKV_AWS_21`, or the id of one of our own rules. */
  check: helped(z.string().regex(/^(CKV2?_[A-Z0-9]+_\d+|OWN_[A-Z_]+)$/), {
    allowed: 'the id of a check, such as "CKV_AWS_157"',
    fix: 'copy the id from the report of `npm run policy`',
  }),
  environments: helped(z.array(text).min(1), {
    allowed: 'a list of environments, such as [shop-prod]',
    fix: 'name the environments in which it is right',
  }),
  /** The kind of stack, such as `data`; of a state store or a shared zone, the id of the stack. */
  stack: helped(text, { allowed: 'the kind of stack, such as data', fix: 'copy the entry from the report of `npm run policy`' }),
  /** The addresses of the resources. */
  resources: helped(z.array(text).min(1), {
    allowed: 'a list of addresses, such as [aws_db_instance.database_primary]',
    fix: 'copy the entry from the report of `npm run policy`',
  }),
  /** Which finding, where a resource can have several of one check; required for the rules about IAM. */
  finding: text.optional(),
  /** With wildcards in `stack` or `resources`: why findings that do not exist yet are accepted, too. */
  alsoLater: sentence.optional(),
  reason: sentence,
});

/** Characters of a glob. */
const WILDCARD = /[*?[\]{}!+@()]/;

const exceptionSchema = fields.superRefine(({ check, stack, resources, finding, alsoLater }, context) => {
  const refuse = (field: string, message: string, fix: string): void =>
    context.addIssue({ code: 'custom', path: [field], message, params: { fix } });
  const isAboutIam = check.startsWith('OWN_IAM_');
  if (isAboutIam && finding === undefined)
    refuse('finding', 'the one finding that is accepted', 'copy the entry from the report of `npm run policy`');
  for (const [field, values] of [['stack', [stack]] as const, ['resources', resources] as const]) {
    if (!values.some((value) => WILDCARD.test(value))) continue;
    if (isAboutIam)
      refuse(field, 'exact names: a rule about IAM has no exceptions by wildcard', 'write one entry for each finding');
    else if (alsoLater === undefined)
      refuse(
        field,
        'exact names: a wildcard also accepts later findings',
        'list the names, or say in `alsoLater` why that is right',
      );
  }
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
    stack: data
    resources: [aws_db_instance.database_primary]
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
