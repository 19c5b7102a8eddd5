/** The comment on a pull request, one for each environment, and what the deployment reads back from it. Pure. */
import { z } from 'zod';
import { summaryOf, type PlannedAction } from './actions';
import type { EnvironmentReport, StackReport } from './stack-report';

/** GitHub refuses longer comments. */
const LONGEST = 65_000;

/** Tells this environment's comment from all others. */
export function markerOf(environment: string): string {
  return `<!-- terrace:plan ${environment} -->`;
}

export interface PolicyVerdict {
  readonly passed: boolean;
  /** What the policy command said. */
  readonly text: string;
}

/** The whole comment. */
export function renderComment(report: EnvironmentReport, policy?: PolicyVerdict): string {
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
    return 'What can be planned may be applied; the rest is planned once what it reads is deployed.';
  return 'Everything may be applied.';
}

function row(stack: StackReport): string {
  const { stack: id } = stack;
  switch (stack.status) {
    case 'planned':
      return `| ${id} | ${summaryOf(stack.actions as PlannedAction[])} | ${stack.guard.passed ? 'may be applied' : '**refused**'} | \`${stack.digest.slice(0, 12)}\` |`;
    case 'later':
      return `| ${id} | planned later: ${cell(stack.reason)} | | |`;
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
          `${stack.stack}: what would be done`,
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
  return policy === undefined || policy.text.trim() === '' ? [] : [details('What the policy gate said', policy.text.trim())];
}

/** A fence longer than any inside, so that a text cannot leave it. */
function details(summary: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `<details><summary>${summary}</summary>\n\n${fence}\n${text}\n${fence}\n\n</details>`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const reviewedSchema = z.object({ commit: z.string(), digests: z.record(z.string(), z.string()) });

/** What was shown to reviewers: the commit, and each planned stack's digest. */
export type Reviewed = z.output<typeof reviewedSchema>;

/** Base64, because nothing in a comment of HTML may look like its end. */
function reviewedMark({ commit, stacks }: EnvironmentReport): string {
  const digests = Object.fromEntries(
    stacks.flatMap((stack) => (stack.status === 'planned' && stack.guard.passed ? [[stack.stack, stack.digest]] : [])),
  );
  return `<!-- terrace:reviewed ${Buffer.from(JSON.stringify({ commit, digests } satisfies Reviewed)).toString('base64')} -->`;
}

/** What a comment showed; undefined for any other comment. */
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
