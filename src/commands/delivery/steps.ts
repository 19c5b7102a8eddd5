/** The steps of `npm run delivery`: each reads what an earlier one wrote, and returns an exit code. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { selectNames } from '../../cli/select';
import { zoneStackName } from '../../config/names';
import { loadEnvironments } from '../../synthesis/load';
import { summaryOf } from '../../checks/plan-changes/counts';
import { wantsColor } from '../../checks/plan-changes/render-text';
import { fenced } from '../../cli/markdown';
import { interruptible } from '../../terraform/runner/interruptible';
import { applyEnvironment, type ApplyOutcome, type HalfWay, type Shown } from './apply';
import { changesBetween } from './changed';
import { planSection, renderComment, renderSummary, SUMMARY_LIMIT, SUMMARY_LINES, withSections } from './comment';
import { DRIFT_LABEL, DRIFT_TITLE, renderDrift } from './drift-issue';
import { Github, githubSettings } from './github';
import { matrixOf, parseRoles, ROLES_VARIABLE } from './matrix';
import { runAddress, setOutputs, summarise } from './outputs';
import { isSound, planEnvironment, type PlanContext } from './plan';
import { readRecord } from './record';
import { decodeChanges, digestKeyOf, encodeChanges } from './reviewed';
import { environmentReport, reviewedChange, type EnvironmentReport } from './stack-report';

export interface ChangedOptions {
  readonly before?: string;
  readonly output: string;
  readonly for: 'plan' | 'apply';
  readonly cloud: boolean;
}

export interface PlanOptions {
  readonly stacks: string;
  readonly report: string;
  readonly commit: string;
  readonly output: string;
}

export interface CommentOptions {
  readonly pullRequest: number;
  readonly policy?: string;
}

export interface ReviewedOptions {
  readonly commit: string;
  readonly to: string;
}

export interface ApplyOptions {
  readonly stacks: string;
  readonly reviewed?: string;
  readonly approved?: string;
  readonly approvedChanges?: string;
  readonly output: string;
}

export interface GateOptions {
  readonly reviewers: boolean;
}

export interface DriftOptions {
  readonly run?: string;
}

/** The environments and shared zones that are deployed to AWS: environments of developers' machines are left out. */
async function deployed({ files }: CommandContext, patterns: readonly string[]) {
  const every = await loadEnvironments(files);
  const zones = every.zones.map((zone) => ({ zone, name: zoneStackName(zone.description.zone) }));
  const chosen = selectNames([...Object.keys(files), ...zones.map(({ name }) => name)], patterns);
  const { environments, refused } = await loadEnvironments(files, {
    selected: Object.keys(files).filter((name) => chosen.includes(name)),
  });
  if (refused.length > 0) throw new CommandError(refused.map(({ report }) => report).join('\n'));
  return { environments, zones: zones.filter(({ name }) => chosen.includes(name)).map(({ zone }) => zone) };
}

/** Sets the outputs `matrix` and `any`, and lists what people have to do in the summary. */
export async function changed(context: CommandContext, patterns: readonly string[], options: ChangedOptions): Promise<number> {
  const { io } = context;
  const changes = changesBetween({
    before: options.before,
    after: options.output,
    ...(await deployed(context, patterns)),
    whole: options.for === 'apply',
  });
  if (options.cloud) {
    const include = changes.environments
      .filter(({ store }) => store === undefined)
      .map(({ environment, stacks }) => ({ environment, stacks: stacks.join(' ') }));
    setOutputs({ matrix: JSON.stringify({ include }), any: String(include.length > 0) }, io);
    return 0;
  }
  const roles = parseRoles(io.env[ROLES_VARIABLE]);
  const { include, skipped } = matrixOf(changes, options.for, roles);
  setOutputs({ matrix: JSON.stringify({ include }), any: String(include.length > 0) }, io);
  const notes = [
    ...skipped.map((line) => `- not planned: ${line}`),
    ...changes.byHand.map((stack) => `- ${stack} has changed: a person applies it (docs/bootstrap.md)`),
    ...changes.gone.map(
      (stack) => `- ${stack} was removed from the code: its resources stay until a person destroys them (docs/deploy.md)`,
    ),
  ];
  if (notes.length > 0) summarise(notes.join('\n'), io);
  return 0;
}

/**
 * Fails when a stack cannot be planned, or the guard refuses its plan. A stack that is planned later does not fail it. The
 * summary of the job has the whole plan.
 */
export async function plan(environment: string, options: PlanOptions, io: Io): Promise<number> {
  const context = planContext(options.output, io);
  const report = await interruptible(
    (signal) => planEnvironment(environment, listOf(options.stacks), options.commit, { ...context, signal }),
    context.progress,
  );
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, JSON.stringify(report, null, 2));
  if (io.env.GITHUB_STEP_SUMMARY !== undefined) summarise(renderSummary(report), io);
  return isSound(report) ? 0 : 1;
}

function planContext(output: string, { env, stderr }: Io): PlanContext {
  return { output, env, color: wantsColor(stderr, env), progress: (text) => void stderr.write(`${text}\n`) };
}

const listOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((id) => id !== '');

function readReport(file: string): EnvironmentReport {
  const parsed = environmentReport.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new CommandError(`${file} is not a report of \`delivery plan\``, 2);
  return parsed.data;
}

export async function comment(file: string, options: CommentOptions, io: Io): Promise<number> {
  const report = readReport(file);
  const policy = options.policy === undefined ? undefined : readRecord(options.policy);
  const body = renderComment(report, policy, { run: runAddress(io.env), key: digestKeyOf(io.env) });
  await new Github(githubSettings(io.env)).comment(options.pullRequest, report.environment, body);
  return 0;
}

/** Writes an empty record when nothing was shown, for example after a push without a pull request. */
export async function reviewed(environment: string, options: ReviewedOptions, io: Io): Promise<number> {
  const shown = await new Github(githubSettings(io.env)).reviewed(options.commit, environment, digestKeyOf(io.env));
  const { digests, changes }: Shown = shown ?? { digests: {}, changes: {} };
  writeFileSync(options.to, JSON.stringify({ digests, changes }));
  io.stderr.write(
    shown === undefined
      ? 'reviewers of this commit were shown no plan\n'
      : `reviewers were shown ${Object.keys(digests).length} plans\n`,
  );
  return 0;
}

const shownSchema = z.object({
  digests: z.record(z.string(), z.string()),
  changes: z.record(z.string(), z.array(reviewedChange)).default({}),
});

const NOTHING: Shown = { digests: {}, changes: {} };

/** Sets the outputs `waiting`, `digest`, `changes` and `rest` when it stops at a plan that was not reviewed, which is not a failure. */
export async function apply(environment: string, options: ApplyOptions, io: Io): Promise<number> {
  const context = planContext(options.output, io);
  const outcome = await interruptible(
    (signal) =>
      applyEnvironment(listOf(options.stacks), {
        ...context,
        signal,
        reviewed:
          options.reviewed === undefined ? NOTHING : shownSchema.parse(JSON.parse(readFileSync(options.reviewed, 'utf8'))),
        approved: parseApproved(options, digestKeyOf(io.env)),
      }),
    context.progress,
  );
  summarise(describeOutcome(environment, outcome), io);
  if (outcome.kind === 'failed') return 1;
  const waiting = outcome.kind === 'waiting';
  setOutputs(
    {
      waiting: waiting ? outcome.plan.stack : '',
      digest: waiting ? outcome.plan.digest : '',
      changes: waiting ? encodeChanges(outcome.plan.changes) : '',
      rest: waiting ? outcome.rest.join(' ') : '',
    },
    io,
  );
  // An approval is for one plan; another one in its place needs a run with a new approval.
  return waiting && options.approved !== undefined ? 1 : 0;
}

function parseApproved({ approved, approvedChanges }: ApplyOptions, key: string | undefined): Shown {
  if (approved === undefined) return NOTHING;
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

export async function gate(name: string, options: GateOptions, io: Io): Promise<number> {
  const { reviewers, branches } = await new Github(githubSettings(io.env)).protection(name);
  if (options.reviewers ? reviewers : reviewers || branches) return 0;
  const wanted = options.reviewers ? 'required reviewers' : 'rule about branches or reviewers';
  io.stderr.write(
    `the GitHub environment ${name} has no ${wanted}: add it in the repository's settings, Environments (docs/ci.md)\n`,
  );
  return 1;
}

export async function driftIssue(folder: string, options: DriftOptions, io: Io): Promise<number> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
  const text = renderDrift(
    files.map((file) => readReport(join(folder, file))),
    options.run,
  );
  await new Github(githubSettings(io.env)).issue(DRIFT_LABEL, DRIFT_TITLE, text);
  io.stderr.write(text === undefined ? 'no drift\n' : 'drift found: see the issue\n');
  return 0;
}
