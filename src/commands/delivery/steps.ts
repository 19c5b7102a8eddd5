/** The steps behind `npm run delivery`: each reads what the one before wrote, and ends with an exit code. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../../cli/command-error';
import type { Io } from '../../cli/io';
import { loadEnvironments, type EnvironmentFiles } from '../../synthesis/load';
import { selectNames } from '../../cli/select';
import { applyEnvironment, type ApplyOutcome } from './apply-environment';
import { changesBetween } from './changed';
import { renderComment } from './comment';
import { DRIFT_LABEL, DRIFT_TITLE, renderDrift } from './drift-issue';
import { Github, githubSettings } from './github';
import { matrixOf, parseRoles, ROLES_VARIABLE } from './matrix';
import { setOutputs, summarise } from './outputs';
import { isSound, planEnvironment } from './plan-environment';
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

/** Environments that run on AWS; those on a developer's machine are nobody's deployment. */
async function deployed(files: EnvironmentFiles, patterns: readonly string[]) {
  const { environments, refused } = await loadEnvironments(files, selectNames(Object.keys(files), patterns));
  if (refused.length > 0) throw new CommandError(refused.map(({ report }) => report).join('\n'));
  return environments;
}

/** Sets the outputs `matrix` and `any`, and tells what is left to people. */
export async function changed(
  files: EnvironmentFiles,
  patterns: readonly string[],
  options: ChangedOptions,
  io: Io,
): Promise<number> {
  const changes = changesBetween({
    before: options.before,
    after: options.output,
    environments: await deployed(files, patterns),
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
      (stack) => `- ${stack} is gone from the code: what it made stays until a person destroys it (docs/deploy.md)`,
    ),
  ];
  if (notes.length > 0) summarise(notes.join('\n'), io);
  return 0;
}

/** Fails when a stack cannot be planned or the guard refuses it; not for one that is planned later. */
export async function plan(environment: string, options: PlanOptions, io: Io): Promise<number> {
  const report = await planEnvironment({
    environment,
    stacks: listOf(options.stacks),
    commit: options.commit,
    output: options.output,
    env: io.env,
    tell: (text) => io.stderr.write(`${text}\n`),
  });
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, JSON.stringify(report, null, 2));
  return isSound(report) ? 0 : 1;
}

const listOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((id) => id !== '');

function readReport(file: string): EnvironmentReport {
  const parsed = environmentReport.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new CommandError(`${file} is not what \`delivery plan\` writes`, 2);
  return parsed.data;
}

export async function comment(file: string, options: CommentOptions, io: Io): Promise<number> {
  const report = readReport(file);
  const body = renderComment(report, options.policy === undefined ? undefined : readRecord(options.policy));
  await new Github(githubSettings(io.env)).comment(options.pullRequest, report.environment, body);
  return 0;
}

/** Writes an empty list when nothing was shown, for example after a push without a pull request. */
export async function reviewed(environment: string, options: ReviewedOptions, io: Io): Promise<number> {
  const shown = await new Github(githubSettings(io.env)).reviewed(options.commit, environment);
  writeFileSync(options.to, JSON.stringify(shown?.digests ?? {}));
  io.stderr.write(
    shown === undefined
      ? 'no plan was shown to reviewers of this commit\n'
      : `${Object.keys(shown.digests).length} plans were shown to reviewers\n`,
  );
  return 0;
}

const digests = z.record(z.string(), z.string());

/** Sets the outputs `waiting`, `digest` and `rest` when it stops at a plan that nobody has looked at; that is no failure. */
export async function apply(environment: string, options: ApplyOptions, io: Io): Promise<number> {
  const outcome = await applyEnvironment({
    stacks: listOf(options.stacks),
    output: options.output,
    env: io.env,
    tell: (text) => io.stderr.write(`${text}\n`),
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
  // Somebody approved one plan, and now another one is in the way: that is for a run of its own.
  return waiting && options.approved !== undefined ? 1 : 0;
}

function parseApproved(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const [, stack, digest] = /^([a-z0-9-]+)=([0-9a-f]{64})$/.exec(text) ?? [];
  if (stack === undefined || digest === undefined) throw new CommandError('--approved is <stack>=<digest>', 2);
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
  const wanted = options.reviewers ? 'required reviewers' : 'a rule about branches or reviewers';
  io.stderr.write(
    `the GitHub environment ${name} has no ${wanted}: set it in the repository's settings, Environments (docs/ci.md)\n`,
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
  io.stderr.write(text === undefined ? 'nothing differs\n' : 'something differs: see the issue\n');
  return 0;
}
