/** The comment on a pull request, one for each environment, and the digests that the deployment reads from it. Pure. */
import { z } from 'zod';
import { markdownCell } from '../../cli/markdown';
import { summaryOf, type PlannedAction } from './actions';
import type { EnvironmentReport, StackReport } from './stack-report';

/** GitHub's limit, in characters. */
const LONGEST = 65_000;

/** Identifies the comment of an environment. */
export function markerOf(environment: string): string {
  return `<!-- terrace:plan ${environment} -->`;
}

export interface PolicyVerdict {
  readonly passed: boolean;
  /** The output of the policy command. */
  readonly text: string;
}

/**
 * The text of the comment.
 * @param cost one line about the cost before and after; empty for none
 */
export function renderComment(report: EnvironmentReport, policy?: PolicyVerdict, cost = ''): string {
  const { environment, commit, stacks } = report;
  const head = [
    markerOf(environment),
    `## ${environment}`,
    '',
    `${verdictOf(report)} Planned for ${commit.slice(0, 12)}.`,
    '',
    '| stack | plan | guard | digest |',
    '| --- | --- | --- | --- |',
    ...stacks.map(row),
    '',
    policyLine(policy),
    '',
    ...(cost === '' ? [] : [cost, '']),
    reviewedMark(report),
  ].join('\n');
  const sections = [...stacks.flatMap(section), ...policySection(policy)];
  const fitting = sections.reduce(
    (text, next) => (text.length + next.length + 2 <= LONGEST - 200 ? `${text}\n\n${next}` : text),
    head,
  );
  return sections.every((text) => fitting.includes(text))
    ? fitting
    : `${fitting}\n\nSome details are too long for a comment: see the job's log.`;
}

function verdictOf({ stacks }: EnvironmentReport): string {
  if (stacks.some(({ status }) => status === 'failed')) return 'A stack **cannot be planned**.';
  if (stacks.some((stack) => stack.status === 'planned' && !stack.guard.passed)) return 'The guard **refuses** a plan.';
  if (stacks.some(({ status }) => status === 'later'))
    return 'The plans below may be applied; the other stacks are planned once the stacks they read are deployed.';
  return 'Everything may be applied.';
}

function row(stack: StackReport): string {
  const { stack: id } = stack;
  switch (stack.status) {
    case 'planned':
      return `| ${id} | ${summaryOf(stack.actions as PlannedAction[])} | ${stack.guard.passed ? 'may be applied' : '**refused**'} | \`${stack.digest.slice(0, 12)}\` |`;
    case 'later':
      return `| ${id} | planned later: ${markdownCell(stack.reason)} | | |`;
    case 'failed':
      return `| ${id} | **failed** | | |`;
  }
}

function section(stack: StackReport): readonly string[] {
  switch (stack.status) {
    case 'planned':
      if (stack.actions.length === 0) return [];
      return [
        stack.guard.markdown,
        details(
          `${stack.stack}: actions`,
          stack.actions
            .map(({ address, action, from }) => `${action.padEnd(8)}${address}${from === undefined ? '' : `  (was ${from})`}`)
            .join('\n'),
        ),
      ];
    case 'later':
      return [];
    case 'failed':
      return [details(`${stack.stack}: why it cannot be planned`, stack.reason)];
  }
}

function policyLine(policy: PolicyVerdict | undefined): string {
  if (policy === undefined) return 'Policy: not run.';
  return policy.passed ? 'Policy: nothing unexplained.' : 'Policy: **failed**.';
}

function policySection(policy: PolicyVerdict | undefined): readonly string[] {
  return policy === undefined || policy.text.trim() === '' ? [] : [details('Output of the policy gate', policy.text.trim())];
}

/** With a fence longer than any in the text, so that the text cannot end it. */
function details(summary: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `<details><summary>${summary}</summary>\n\n${fence}\n${text}\n${fence}\n\n</details>`;
}

const reviewedSchema = z.object({ commit: z.string(), digests: z.record(z.string(), z.string()) });

/** What reviewers were shown: the commit, and the digest of each planned stack. */
export type Reviewed = z.output<typeof reviewedSchema>;

/** In Base64, so that it cannot contain the end of an HTML comment. */
function reviewedMark({ commit, stacks }: EnvironmentReport): string {
  const digests = Object.fromEntries(
    stacks.flatMap((stack) => (stack.status === 'planned' && stack.guard.passed ? [[stack.stack, stack.digest]] : [])),
  );
  return `<!-- terrace:reviewed ${Buffer.from(JSON.stringify({ commit, digests } satisfies Reviewed)).toString('base64')} -->`;
}

/** What a comment has shown; undefined for any other comment. */
export function readReviewed(environment: string, body: string): Reviewed | undefined {
  if (!body.startsWith(markerOf(environment))) return undefined;
  const encoded = /<!-- terrace:reviewed ([A-Za-z0-9+/=]+) -->/.exec(body)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return reviewedSchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}
