/** Synthesises, calculates and prints. */
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import { costOf } from '../../cost/calculate';
import { changesBetween, changesMarkdown, changesText } from '../../cost/diff';
import { inputOf } from '../../cost/input';
import { reportOf, type CostReport } from '../../cost/report/json';
import { markdownReport } from '../../cost/report/markdown';
import { textReport } from '../../cost/report/text';
import { oldPricesNotice } from '../../cost/prices/notice';
import { synthesiseModules } from '../../synthesis/modules';
import { printAdvice } from './advise';
import { readBefore } from './before';

export interface CostCommandOptions {
  readonly json: boolean;
  readonly markdown: boolean;
  readonly freeTier: boolean;
  /** A Git revision, or a file. */
  readonly diff?: string;
  readonly advise: boolean;
}

/** @returns 0; @throws CommandError when an environment cannot be synthesised */
export async function printCost(context: CommandContext, patterns: readonly string[], options: CostCommandOptions): Promise<0> {
  const { files, io } = context;
  const selected = selectNames(Object.keys(files), patterns);
  if (options.advise) return printAdvice(context, selected);
  const after = await costReport(context, selected, options.freeTier);
  const text =
    options.diff === undefined ? render(after, options) : renderDiff(after, readBefore(options.diff, patterns, io), options);
  io.stdout.write(`${text}\n`);
  const notice = oldPricesNotice(after, new Date());
  if (notice !== undefined) io.stderr.write(`${notice}\n`);
  return 0;
}

/** The cost of the selected environments, their state stores and shared zones. */
export async function costReport(context: CommandContext, selected: readonly string[], freeTier = false): Promise<CostReport> {
  const { groups, failed } = await synthesiseModules(context, selected);
  if (failed.length > 0) throw new CommandError(failed.map(({ report }) => report).join('\n\n'));
  const costs = groups.map((group) => ({
    cost: costOf(inputOf(group), { freeTier }),
    budgetUsd: group.environment?.cost.limit?.monthlyUsd,
  }));
  return reportOf(costs, freeTier);
}

function render(report: CostReport, { json, markdown }: CostCommandOptions): string {
  if (json) return JSON.stringify(report, null, 2);
  return markdown ? markdownReport(report) : textReport(report);
}

function renderDiff(after: CostReport, before: CostReport | undefined, { json, markdown }: CostCommandOptions): string {
  const changes = changesBetween(before, after);
  if (json) return JSON.stringify({ version: 1, changes }, null, 2);
  return markdown ? changesMarkdown(changes) : changesText(changes);
}
