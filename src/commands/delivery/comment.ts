/** The comment on a pull request, one for each environment, and the summary of its job. Pure. */
import { renderSections, type MarkdownSection } from '../../checks/plan-changes/render-markdown';
import { summaryOf } from '../../checks/plan-changes/counts';
import { fenced, plainMarkdown } from '../../cli/markdown';
import type { EnvironmentReport, PlannedReport, StackReport } from './stack-report';

/** GitHub refuses a comment or an issue with more than 65,536 characters. */
export const COMMENT_LIMIT = 65_000;

/** GitHub drops a summary of more than 1 MiB; a character may be three bytes. */
export const SUMMARY_LIMIT = 330_000;

/** Lines of one change. */
const COMMENT_LINES = 60;
export const SUMMARY_LINES = 400;

/** Identifies the comment of an environment. */
export function markerOf(environment: string): string {
  return `<!-- terrace:plan ${environment} -->`;
}

export interface PolicyVerdict {
  readonly passed: boolean;
  /** The output of the policy command. */
  readonly text: string;
}

export interface CommentContext {
  /** The address of the workflow's run, whose summary has the whole plan. */
  readonly run?: string;
  /** One line about the cost before and after. @default none */
  readonly cost?: string;
}

/** The text of the comment. */
export function renderComment(
  report: EnvironmentReport,
  policy?: PolicyVerdict,
  { run, cost = '' }: CommentContext = {},
): string {
  const { environment, stacks } = report;
  const head = [
    markerOf(environment),
    `## ${environment}`,
    '',
    ...overview(report, run),
    '',
    policyLine(policy, report),
    ...(cost === '' ? [] : ['', cost]),
  ].join('\n');
  const sections = [...stacks.flatMap(section), ...policySection(policy, report)];
  return withSections(head, sections, { limit: COMMENT_LIMIT, mostLines: COMMENT_LINES, run });
}

/** The same, for the summary of a job: long enough for everything. */
export function renderSummary(report: EnvironmentReport): string {
  const head = [`## ${report.environment}`, '', ...overview(report, undefined)].join('\n');
  return withSections(head, report.stacks.flatMap(section), { limit: SUMMARY_LIMIT, mostLines: SUMMARY_LINES });
}

interface Limits {
  readonly limit: number;
  readonly mostLines: number;
  readonly run?: string;
}

/** Space for the sentence about what was cut. */
const SENTENCE = 400;

/** Text and, in what is left of the limit, sections; a sentence says what was cut. */
export function withSections(head: string, sections: readonly MarkdownSection[], { limit, mostLines, run }: Limits): string {
  const { text, cut } = renderSections(sections, { limit: limit - head.length - SENTENCE, mostLines });
  const whole = run === undefined ? "the job's log" : `[the summary of the run](${run})`;
  const sentence = cut === undefined ? [] : [`✂️ ${cut}, because of GitHub's limit; the whole plan is in ${whole}.`];
  return [head, ...sentence, text].filter((part) => part !== '').join('\n\n');
}

function overview(report: EnvironmentReport, run: string | undefined): readonly string[] {
  const { commit, stacks } = report;
  const link = run === undefined ? '' : ` · [run](${run})`;
  return [
    `${verdictOf(report)} Planned for ${commit.slice(0, 12)}${link}`,
    '',
    '| stack | plan | guard | digest |',
    '| --- | --- | --- | --- |',
    ...stacks.map(row),
  ];
}

function verdictOf({ stacks }: EnvironmentReport): string {
  if (stacks.some(({ status }) => status === 'failed')) return '❌ A stack **cannot be planned**.';
  const planned = stacks.filter((stack): stack is PlannedReport => stack.status === 'planned');
  if (planned.some(({ guard }) => !guard.passed)) return '❌ The guard **refuses** a plan.';
  if (stacks.some(({ status }) => status === 'later'))
    return '✅ The plans below may be applied; the other stacks are planned once the stacks they read are deployed.';
  return planned.every(({ actions }) => actions.length === 0) ? '✅ Nothing changes.' : '✅ Everything may be applied.';
}

function row(stack: StackReport): string {
  // A run in HCP Terraform has a page.
  const id = 'run' in stack && stack.run !== undefined ? `[${stack.stack}](${stack.run})` : stack.stack;
  switch (stack.status) {
    case 'planned': {
      if (!stack.guard.passed) return `| ${id} | ${summaryOf(stack.actions)} | **refused** | |`;
      if (stack.actions.length === 0) return `| ${id} | no changes | | |`;
      const digest = stack.isRedacted === true ? 'asked about after the merge' : `\`${stack.digest.slice(0, 12)}\``;
      return `| ${id} | ${summaryOf(stack.actions)} | may be applied | ${digest} |`;
    }
    case 'later':
      return `| ${id} | planned later: ${plainMarkdown(stack.reason)} | | |`;
    case 'failed':
      return `| ${id} | **failed** | | |`;
  }
}

function section(stack: StackReport): readonly MarkdownSection[] {
  switch (stack.status) {
    case 'planned':
      return planSection(stack);
    case 'later':
      return [];
    case 'failed':
      return [{ head: `### ${stack.stack}: why it cannot be planned\n\n${fenced(stack.reason)}`, changes: [] }];
  }
}

/** The changes of a plan, with what the guard found; nothing for a plan without changes or findings. */
export function planSection({ stack, actions, guard, deletedOutside }: PlannedReport): readonly MarkdownSection[] {
  if (actions.length === 0 && guard.markdown === '' && deletedOutside.length === 0) return [];
  const head = [`### ${stack}: ${summaryOf(actions)}`, guard.markdown].filter((text) => text !== '').join('\n\n');
  const outside = deletedOutside.map((address) => `- deleted outside of Terraform: <code>${plainMarkdown(address)}</code>`);
  return [{ head, changes: actions, notes: outside.length === 0 ? [] : [outside.join('\n')] }];
}

function policyLine(policy: PolicyVerdict | undefined, { stacks }: EnvironmentReport): string {
  if (policy === undefined) return 'Policy: not run.';
  if (policy.passed) return 'Policy: nothing unexplained.';
  const findings = findingsOf(policy, stacks);
  return findings === undefined || findings.length > 0
    ? 'Policy: **failed**.'
    : 'Policy: **failed** for other environments, or for an exception that explains nothing.';
}

/** The findings of these stacks, of which each is two lines; undefined when the output is another one. */
function findingsOf({ text }: PolicyVerdict, stacks: readonly StackReport[]): readonly string[] | undefined {
  const lines = text.split('\n');
  if (!lines.some((line) => /^(Judged by|UNEXPLAINED|UNUSED)/.test(line))) return undefined;
  return lines.flatMap((line, index) =>
    stacks.some(({ stack }) => line.startsWith(`UNEXPLAINED  ${stack}:`)) ? [line, lines[index + 1] ?? ''] : [],
  );
}

/** The end of an output that is not a report. */
const LAST = 2000;

function policySection(policy: PolicyVerdict | undefined, { stacks }: EnvironmentReport): readonly MarkdownSection[] {
  if (policy === undefined || policy.passed) return [];
  const findings = findingsOf(policy, stacks)?.join('\n') ?? policy.text.trim().slice(-LAST);
  return findings === '' ? [] : [{ head: `### Policy\n\n${fenced(findings)}`, changes: [] }];
}
