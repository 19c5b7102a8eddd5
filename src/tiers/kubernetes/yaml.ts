/** Objects as YAML, for Helm and for people: the same bytes for the same object. */
import { Document, Scalar, visit } from 'yaml';

/** No line is folded: a diff then shows what changed and nothing else. */
const WRITING = { lineWidth: 0, singleQuote: true } as const;

/**
 * One document. Fields that are `undefined` are left out.
 * Strings are quoted as YAML 1.1, which Kubernetes reads, requires (`yes`, `0755`). Strings with a reference are quoted too: its
 * value may be a number, which would no longer be text. Single quotes leave the reference unchanged.
 */
export function toYaml(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && node.value.includes('${') && !node.value.includes('\n'))
        node.type = Scalar.QUOTE_SINGLE;
    },
  });
  return document.toString(WRITING);
}

/** Several documents in one text. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map((value) => `---\n${toYaml(value)}`).join('');
}
