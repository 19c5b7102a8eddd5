/** The part of GitHub's REST API that delivery uses: comments, the pull request of a commit, one issue, protection rules. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { markerOf, readReviewed } from './comment';
import type { Reviewed } from './reviewed';

/** The repository of a workflow; GitHub sets everything except the token. */
export interface GithubSettings {
  /** `https://api.github.com` */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

/** The author of comments that are written with a workflow's token. */
const BOT = 'github-actions[bot]';

const PAGE = 100;

const comments = z.array(
  z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() }),
);
const pulls = z.array(z.object({ number: z.number(), merged_at: z.string().nullish(), head: z.object({ sha: z.string() }) }));
const issues = z.array(z.object({ number: z.number(), title: z.string(), pull_request: z.unknown().optional() }));
const deploymentEnvironment = z.object({
  protection_rules: z.array(z.object({ type: z.string() })).default([]),
  deployment_branch_policy: z.unknown().nullish(),
});

/** @throws CommandError outside of a workflow */
export function githubSettings(env: Readonly<Record<string, string | undefined>>): GithubSettings {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL: api = 'https://api.github.com' } = env;
  if (token === undefined || repository === undefined) {
    throw new CommandError('GITHUB_TOKEN and GITHUB_REPOSITORY are not set: this command runs in a GitHub workflow', 2);
  }
  return { api, repository, token };
}

export class Github {
  constructor(private readonly settings: GithubSettings) {}

  /** Writes the environment's comment, replacing an earlier one. */
  public async comment(pullRequest: number, environment: string, body: string): Promise<void> {
    const earlier = (await this.commentsOf(pullRequest)).find((comment) => comment.body?.startsWith(markerOf(environment)));
    if (earlier === undefined) await this.send('POST', `issues/${pullRequest}/comments`, { body });
    else await this.send('PATCH', `issues/comments/${earlier.id}`, { body });
  }

  /**
   * What reviewers were shown before the commit was merged. A comment for an earlier push does not count: the merged
   * plan was not in it.
   * @param key the secret that digests are computed with
   * @returns undefined when they were shown nothing
   */
  public async reviewed(commit: string, environment: string, key?: string): Promise<Reviewed | undefined> {
    const merged = pulls
      .parse(await this.send('GET', `commits/${commit}/pulls`))
      .filter(({ merged_at: at }) => at !== null && at !== undefined);
    for (const { number, head } of merged) {
      const shown = (await this.commentsOf(number))
        .map(({ body }) => readReviewed(environment, body ?? '', key))
        .find((found) => found !== undefined);
      if (shown?.commit === head.sha) return shown;
    }
    return undefined;
  }

  /** Keeps one open issue with this label: opens, updates or, without a body, closes it. */
  public async issue(label: string, title: string, body: string | undefined): Promise<void> {
    const open = issues
      .parse(await this.send('GET', `issues?state=open&labels=${encodeURIComponent(label)}&per_page=${PAGE}`))
      .find(({ pull_request: isPull }) => isPull === undefined);
    if (body !== undefined && open === undefined) await this.send('POST', 'issues', { title, body, labels: [label] });
    if (body !== undefined && open !== undefined) await this.send('PATCH', `issues/${open.number}`, { title, body });
    if (body === undefined && open !== undefined)
      await this.send('PATCH', `issues/${open.number}`, { state: 'closed', state_reason: 'completed' });
  }

  /**
   * The protection of a deployment environment. GitHub creates a missing one, without rules, for the first job that names
   * it, so this is checked before.
   */
  public async protection(name: string): Promise<{ readonly reviewers: boolean; readonly branches: boolean }> {
    const { protection_rules: rules, deployment_branch_policy: branches } = deploymentEnvironment.parse(
      (await this.send('GET', `environments/${encodeURIComponent(name)}`, undefined, { orUndefined: true })) ?? {},
    );
    return {
      reviewers: rules.some(({ type }) => type === 'required_reviewers'),
      branches: branches !== null && branches !== undefined,
    };
  }

  /** Only comments of the bot: anybody can write one with the same text. */
  private async commentsOf(pullRequest: number): Promise<z.output<typeof comments>> {
    const found: z.output<typeof comments> = [];
    for (let page = 1; ; page += 1) {
      const next = comments.parse(await this.send('GET', `issues/${pullRequest}/comments?per_page=${PAGE}&page=${page}`));
      found.push(...next.filter(({ user }) => user?.login === BOT));
      if (next.length < PAGE) return found;
    }
  }

  private async send(method: string, path: string, body?: unknown, { orUndefined = false } = {}): Promise<unknown> {
    const { api, repository, token } = this.settings;
    const response = await fetch(`${api}/repos/${repository}/${path}`, {
      method,
      headers: { Accept: 'application/vnd.github+json', Authorization: `Bearer ${token}`, 'X-GitHub-Api-Version': '2022-11-28' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.status === 404 && orUndefined) return undefined;
    if (!response.ok)
      throw new CommandError(
        `GitHub answered ${response.status} to ${method} ${path.split('?')[0] ?? path}: ${(await response.text()).slice(0, 300)}`,
      );
    return response.json();
  }
}
