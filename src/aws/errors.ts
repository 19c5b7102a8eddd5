/** What AWS and the network answer, as a sentence for people. */
import { CommandError, Unavailable } from '../cli/errors';
import { Interrupted, TimedOut } from './waiting';

/** What an error of a client has. All of it is optional: errors of the network have a `code`, those of AWS a `name` and a request. */
interface ClientError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Whether AWS answered with one of these errors, such as `ResourceNotFoundException`. */
export function isAwsError(error: unknown, ...names: readonly string[]): boolean {
  return names.includes((error as ClientError | undefined)?.name ?? '');
}

/** Whether the network failed rather than AWS: the same call may succeed later. */
export function isNetworkError(error: unknown): boolean {
  const { code = '', name = '' } = (error ?? {}) as ClientError;
  return NETWORK.has(code) || name === 'TimeoutError';
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError']);

/** Errors that are for people already, and those that a caller tells apart. */
const KNOWN = [CommandError, Unavailable, Interrupted, TimedOut];

/**
 * The error to end a command with. An error that is for people already is returned as it is, and so is the end of a wait.
 * @param doing what was tried, as in `reading the image parameter`
 */
export function explainAws(error: unknown, doing: string): Error {
  if (error instanceof Error && KNOWN.some((kind) => error instanceof kind)) return error;
  const { name = '', message = String(error), $metadata: answer } = (error ?? {}) as ClientError;
  if (NO_CREDENTIALS.has(name))
    return new Unavailable(`there are no credentials for AWS (${doing})\n  fix   aws sso login, or set AWS_PROFILE`);
  if (EXPIRED.has(name))
    return new Unavailable(
      `the credentials for AWS are not valid any more (${doing}): ${message}\n  fix   log in again, for example with aws sso login`,
    );
  if (isNetworkError(error)) return new CommandError(`${doing}: AWS cannot be reached: ${message}`);
  if (DENIED.has(name)) return new CommandError(`${doing}: AWS refuses it: ${message}`);
  const request = answer?.requestId === undefined ? '' : ` (request ${answer.requestId})`;
  return new CommandError(`${doing}: ${name === '' || name === 'Error' ? '' : `${name}: `}${message}${request}`);
}

/** Does a call, and explains its error. @throws CommandError or Unavailable */
export async function explained<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explainAws(error, doing);
  }
}
