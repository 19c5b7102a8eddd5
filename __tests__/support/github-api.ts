/** GitHub's API on loopback, with the answers of a test for the paths of one repository. */
import { Recorder } from './recorder';

export const REPOSITORY = 'acme/infrastructure';

export const BASE = `/repos/${REPOSITORY}`;

export const BOT = { login: 'github-actions[bot]' };

/** `<METHOD> <path below the repository, without query>` to the body, or to a status and a body. */
export type Routes = Readonly<Record<string, unknown>>;

export class GithubApi {
  private constructor(public readonly server: Recorder) {}

  public static async start(): Promise<GithubApi> {
    return new GithubApi(await Recorder.start());
  }

  /** GET is 404 without a route; a write is accepted. */
  public serve(routes: Routes): void {
    this.server.answer(({ method, path }) => {
      const route = `${method} ${path.slice(BASE.length).replace(/^\//, '').split('?')[0] ?? ''}`.trim();
      if (!(route in routes)) return method === 'GET' ? undefined : {};
      const answer = routes[route];
      return isStatus(answer) ? answer : { body: answer };
    });
  }

  public env(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    return { GITHUB_TOKEN: 'token', GITHUB_REPOSITORY: REPOSITORY, GITHUB_API_URL: this.server.url, ...more };
  }

  /** Method, path below the repository and body of each write. */
  public writes(): readonly { readonly route: string; readonly body: any }[] {
    return this.server.asked
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path, body }) => ({
        route: `${method} ${path.slice(BASE.length + 1)}`,
        body: JSON.parse(Buffer.from(body, 'latin1').toString('utf8')),
      }));
  }

  public stop(): void {
    this.server.stop();
  }
}

function isStatus(answer: unknown): answer is { readonly status: number; readonly body?: unknown } {
  return typeof answer === 'object' && answer !== null && 'status' in answer;
}
