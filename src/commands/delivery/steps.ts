/** The steps that run Terraform: plan and apply. Each returns an exit code. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { applyEnvironment, type ApplyOutcome } from './apply';
import { isUndeployed } from './first-deployment';
import { setOutputs, summarise } from './outputs';
import { isSound, planEnvironment, type PlanContext } from './plan';

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
  /** Never deployed stacks whose creation was approved, separated by spaces. */
  readonly creates?: string;
  readonly output: string;
}

/** Fails when a stack cannot be planned, or the guard refuses its plan. A stack that is planned later does not fail it. */
export async function plan(environment: string, options: PlanOptions, io: Io): Promise<number> {
  const report = await planEnvironment(environment, listOf(options.stacks), options.commit, planContext(options.output, io));
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, JSON.stringify(report, null, 2));
  return isSound(report) ? 0 : 1;
}

function planContext(output: string, { env, stderr }: Io): PlanContext {
  return { output, env, progress: (text) => void stderr.write(`${text}\n`) };
}

const listOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((id) => id !== '');

/** What `comments` writes for an environment. */
const shown = z.object({ digests: z.record(z.string(), z.string()) });

/** A file that does not exist has none: reviewers were shown no plan of the environment. */
function readDigests(file: string | undefined): Readonly<Record<string, string>> {
  if (file === undefined || !existsSync(file)) return {};
  return shown.parse(JSON.parse(readFileSync(file, 'utf8'))).digests;
}

/**
 * Sets the outputs `waiting`, `digest`, `creates` and `rest` when it stops at a plan that was not reviewed, which is not a failure.
 */
export async function apply(environment: string, options: ApplyOptions, io: Io): Promise<number> {
  const outcome = await applyEnvironment(listOf(options.stacks), {
    ...planContext(options.output, io),
    reviewed: readDigests(options.reviewed),
    approved: parseApproved(options.approved),
    creates: listOf(options.creates ?? ''),
  });
  summarise(describeOutcome(environment, outcome), io);
  if (outcome.kind === 'failed') return 1;
  if (outcome.kind === 'done') {
    setOutputs({ waiting: '', digest: '', creates: '', rest: '' }, io);
    return 0;
  }
  const creates = await undeployedOf(outcome.rest.slice(1), planContext(options.output, io));
  const { stack: waiting, digest } = outcome.plan;
  setOutputs({ waiting, digest, creates: creates.join(' '), rest: outcome.rest.join(' ') }, io);
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

function parseApproved(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const [, stack, digest] = /^([a-z0-9-]+)=([0-9a-f]{64})$/.exec(text) ?? [];
  if (stack === undefined || digest === undefined) throw new CommandError('--approved takes <stack>=<digest>', 2);
  return { [stack]: digest };
}

function describeOutcome(environment: string, outcome: ApplyOutcome): string {
  const applied = outcome.applied.length === 0 ? 'Nothing was applied.' : `Applied: ${outcome.applied.join(', ')}.`;
  switch (outcome.kind) {
    case 'done':
      return `## ${environment}\n\n${applied}`;
    case 'failed':
      return `## ${environment}\n\n${applied}\n\n**${outcome.stack} failed.**\n\n\`\`\`\n${outcome.reason}\n\`\`\``;
    case 'waiting': {
      const { stack, digest, guard, actions } = outcome.plan;
      const lines = actions.map(({ address, action }) => `- ${action} \`${address}\``);
      return [
        `## ${environment}`,
        applied,
        `**${stack} waits for an approval**: its plan is not the one that reviewers were shown. Digest \`${digest}\`.`,
        guard.markdown,
        lines.join('\n'),
      ].join('\n\n');
    }
  }
}
