/** The generated sections of docs/cost.md: what each environment costs, next to its document, and what costs nothing. */
import { groupBy } from '../../cli/group-by';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../cli/errors';
import { markdownTable } from '../../cli/markdown';
import { parseYamlFile, readText } from '../../cli/yaml-file';
import type { CommandContext } from '../../cli/command';
import { costOf } from '../../cost/calculate';
import { compare, documentedCostsSchema, type Amount, type DocumentedCost } from '../../cost/documented';
import { inputOf } from '../../cost/input';
import { dollars } from '../../cost/money';
import { NO_CHARGE } from '../../cost/no-charge';
import { reportOf, type CostReport, type GroupReport } from '../../cost/report/json';
import { synthesiseModules } from '../../synthesis/modules';
import { withSection } from './marked-section';
import type { Page } from './page';

const path = 'docs/cost.md';

const EXAMPLE = `shop-prod:
  document: Monthly cost
  total: 90
  lines:
    - { item: Database, usd: 30, ours: ['rds-postgres/*'], reason: the same }
  forgotten: { Monitoring: alarms and logs }`;

/** Everything that the sections of this page and a test need of the environments. */
export async function costReport(context: CommandContext): Promise<CostReport> {
  const { groups, failed } = await synthesiseModules(context, Object.keys(context.files));
  if (failed.length > 0) throw new CommandError(failed.map(({ report }) => report).join('\n\n'));
  return reportOf(
    groups.map((group) => ({ cost: costOf(inputOf(group)), budgetUsd: group.environment?.cost.limit?.monthlyUsd })),
    false,
  );
}

export const costPage: Page = {
  path,
  render: async (present, context) => {
    const report = await costReport(context);
    const withTotals = withSection(present, 'environments', environmentsTable(report));
    const withDocuments = withSection(withTotals, 'documents', documentsSection(report));
    return withSection(withDocuments, 'free', freeTable());
  },
};

function environmentsTable({ groups }: CostReport): string {
  return markdownTable(
    ['environment, store or zone', 'fixed', 'by usage', 'expected', 'low', 'high', 'budget'],
    groups.map(({ name, fixed, usage, total, budgetUsd }) => [
      `\`${name}\``,
      dollars(fixed),
      dollars(usage.expected),
      dollars(total.expected),
      dollars(total.low),
      dollars(total.high),
      budgetUsd === undefined ? '' : dollars(budgetUsd),
    ]),
  );
}

/** The tables of the documents, by environment. */
export function documentedCosts(root = 'environments'): ReadonlyMap<string, DocumentedCost> {
  const files = existsSync(root)
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(root, name, 'costs.yaml'))
        .filter((file) => existsSync(file))
    : [];
  return new Map(
    files.flatMap((file) =>
      Object.entries(parseYamlFile(file, readText(file), { schema: documentedCostsSchema, example: EXAMPLE })),
    ),
  );
}

function documentsSection({ groups }: CostReport): string {
  const documented = documentedCosts();
  const unknown = [...documented.keys()].filter((name) => !groups.some((group) => group.name === name));
  if (unknown.length > 0) throw new CommandError(`costs.yaml names environments that do not exist: ${unknown.join(', ')}`);
  const comparisons = groups.flatMap((group) => {
    const document = documented.get(group.name);
    return document === undefined ? [] : [comparison(group, document)];
  });
  return comparisons.length === 0 ? 'No environment has a `costs.yaml`.' : comparisons.join('\n\n');
}

function comparison(group: GroupReport, document: DocumentedCost): string {
  const rows = compare(group, document).map(({ item, document: usd, ours, reason }) => [
    item,
    usd === undefined ? '' : amountText(usd),
    dollars(ours),
    reason,
  ]);
  return [
    `### ${group.name}`,
    `From "${document.document}".`,
    markdownTable(
      ['line of the document', 'document', 'ours', 'why they differ'],
      [...rows, ['**Total**', `**${amountText(document.total)}**`, `**${dollars(group.total.expected)}**`, '']],
    ),
  ].join('\n\n');
}

function amountText(amount: Amount): string {
  return typeof amount === 'number' ? dollars(amount) : `${dollars(amount[0])} to ${dollars(amount[1])}`;
}

function freeTable(): string {
  return markdownTable(
    ['because', 'resource types'],
    [...groupBy(NO_CHARGE, ([, reason]) => reason)].map(([reason, types]) => [
      reason,
      types.map(([type]) => `\`${type}\``).join(', '),
    ]),
  );
}
