/** Requests to GitHub's REST API, for one repository, with a workflow's token. */
import { CommandError } from '../../cli/errors';

/** The repository of a workflow; GitHub sets everything except the token. */
export interface GithubSettings {
  /** `https://api.github.com` */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws CommandError outside of a workflow */
export function githubSettings(env: Variables): GithubSettings {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL: api = 'https://api.github.com' } = env;
  if (token === undefined || repository === undefined) {
    throw new CommandError('GITHUB_TOKEN and GITHUB_REPOSITORY are not set: this command runs in a GitHub workflow', 2);
  }
  return { api, repository, token };
}

/** Entries of a page, the most that GitHub returns. */
export const PAGE = 100;

export class GithubClient {
  constructor(private readonly settings: GithubSettings) {}

  /** @throws CommandError when GitHub refuses */
  public async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.request(method, path, body);
    if (response.ok) return response.json();
    throw new CommandError(
      `GitHub answered ${response.status} to ${method} ${path.split('?')[0] ?? path}: ${(await response.text()).slice(0, 300)}`,
    );
  }

  /** Undefined where there is nothing, or where the token may not read it when `forbidden` is given. */
  public async find(path: string, { forbidden = false } = {}): Promise<unknown> {
    const response = await this.request('GET', path);
    if (response.status === 404 || (forbidden && response.status === 403)) return undefined;
    if (response.ok) return response.json();
    throw new CommandError(`GitHub answered ${response.status} to GET ${path.split('?')[0] ?? path}`);
  }

  private request(method: string, path: string, body?: unknown): Promise<Response> {
    const { api, repository, token } = this.settings;
    return fetch(path === '' ? `${api}/repos/${repository}` : `${api}/repos/${repository}/${path}`, {
      method,
      headers: { Accept: 'application/vnd.github+json', Authorization: `Bearer ${token}`, 'X-GitHub-Api-Version': '2022-11-28' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }
}
