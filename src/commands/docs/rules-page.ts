/** Writes docs/rules.md from the rules, so that the page lists every one of them. */
import { RULES } from '../../config/all-rules';
import type { Rule } from '../../config/rules/rule';

const HEADING = `# Rules

What Terrace checks across the fields of an environment before anything is built. Every problem is reported at once,
with its path, the value received, what is allowed, and how to fix it.

- **refusal**: cannot work, and is never silenced.
- **risk**: legal, but dangerous or dear. Refused until the environment file says why it is wanted.
- **warning**: worth knowing. Printed, and silenced in the same way.

Risks and warnings are silenced in the environment file, with a reason of at least ten characters that the next
reader will understand:

\`\`\`ts
acknowledge: { 'single-zone-database': 'the budget allows one instance; restoring takes an hour' },
\`\`\`

| rule | severity | what it guards |
|---|---|---|
`;

const ENDING = `
This page is made from the rules in \`src/config/rules\`; after a change there, this writes it again:

\`\`\`sh
UPDATE_DOCS=1 npx jest __tests__/config/rules.test.ts
\`\`\`
`;

const row = ({ id, severity, summary }: Rule): string => `| \`${id}\` | ${severity} | ${summary} |\n`;

/** The whole page, as it stands in docs/rules.md. */
export function rulesDocument(rules: readonly Rule[] = RULES): string {
  return HEADING + rules.map(row).join('') + ENDING;
}
