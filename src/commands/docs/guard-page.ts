/** The generated sections of docs/guard.md: what weakens, from the tables of the plan guard. */
import { groupBy } from '../../cli/group-by';
import { markdownTable } from '../../cli/markdown';
import { REMOVALS, WEAKENINGS } from '../../checks/plan-guard/weakening-rows';
import { withSection } from './marked-section';
import type { Page } from './page';

interface Row {
  readonly type: string;
  readonly attribute: string;
  readonly what: string;
  readonly fix: string;
  readonly severity: 'refused' | 'noticed';
}

export const guardPage: Page = {
  path: 'docs/guard.md',
  render: (present) => {
    const attributes = tableOf(WEAKENINGS);
    const removals = tableOf(REMOVALS.map((removal) => ({ ...removal, attribute: '' })));
    return withSection(withSection(present, 'weakenings', attributes), 'removals', removals);
  },
};

/** One line for each attribute and meaning, with every type that it is judged for. */
function tableOf(rows: readonly Row[]): string {
  const groups = groupBy(rows, ({ attribute, what, severity }) => JSON.stringify([attribute, what, severity]));
  const hasAttributes = rows.some(({ attribute }) => attribute !== '');
  return markdownTable(
    ['type', ...(hasAttributes ? ['attribute'] : []), 'what it means', 'instead', ''],
    [...groups.values()].map((group) => {
      const [{ attribute, what, fix, severity } = { attribute: '', what: '', fix: '', severity: 'refused' }] = group;
      const types = [...new Set(group.map(({ type }) => `\`${type}\``))].join(', ');
      return [types, ...(hasAttributes ? [`\`${attribute}\``] : []), what, fix, severity];
    }),
  );
}
