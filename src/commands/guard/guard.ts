/** Reads plans, prints verdicts, and fails when one is refused. */
import { basename, dirname, resolve } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { readText } from '../../cli/yaml-file';
import { readExceptions } from '../../checks/plan-guard/allowances';
import { judge, type Verdict } from '../../checks/plan-guard/judge';
import { parsePlan } from '../../checks/plan-guard/plan';
import { stackProtection } from '../../synthesis/protection';
import { findingsTable, reportText } from '../../checks/plan-guard/report';
import { shownChanges, type ShownChange } from '../../checks/plan-changes/changes';
import { summaryOf } from '../../checks/plan-changes/counts';
import { readPlanDocument } from '../../checks/plan-changes/plan-document';
import { renderSections } from '../../checks/plan-changes/render-markdown';
import { renderText, wantsColor } from '../../checks/plan-changes/render-text';
import type { Io } from '../../cli/io';
import { readModule } from '../../terraform/root-module';

export interface GuardOptions {
  /** The reviewed exceptions. @default guard-allow.yaml, if it exists */
  readonly allow?: string;
  /** The stack's id, where the file does not show it. */
  readonly stack?: string;
  /** The account of the plan, where the plan does not show it. */
  readonly account?: string;
  readonly format: 'text' | 'markdown' | 'json';
  /** `YYYY-MM-DD`; tests set it. @default today, UTC */
  readonly today?: string;
}

/**
 * Judges every plan.
 * @returns 0 when all may be applied, 1 when one is refused
 * @throws CommandError for a file that cannot be read, or is not a plan
 */
export async function judgePlans({ io, files }: CommandContext, plans: readonly string[], options: GuardOptions): Promise<0 | 1> {
  if (plans.length > 1 && options.stack !== undefined)
    throw new CommandError('--stack names one stack: pass one plan with it', 2);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  if (options.account !== undefined && !/^\d{12}$/.test(options.account))
    throw new CommandError(`--account ${options.account} is not an account of 12 digits`, 2);
  const { allowances, accounts } = readExceptions(today, options.allow);
  const known = options.account === undefined ? accounts : [...accounts, options.account];
  const isProtected = await stackProtection(files);
  const judged = plans.map((file): Judged => {
    const text = readText(file);
    const stack = options.stack ?? stackOf(file);
    const verdict = judge(parsePlan(file, text), { allowances, accounts: known, today, stack, isProtected: isProtected(stack) });
    const module = file === '-' ? undefined : readModule(dirname(resolve(file)));
    return { verdict, changes: shownChanges(readPlanDocument(file, text), module) };
  });
  io.stdout.write(`${render(judged, options.format, io)}\n`);
  return judged.every(({ verdict }) => verdict.passed) ? 0 : 1;
}

interface Judged {
  readonly verdict: Verdict;
  readonly changes: readonly ShownChange[];
}

/** GitHub's limit for a comment, less the space for a sentence. */
const MARKDOWN_LIMIT = 64_000;

function render(judged: readonly Judged[], format: GuardOptions['format'], { stdout, env }: Io): string {
  switch (format) {
    case 'text': {
      const color = wantsColor(stdout, env);
      return judged
        .map(({ verdict, changes }) =>
          [reportText(verdict), renderText(changes, { color })].filter((text) => text !== '').join('\n'),
        )
        .join('\n\n');
    }
    case 'markdown': {
      const sections = judged.map(({ verdict, changes }) => ({ head: headOf(verdict, changes), changes }));
      const { text, cut } = renderSections(sections, { limit: MARKDOWN_LIMIT, mostLines: 60 });
      return cut === undefined ? text : `${text}\n\n${cut}.`;
    }
    case 'json':
      return JSON.stringify(
        judged.map(({ verdict, changes }) => ({ ...verdict, changes })),
        null,
        2,
      );
  }
}

function headOf(verdict: Verdict, changes: readonly ShownChange[]): string {
  const heading = `### ${verdict.stack ?? 'a plan of an unknown stack'}: ${summaryOf(changes)}`;
  return [heading, verdict.passed ? 'May be applied.' : '**Refused.**', findingsTable(verdict)]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** Common names of plans, which do not contain the stack. */
const GENERIC_NAME = /^(tf)?plan$|^show$|^stdin$/;

/**
 * The stack of a plan by its file: `h2o-dev-data.json`, `h2o-dev-data.plan.json` or
 * `cdktf.out/stacks/h2o-dev-data/plan.json`; undefined for any other.
 */
export function stackOf(file: string): string | undefined {
  if (file === '-') return undefined;
  const name = basename(file).replace(/(\.(tf)?plan)?\.json$/, '');
  if (!GENERIC_NAME.test(name)) return name;
  const folder = dirname(resolve(file));
  return basename(dirname(folder)) === 'stacks' ? basename(folder) : undefined;
}
