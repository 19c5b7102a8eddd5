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

Risks and warnings are silenced in the environment file, one finding at a time: the rule, the path of the finding, and a
reason of at least ten characters that the next reader will understand. The message of a finding ends with the line to copy.

\`\`\`ts
acknowledge: {
  'single-zone-database': { 'database.multiAz': 'the budget allows one instance; restoring takes an hour' },
  'ssh-world': { 'box.sshCidrs[0] = 198.0.0.0/7': 'visitors of one week, behind keys' },
},
\`\`\`

Another finding of the same rule is refused again. Rules about networks, regions and permissions also name the value, so that
another value at the same path is refused again, too. An entry that matches no finding is refused: it would silence one that
appears later.

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

const row = ({ id, severity, summary }: Pick<SynthesisRule, 'id' | 'severity' | 'summary'>): string =>
  `| \`${id}\` | ${severity} | ${summary} |\n`;

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
