/** The steps that read and write at GitHub. Those with a token that may write run code of the default branch only. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { zoneStackName } from '../../config/names';
import { CHANGES_FILE } from './accept';
import { deployed } from './change-steps';
import { readChanges } from './changes-file';
import { renderComment } from './comment';
import { costLines } from './cost-line';
import { DRIFT_LABEL, DRIFT_TITLE, renderDrift } from './drift-issue';
import { checkGate, type GateQuestion } from './gate';
import { Github, githubSettings } from './github';
import { GithubClient } from './github-client';
import { leftoversSchema } from './leftovers';
import { setOutputs, summarise } from './outputs';
import { environmentOf, GONE_MARKER, outdated, renderGone, renderUnplanned } from './own-comments';
import { readRecord } from './record';
import { NOTHING_SHOWN, shownBy } from './reviewed';
import { environmentReport, type EnvironmentReport } from './stack-report';

export interface CommentsOptions {
  /** The newest commit of the pull request, which was planned. */
  readonly commit: string;
  /** The branch of the pull request. */
  readonly branch: string;
  /** Names of the environments that were to be planned. */
  readonly expected: string;
  /** The artifact of the workflow of the pull request. */
  readonly artifact: string;
  /** The URL of the run. */
  readonly run: string;
  /** The folder that gets the digests that were shown, a file for each environment. */
  readonly to: string;
}

/**
 * Writes a comment for each environment and one about removed stacks, and marks comments as outdated that the newest push leaves
 * behind. The digests that the deployment compares are written to files, not read from comments, which others can edit.
 */
export async function comments(folder: string, options: CommentsOptions, io: Io): Promise<number> {
  const settings = githubSettings(io.env);
  const github = new Github(settings);
  const [owner = ''] = settings.repository.split('/');
  const { commit, branch, run } = options;
  mkdirSync(options.to, { recursive: true });
  const number = await github.openPullRequest(branch, commit, owner);
  if (number === undefined) {
    io.stderr.write(`${commit} is not the newest commit of an open pull request: nothing to comment\n`);
    return 0;
  }
  const expected = namesIn(options.expected);
  const existing = await github.comments(number);
  const earlier = (environment: string) => existing.find((comment) => environmentOf(comment) === environment);
  const policy = readRecord(join(options.artifact, 'policy', 'policy.json'));
  const costLineOf = costLines(join(options.artifact, 'delivery', 'cost.json'));
  for (const environment of expected) {
    const report = reportOf(join(folder, `${environment}.json`), environment, commit);
    const cost = costLineOf(environment);
    const body = report === undefined ? renderUnplanned(environment, commit, run) : renderComment(report, policy, { run, cost });
    await github.comment(number, earlier(environment), body);
    writeFileSync(
      join(options.to, `${environment}.json`),
      JSON.stringify(report === undefined ? NOTHING_SHOWN : shownBy(report)),
    );
  }
  for (const { comment, body } of outdated(existing, expected, commit)) await github.comment(number, comment, body);
  const changes = join(options.artifact, CHANGES_FILE);
  const goneComment = existing.find(({ body }) => body.startsWith(GONE_MARKER));
  const gone = renderGone(existsSync(changes) ? readChanges(changes).gone : [], goneComment);
  if (gone !== undefined) await github.comment(number, goneComment, gone);
  return 0;
}

function reportOf(file: string, environment: string, commit: string): EnvironmentReport | undefined {
  if (!existsSync(file)) return undefined;
  const report = readJson(environmentReport, file);
  return report.environment === environment && report.commit === commit ? report : undefined;
}

function readJson<S extends z.ZodType>(schema: S, file: string): z.output<S> {
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new CommandError(`${file} has an unexpected content`, 2);
  return parsed.data;
}

export interface ReviewedOptions {
  readonly commit: string;
}

/** Sets the outputs `run` and `artifact`: where the digests are that reviewers of a commit were shown; empty when none were. */
export async function reviewed(options: ReviewedOptions, io: Io): Promise<number> {
  const github = new Github(githubSettings(io.env));
  const merged = await github.mergedPullRequest(options.commit);
  const run = merged && (await github.reviewedRun(merged.head));
  setOutputs({ run: run === undefined ? '' : String(run), artifact: merged === undefined ? '' : `reviewed-${merged.head}` }, io);
  io.stderr.write(
    run === undefined ? 'reviewers of this commit were shown no plan\n' : `reviewers saw the plans of run ${run}\n`,
  );
  return 0;
}

export interface GateOptions {
  readonly approval: GateQuestion['approval'];
  readonly protect: boolean;
}

export async function gate(environment: string, { approval, protect }: GateOptions, io: Io): Promise<number> {
  const settings = githubSettings(io.env);
  const own = new GithubClient(settings);
  const token = io.env.TERRACE_SETTINGS_TOKEN;
  const admin = token === undefined || token === '' ? own : new GithubClient({ ...settings, token });
  const exposedToken = io.env.TERRACE_EXPOSED_TOKEN === '' ? undefined : io.env.TERRACE_EXPOSED_TOKEN;
  const { refused, notes } = await checkGate({ environment, approval, isProtected: protect, exposedToken }, own, admin);
  for (const note of notes) io.stderr.write(`note: ${note}\n`);
  for (const problem of refused) io.stderr.write(`REFUSED: ${problem}\n`);
  if (refused.length === 0) return 0;
  summarise(
    [
      `## ${environment} is not deployed`,
      'GitHub lets others than reviewers deploy (docs/ci.md):',
      ...refused.map((line) => `- ${line}`),
    ].join('\n\n'),
    io,
  );
  return 1;
}

export interface ApprovalOptions {
  readonly commit: string;
}

/** Fails unless the person who started the workflow may approve plans of the environment. */
export async function approval(context: CommandContext, environment: string, options: ApprovalOptions): Promise<number> {
  const { io } = context;
  const { environments, zones } = await deployed(context);
  const found =
    environments.find(({ identity }) => identity.environment === environment)?.delivery ??
    zones.find(({ description }) => zoneStackName(description.zone) === environment)?.environments[0]?.delivery;
  if (found === undefined) throw new CommandError(`there is no environment ${environment}`);
  if (found.approval.kind !== 'dispatch')
    throw new CommandError(
      `${environment} is approved by the reviewers of ${environment}-approval: start \`deploy\` without stack and digest, or set delivery.approval.kind to 'dispatch'`,
    );
  const { approvers } = found.approval;
  const people = [io.env.GITHUB_ACTOR, io.env.GITHUB_TRIGGERING_ACTOR].filter((name) => name !== undefined);
  const stranger = people.find((person) => !approvers.some((one) => isSamePerson(one, person)));
  if (people.length === 0 || stranger !== undefined)
    throw new CommandError(`${stranger ?? 'nobody'} is not among the approvers of ${environment}: ${approvers.join(', ')}`);
  const author = (await new Github(githubSettings(io.env)).mergedPullRequest(options.commit))?.author;
  if (approvers.length > 1 && author !== undefined && people.some((person) => isSamePerson(person, author)))
    throw new CommandError(`${author} wrote the change and cannot approve it: another one of ${approvers.join(', ')} has to`);
  io.stderr.write(`approved by ${people[0] ?? ''}\n`);
  return 0;
}

/** GitHub's logins are the same in upper and lower case. */
const isSamePerson = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export interface DriftOptions {
  readonly run?: string;
  readonly expected: string;
  readonly stores: string;
}

/** The issue stays open as long as an environment was not looked at. */
export async function driftIssue(folder: string, options: DriftOptions, io: Io): Promise<number> {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.json'))
        .sort()
        .map((file) => join(folder, file))
    : [];
  const isLeftovers = (file: string): boolean => file.endsWith('.leftovers.json');
  const reports = files.filter((file) => !isLeftovers(file)).map((file) => readJson(environmentReport, file));
  const leftovers = files.filter(isLeftovers).map((file) => readJson(leftoversSchema, file));
  const missing = [
    ...namesIn(options.expected).filter((name) => !reports.some(({ environment }) => environment === name)),
    ...namesIn(options.stores)
      .filter((name) => !leftovers.some(({ store }) => store === name))
      .map((name) => `the states of ${name}`),
  ];
  const text = renderDrift({ reports, leftovers, missing, run: options.run });
  await new Github(githubSettings(io.env)).issue(DRIFT_LABEL, DRIFT_TITLE, text);
  io.stderr.write(text === undefined ? 'no drift\n' : 'drift found: see the issue\n');
  return 0;
}

/** Names separated by spaces. */
const namesIn = (text: string): readonly string[] => text.split(/\s+/).filter((name) => name !== '');
