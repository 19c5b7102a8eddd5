/** docs/rules.md: every rule, from the rules themselves. */
import { RULES } from '../../config/all-rules';
import { BETWEEN_RULES } from '../../config/rules/between';
import type { BetweenRule } from '../../config/rules/between/rule';
import { SYNTHESIS_RULES, type SynthesisRule } from '../../config/rules/synthesis-rules';
import type { Page } from './page';

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

const SYNTHESIS_HEADING = `
## Of the synthesised resources

What only the synthesised resources show: synthesis checks it before it writes an environment ([cost](cost.md#budget)). Silenced
like the rules above.

| rule | severity | what it guards |
|---|---|---|
`;

const BETWEEN_HEADING = `
## Between environments

What no environment file shows alone. These are refusals: an environment with such a problem is not synthesised.

| rule | what it guards |
|---|---|
`;

const ENDING = `
Generated from the rules in \`src/config\` by \`npm run docs\`.
`;

const row = ({ id, severity, summary }: SynthesisRule): string => `| \`${id}\` | ${severity} | ${summary} |\n`;

const betweenRow = ({ id, summary }: BetweenRule): string => `| \`${id}\` | ${summary} |\n`;

export const rulesPage: Page = {
  path: 'docs/rules.md',
  render: () =>
    HEADING +
    RULES.map(row).join('') +
    SYNTHESIS_HEADING +
    SYNTHESIS_RULES.map(row).join('') +
    BETWEEN_HEADING +
    BETWEEN_RULES.map(betweenRow).join('') +
    ENDING,
};
