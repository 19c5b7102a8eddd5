/** Requests to the API of HCP Terraform, repeated when it is busy or unavailable. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../../cli/errors';

/** A request that failed, a run that did not get through, or an interruption: reported for its stack. */
export class CloudProblem extends CommandError {
  constructor(
    message: string,
    /** The status of the response, where there was one. */
    public readonly status?: number,
  ) {
    super(message);
    this.name = 'CloudProblem';
  }
}

/** Without a permission the API answers that there is nothing. */
export function isRefused(error: unknown): error is CloudProblem {
  return error instanceof CloudProblem && [401, 403, 404].includes(error.status ?? 0);
}

/** The token is in a header of requests to this host only. */
export interface CloudConnection {
  readonly hostname: string;
  readonly token: string;
  /** Ends waiting when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The secret of the GitHub environment: a team token. */
export const CLOUD_TOKEN = 'TF_API_TOKEN';

/** @throws CommandError without a token */
export function cloudTokenOf(env: Readonly<Record<string, string | undefined>>): string {
  const token = env[CLOUD_TOKEN];
  if (token === undefined || token === '')
    throw new CommandError(`${CLOUD_TOKEN} is not set: it is a team token of HCP Terraform (docs/terraform-cloud.md)`, 2);
  return token;
}

/** Milliseconds between two looks at what is being prepared. */
export const LOOK_EVERY = 3_000;

/** Milliseconds for a configuration or a plan to be processed, or for a run to become one that can be discarded. */
export const LONGEST_PREPARATION = 60_000;

/** Attempts at one request. */
const ATTEMPTS = 6;

/** Milliseconds before the second attempt, doubled before each later one. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** Milliseconds until a request without an answer counts as failed. */
const REQUEST_LIMIT = 60_000;

interface RequestOptions {
  readonly body?: unknown;
  /** Whether a request may have been carried out although it failed, and must not be carried out twice. */
  readonly once?: boolean;
}

export class CloudApi {
  constructor(private readonly connection: CloudConnection) {}

  /** The `data` of a JSON API document. @throws CloudProblem when it is refused or unavailable */
  public async json(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const document: unknown = await (await this.send(method, path, options)).json();
    return (document as { readonly data?: unknown }).data;
  }

  /** @throws CloudProblem when it is refused or unavailable */
  public async send(method: string, path: string, { body, once = false }: RequestOptions = {}): Promise<Response> {
    const { hostname, token } = this.connection;
    return this.repeated(`${method} ${path.split('?')[0] ?? path}`, once, () =>
      fetch(`https://${hostname}/api/v2/${path}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/vnd.api+json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        // A redirect leads to a signed address elsewhere, which must not get the token.
        redirect: 'manual',
        signal: AbortSignal.timeout(REQUEST_LIMIT),
      }),
    );
  }

  /** Reads from, or uploads to, an address that is signed: it gets no token. */
  public async signed(address: string, upload?: Uint8Array<ArrayBuffer>): Promise<Response> {
    return this.repeated(upload === undefined ? 'a download' : 'an upload', false, () =>
      fetch(address, {
        method: upload === undefined ? 'GET' : 'PUT',
        headers: upload === undefined ? {} : { 'Content-Type': 'application/octet-stream' },
        body: upload,
        signal: AbortSignal.timeout(REQUEST_LIMIT),
      }),
    );
  }

  /** @throws CloudProblem when it is interrupted */
  public async pause(milliseconds: number): Promise<void> {
    const { signal } = this.connection;
    const interrupted = new CloudProblem('interrupted');
    if (signal?.aborted === true) throw interrupted;
    await sleep(milliseconds, undefined, { signal }).catch(() => {
      throw interrupted;
    });
  }

  private async repeated(what: string, once: boolean, request: () => Promise<Response>): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await request().catch((error: unknown) => describe(error));
      if (typeof outcome !== 'string' && (outcome.ok || (outcome.status >= 300 && outcome.status < 400))) return outcome;
      const isBusy = typeof outcome !== 'string' && outcome.status === 429;
      const isUnavailable = typeof outcome === 'string' || outcome.status >= 500;
      // A request that was turned away for the rate limit was not carried out.
      if (attempt === ATTEMPTS || !(isBusy || (isUnavailable && !once))) throw await problemOf(what, outcome);
      await this.pause(typeof outcome === 'string' ? backOff(attempt) : pauseOf(outcome, attempt));
    }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** `Retry-After` is in seconds; HCP Terraform also sends `X-RateLimit-Reset`, the seconds until the next request is allowed. */
function pauseOf(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('retry-after') ?? response.headers.get('x-ratelimit-reset') ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, LONGEST_PAUSE) : backOff(attempt);
}

const backOff = (attempt: number): number => Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);

async function problemOf(what: string, outcome: Response | string): Promise<CloudProblem> {
  if (typeof outcome === 'string') return new CloudProblem(`HCP Terraform did not answer ${what}: ${outcome}`);
  const text = (await outcome.text().catch(() => '')).slice(0, 300);
  const reason = text === '' ? '' : `: ${text}`;
  return new CloudProblem(`HCP Terraform answered ${outcome.status} to ${what}${reason}`, outcome.status);
}
