/** The steps that run Terraform: plan and apply. Each returns an exit code. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { summaryOf } from '../../checks/plan-changes/counts';
import { wantsColor } from '../../checks/plan-changes/render-text';
import { fenced } from '../../cli/markdown';
import type { HalfWay } from '../../operations/stacks/half-way';
import { isUndeployed } from '../../operations/stacks/undeployed';
import { stackProtection } from '../../synthesis/protection';
import { interruptible } from '../../terraform/runner/interruptible';
import { applyEnvironment, type ApplyOutcome } from './apply';
import { planSection, renderSummary, SUMMARY_LIMIT, SUMMARY_LINES, withSections } from './comment';
import { setOutputs, summarise } from './outputs';
import { isSound, planEnvironment, type PlanContext } from './plan';
import { decodeChanges, digestKeyOf, encodeChanges, NOTHING_SHOWN, shownSchema, type Shown } from './reviewed';

export interface PlanOptions {
  readonly stacks: string;
  readonly report: string;
  readonly commit: string;
  readonly output: string;
}

export interface ApplyOptions {
  readonly stacks: string;
  readonly reviewed?: string;
  readonly approved?: string;
  /** The changes of that plan. */
  readonly approvedChanges?: string;
  /** Never deployed stacks whose creation was approved, separated by spaces. */
  readonly creates?: string;
  readonly output: string;
}

/**
 * Fails when a stack cannot be planned, or the guard refuses its plan. A stack that is planned later does not fail it. The
 * summary of the job has the whole plan.
 */
export async function plan(environment: string, options: PlanOptions, io: Io, files: EnvironmentFiles = {}): Promise<number> {
  const context = await planContext(options.output, io, files);
  const report = await interruptible(
    (signal) => planEnvironment(environment, stacksIn(options.stacks), options.commit, { ...context, signal }),
    context.progress,
  );
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, JSON.stringify(report, null, 2));
  if (io.env.GITHUB_STEP_SUMMARY !== undefined) summarise(renderSummary(report), io);
  return isSound(report) ? 0 : 1;
}

async function planContext(output: string, { env, stderr }: Io, files: EnvironmentFiles): Promise<PlanContext> {
  const isProtected = await stackProtection(files);
  return { output, env, isProtected, color: wantsColor(stderr, env), progress: (text) => void stderr.write(`${text}\n`) };
}

/** @throws CommandError for an empty list: it would succeed and do nothing */
function stacksIn(text: string): readonly string[] {
  const stacks = listOf(text);
  if (stacks.length === 0) throw new CommandError('--stacks names no stack', 2);
  return stacks;
}

const listOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((id) => id !== '');

/** A file that does not exist has nothing: reviewers were shown no plan of the environment. */
function readShown(file: string | undefined): Shown {
  if (file === undefined || !existsSync(file)) return NOTHING_SHOWN;
  return shownSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * Sets the outputs `waiting`, `digest`, `changes`, `creates` and `rest` when it stops at a plan that was not reviewed, which is not
 * a failure.
 */
export async function apply(environment: string, options: ApplyOptions, io: Io, files: EnvironmentFiles = {}): Promise<number> {
  const context = await planContext(options.output, io, files);
  const outcome = await interruptible(
    (signal) =>
      applyEnvironment(stacksIn(options.stacks), {
        ...context,
        signal,
        reviewed: readShown(options.reviewed),
        approved: parseApproved(options, digestKeyOf(io.env)),
        creates: listOf(options.creates ?? ''),
      }),
    context.progress,
  );
  summarise(describeOutcome(environment, outcome), io);
  if (outcome.kind === 'failed') return 1;
  if (outcome.kind === 'done') {
    setOutputs({ waiting: '', digest: '', changes: '', creates: '', rest: '' }, io);
    return 0;
  }
  const creates = await undeployedOf(outcome.rest.slice(1), context);
  const { stack: waiting, digest } = outcome.plan;
  const changes = encodeChanges(outcome.plan.changes);
  setOutputs({ waiting, digest, changes, creates: creates.join(' '), rest: outcome.rest.join(' ') }, io);
  summarise(describeApproval(environment, waiting, digest, creates), io);
  return 0;
}

async function undeployedOf(stacks: readonly string[], context: PlanContext): Promise<readonly string[]> {
  const found: string[] = [];
  for (const stack of stacks) if (await isUndeployed(stack, context)) found.push(stack);
  return found;
}

/** What an approval covers, and how to give one without required reviewers. */
function describeApproval(environment: string, stack: string, digest: string, creates: readonly string[]): string {
  const covered =
    creates.length === 0
      ? []
      : [
          `An approval also covers the first deployment of ${creates.join(', ')}, in this order: they were never deployed, and each is applied only if its plan creates and does nothing else, and the guard passes it.`,
        ];
  const inputs = { environment, stack, digest, ...(creates.length === 0 ? {} : { creates: creates.join(' ') }) };
  const fields = Object.entries(inputs).map(([name, value]) => `-f ${name}='${value}'`);
  return [
    ...covered,
    `With \`delivery.approval.kind: 'dispatch'\`, an approver starts the workflow \`deploy\` with these inputs:`,
    `\`\`\`sh\ngh workflow run deploy.yml ${fields.join(' ')}\n\`\`\``,
  ].join('\n\n');
}

function parseApproved({ approved, approvedChanges }: ApplyOptions, key: string | undefined): Shown {
  if (approved === undefined) return NOTHING_SHOWN;
  const [, stack, digest] = /^([a-z0-9-]+)=([0-9a-f]{64})$/.exec(approved) ?? [];
  if (stack === undefined || digest === undefined) throw new CommandError('--approved takes <stack>=<digest>', 2);
  const changes = approvedChanges === undefined ? undefined : decodeChanges(approvedChanges, { stack, digest, key });
  return { digests: { [stack]: digest }, changes: changes === undefined ? {} : { [stack]: changes } };
}

function describeOutcome(environment: string, outcome: ApplyOutcome): string {
  const applied = outcome.applied.length === 0 ? 'No stack was applied.' : `Applied: ${outcome.applied.join(', ')}.`;
  switch (outcome.kind) {
    case 'done':
      return `## ${environment}\n\n${outcome.applied.length === 0 ? 'Nothing had to be applied.' : applied}`;
    case 'failed':
      return [
        `## ${environment}`,
        applied,
        `**${outcome.stack} ${outcome.halfWay === undefined ? 'failed' : halfWayText(outcome.halfWay)}.**`,
        fenced(outcome.reason),
        ...(outcome.findings === undefined ? [] : [outcome.findings]),
        ...(outcome.halfWay === undefined ? [] : halfWayLists(outcome.halfWay)),
      ].join('\n\n');
    case 'waiting': {
      const { stack, digest, actions } = outcome.plan;
      const head = [
        `## ${environment}`,
        applied,
        `**${stack} waits for an approval** (${summaryOf(actions)}): its plan is not one that reviewers were shown. Digest \`${digest}\`.`,
      ].join('\n\n');
      return withSections(head, planSection(outcome.plan), { limit: SUMMARY_LIMIT, mostLines: SUMMARY_LINES });
    }
  }
}

function halfWayText({ done, failed, open }: HalfWay): string {
  return `stopped half-way: ${done.length} of ${done.length + failed.length + open.length} changes done`;
}

function halfWayLists({ done, failed, open }: HalfWay): readonly string[] {
  const lists = [
    ['Done', done],
    ['Failed', failed],
    ['Not done', open],
  ] as const;
  return lists.filter(([, texts]) => texts.length > 0).map(([title, texts]) => `${title}:\n${fenced(texts.join('\n'))}`);
}
