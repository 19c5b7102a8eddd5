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
import { applyEnvironment, type ApplyOutcome } from './apply';
import { changesBetween } from './changed';
import { renderComment } from './comment';
import { costLine } from './cost-line';
import { DRIFT_LABEL, DRIFT_TITLE, renderDrift } from './drift-issue';
import { Github, githubSettings } from './github';
import { matrixOf, parseRoles, ROLES_VARIABLE } from './matrix';
import { setOutputs, summarise } from './outputs';
import { isSound, planEnvironment, type PlanContext } from './plan';
import { readRecord } from './record';
import { environmentReport, type EnvironmentReport } from './stack-report';

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
  readonly cost?: string;
}

export interface ReviewedOptions {
  readonly commit: string;
  readonly to: string;
}

export interface ApplyOptions {
  readonly stacks: string;
  readonly reviewed?: string;
  readonly approved?: string;
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

function readReport(file: string): EnvironmentReport {
  const parsed = environmentReport.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new CommandError(`${file} is not a report of \`delivery plan\``, 2);
  return parsed.data;
}

export async function comment(file: string, options: CommentOptions, io: Io): Promise<number> {
  const report = readReport(file);
  const policy = options.policy === undefined ? undefined : readRecord(options.policy);
  const body = renderComment(report, policy, costLine(options.cost, report.environment));
  await new Github(githubSettings(io.env)).comment(options.pullRequest, report.environment, body);
  return 0;
}

/** Writes an empty record when nothing was shown, for example after a push without a pull request. */
export async function reviewed(environment: string, options: ReviewedOptions, io: Io): Promise<number> {
  const shown = await new Github(githubSettings(io.env)).reviewed(options.commit, environment);
  writeFileSync(options.to, JSON.stringify(shown?.digests ?? {}));
  io.stderr.write(
    shown === undefined
      ? 'reviewers of this commit were shown no plan\n'
      : `reviewers were shown ${Object.keys(shown.digests).length} plans\n`,
  );
  return 0;
}

const digests = z.record(z.string(), z.string());

/** Sets the outputs `waiting`, `digest` and `rest` when it stops at a plan that was not reviewed, which is not a failure. */
export async function apply(environment: string, options: ApplyOptions, io: Io): Promise<number> {
  const outcome = await applyEnvironment(listOf(options.stacks), {
    ...planContext(options.output, io),
    reviewed: options.reviewed === undefined ? {} : digests.parse(JSON.parse(readFileSync(options.reviewed, 'utf8'))),
    approved: parseApproved(options.approved),
  });
  summarise(describeOutcome(environment, outcome), io);
  if (outcome.kind === 'failed') return 1;
  const waiting = outcome.kind === 'waiting';
  setOutputs(
    {
      waiting: waiting ? outcome.plan.stack : '',
      digest: waiting ? outcome.plan.digest : '',
      rest: waiting ? outcome.rest.join(' ') : '',
    },
    io,
  );
  // An approval is for one plan; another one in its place needs a run with a new approval.
  return waiting && options.approved !== undefined ? 1 : 0;
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
