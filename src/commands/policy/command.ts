/** `npm run policy`: checkov and our own rules over every stack; what no exception explains fails. */
import { join } from 'node:path';
import type { Io } from '../../cli/io';
import type { EnvironmentFiles } from '../../synthesis/load';
import { selectNames } from '../../cli/select';
import { CHECKOV_VERSION, runCheckov } from './checkov';
import { writeTable } from './documents';
import { EXCEPTIONS } from './exceptions';
import { explain, unused, type Explained } from './explain';
import { judgeOwn } from './judge-own';
import { OWN_RULES } from './own';
import { exceptionsTable, figuresTable, isClean, reportMarkdown, reportText, type Figures, type PolicyReport } from './report';
import { readGroups, synthesiseGroups, type Group } from './sources';
import { Unavailable } from './unavailable';

export interface PolicyOptions {
  /** A folder that was synthesised earlier. @default synthesises now */
  readonly from?: string;
  /** Leave checkov out. */
  readonly own: boolean;
  /** Write the tables into README.md and docs/policy.md. */
  readonly readme: boolean;
  readonly format: 'text' | 'markdown' | 'json';
}

/**
 * Judges the selected environments and their state stores.
 * @returns 0 when nothing is unexplained, 1 when something is, 3 when checkov cannot be had
 */
export async function policy(
  files: EnvironmentFiles,
  patterns: readonly string[],
  options: PolicyOptions,
  { stdout, stderr }: Io,
): Promise<0 | 1 | 3> {
  const selected = selectNames(Object.keys(files), patterns);
  const groups = await (options.from === undefined
    ? synthesiseGroups(files, selected, stderr)
    : readGroups(files, selected, options.from));
  if (groups.length === 0) {
    stdout.write('Nothing to judge: an emulated environment is thrown away with its emulator.\n');
    return 0;
  }
  const isEverything = selected.length === Object.keys(files).length && !options.own;
  try {
    const report = await judgeGroups(groups, options.own, isEverything, (text) => void stderr.write(`${text}\n`));
    stdout.write(`${render(report, options.format)}\n`);
    if (options.readme && isEverything) writeTables(report);
    return isClean(report) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    stderr.write(`${error.message}\n`);
    return 3;
  }
}

async function judgeGroups(
  groups: readonly Group[],
  ownOnly: boolean,
  isEverything: boolean,
  tell: (text: string) => void,
): Promise<PolicyReport> {
  const modules = Object.assign({}, ...groups.map((group) => group.modules)) as Group['modules'];
  const own = judgeOwn(modules);
  const checkov = ownOnly ? { failed: [], passed: {} } : await runCheckov(modules, tell);
  const unprotected = new Set(groups.filter(({ isProtected }) => !isProtected).flatMap((group) => Object.keys(group.modules)));
  const explained = explain([...own.failed, ...checkov.failed], (stack) => !unprotected.has(stack));
  const rules = `${OWN_RULES.length} rules of our own`;
  return {
    judge: ownOnly ? rules : `checkov ${CHECKOV_VERSION} and ${rules}`,
    figures: groups.map((group) => figuresOf(group, { own: own.passed, checkov: checkov.passed }, explained)),
    explained,
    unused: isEverything ? unused(explained) : [],
  };
}

function figuresOf(
  { name, modules }: Group,
  passed: Readonly<Record<'own' | 'checkov', Readonly<Record<string, number>>>>,
  explained: readonly Explained[],
): Figures {
  const stacks = Object.keys(modules);
  const own = explained.filter(({ finding }) => stacks.includes(finding.stack));
  const of = (kind: 'design' | 'cost' | undefined): number => own.filter(({ exception }) => exception?.kind === kind).length;
  return {
    name,
    stacks: stacks.length,
    checkov: total(passed.checkov, stacks),
    own: total(passed.own, stacks),
    byDesign: of('design'),
    forCost: of('cost'),
    unexplained: of(undefined),
  };
}

function total(byStack: Readonly<Record<string, number>>, stacks: readonly string[]): number {
  return stacks.reduce((sum, stack) => sum + (byStack[stack] ?? 0), 0);
}

function render(report: PolicyReport, format: PolicyOptions['format']): string {
  switch (format) {
    case 'text':
      return reportText(report);
    case 'markdown':
      return reportMarkdown(report);
    case 'json':
      return JSON.stringify(report, null, 2);
  }
}

function writeTables({ figures }: PolicyReport): void {
  writeTable('README.md', 'policy figures', figuresTable(figures));
  writeTable(join('docs', 'policy.md'), 'exceptions', exceptionsTable(EXCEPTIONS));
}
