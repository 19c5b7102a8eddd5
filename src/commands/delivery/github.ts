/** What delivery reads and writes at GitHub: comments, the pull request of a commit, the plans of its reviewers, one issue. */
import { z } from 'zod';
import { GithubClient, PAGE, type GithubSettings } from './github-client';

export { githubSettings, type GithubSettings } from './github-client';

/** The author of comments that are written with a workflow's token. */
const BOT = 'github-actions[bot]';

const comments = z.array(
  z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() }),
);
const pulls = z.array(
  z.object({
    number: z.number(),
    merged_at: z.string().nullish(),
    head: z.object({ sha: z.string() }),
    user: z.object({ login: z.string() }).nullish(),
  }),
);
const issues = z.array(z.object({ number: z.number(), title: z.string(), pull_request: z.unknown().optional() }));
const artifacts = z.object({
  artifacts: z.array(z.object({ name: z.string(), expired: z.boolean(), workflow_run: z.object({ id: z.number() }).nullish() })),
});
const workflowRun = z.object({ event: z.string(), path: z.string(), head_branch: z.string().nullish() });
const repository = z.object({ default_branch: z.string() });

/** A comment of the workflows. */
export interface OwnComment {
  readonly id: number;
  readonly body: string;
}

/** The workflow whose plans reviewers see. */
export const PLAN_WORKFLOW = '.github/workflows/plan.yml';

/** The artifact with the digests of the plans for a commit of a pull request. */
export const reviewedArtifact = (commit: string): string => `reviewed-${commit}`;

export class Github {
  private readonly client: GithubClient;

  constructor(settings: GithubSettings) {
    this.client = new GithubClient(settings);
  }

  /** The number of the open pull request whose newest commit this is; undefined when it was pushed to, or closed, since. */
  public async openPullRequest(branch: string, commit: string, owner: string): Promise<number | undefined> {
    const head = encodeURIComponent(`${owner}:${branch}`);
    const open = pulls.parse(await this.client.send('GET', `pulls?state=open&head=${head}&per_page=${PAGE}`));
    return open.find(({ head: { sha } }) => sha === commit)?.number;
  }

  /** Comments of the bot on a pull request: anyone can write one with the same text. */
  public async comments(pullRequest: number): Promise<readonly OwnComment[]> {
    const found: OwnComment[] = [];
    for (let page = 1; ; page += 1) {
      const next = comments.parse(await this.client.send('GET', `issues/${pullRequest}/comments?per_page=${PAGE}&page=${page}`));
      found.push(...next.filter(({ user }) => user?.login === BOT).map(({ id, body }) => ({ id, body: body ?? '' })));
      if (next.length < PAGE) return found;
    }
  }

  /** Writes a comment, in place of an earlier one where there is one. */
  public async comment(pullRequest: number, earlier: OwnComment | undefined, body: string): Promise<void> {
    if (earlier?.body === body) return;
    if (earlier === undefined) await this.client.send('POST', `issues/${pullRequest}/comments`, { body });
    else await this.client.send('PATCH', `issues/comments/${earlier.id}`, { body });
  }

  /** The merged pull request of a commit on the default branch. */
  public async mergedPullRequest(
    commit: string,
  ): Promise<{ readonly head: string; readonly author: string | undefined } | undefined> {
    const merged = pulls
      .parse(await this.client.send('GET', `commits/${commit}/pulls`))
      .find(({ merged_at: at }) => at !== null && at !== undefined);
    return merged && { head: merged.head.sha, author: merged.user?.login };
  }

  /**
   * The run whose artifact has the digests of the plans for a commit. Any workflow of any branch can upload an artifact with this
   * name and write comments as the bot; only the workflow `plan` of the default branch is started by `workflow_run`.
   * @returns undefined when reviewers were shown no plan of it
   */
  public async reviewedRun(commit: string): Promise<number | undefined> {
    const name = reviewedArtifact(commit);
    const found = artifacts.parse(await this.client.send('GET', `actions/artifacts?name=${name}&per_page=${PAGE}`)).artifacts;
    const runs = found.flatMap(({ expired, workflow_run: run }) =>
      expired || run === null || run === undefined ? [] : [run.id],
    );
    if (runs.length === 0) return undefined;
    const branch = await this.defaultBranch();
    // The newest first: a repeated run replaces what the earlier one showed.
    for (const id of [...runs].sort((one, other) => other - one)) {
      const { event, path, head_branch: at } = workflowRun.parse(await this.client.send('GET', `actions/runs/${id}`));
      if (event === 'workflow_run' && path.split('@')[0] === PLAN_WORKFLOW && at === branch) return id;
    }
    return undefined;
  }

  public async defaultBranch(): Promise<string> {
    return repository.parse(await this.client.send('GET', '')).default_branch;
  }

  /** Keeps one open issue with this label: opens, updates or, without a body, closes it. */
  public async issue(label: string, title: string, body: string | undefined): Promise<void> {
    const open = issues
      .parse(await this.client.send('GET', `issues?state=open&labels=${encodeURIComponent(label)}&per_page=${PAGE}`))
      .find(({ pull_request: isPull }) => isPull === undefined);
    if (body !== undefined && open === undefined) await this.client.send('POST', 'issues', { title, body, labels: [label] });
    if (body !== undefined && open !== undefined) await this.client.send('PATCH', `issues/${open.number}`, { title, body });
    if (body === undefined && open !== undefined)
      await this.client.send('PATCH', `issues/${open.number}`, { state: 'closed', state_reason: 'completed' });
  }
}
