/** How a secret in plain sight gives itself away: by its name, by its shape, or by what it refers to. Pure. */
import type { Variable } from './containers';

const SECRET_NAME = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ACCESS_?KEY|CREDENTIALS?)/i;

/** Names that speak of a secret without being one: where it is, how long it lasts, what it is made with. */
const ABOUT_A_SECRET =
  /(_ARN|_NAME|_PATH|_FILE|_PREFIX|_HEADER|_ISSUER|_AUDIENCE|_URL|_URI|_ENDPOINT|_REGION|_ALGORITHM|_TYPE|_ENABLED|_REQUIRED|_LENGTH|_LIMIT|_COUNT|_TTL|_LIFETIME|_EXPIR\w*|_AGE|_SECONDS|_MINUTES|_HOURS|_DAYS|_ID)$/i;

/** Numbers, switches and durations are settings. */
const SETTING = /^(|true|false|yes|no|none|-?\d+(\.\d+)?\s*(ms|s|m|h|d)?)$/i;

/** References whose value is a secret, whatever the variable is called. */
const SECRET_REFERENCE =
  /\$\{[^}]*(random_password\.|ephemeral\.|\.secret_string|\.secret_binary|\.master_password|\.auth_token|data\.aws_ssm_parameter\.[^}]*\.value|\.private_key(_pem)?\b)/;

/** Values that are credentials by their shape. Sources: the prefixes that AWS, GitHub, Slack and Stripe publish for scanners. */
const CREDENTIAL_SHAPES: readonly { readonly what: string; readonly shape: RegExp }[] = [
  { what: 'an AWS access key', shape: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a private key', shape: /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/ },
  { what: 'a GitHub token', shape: /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/ },
  { what: 'a Slack token', shape: /\bxox[abprs]-[A-Za-z0-9-]{10,}/ },
  { what: 'a Stripe key', shape: /\b[sr]k_live_[A-Za-z0-9]{16,}/ },
  { what: 'a password inside a URL', shape: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@${}<>"'\\]+:[^\s:/@${}<>"'\\]+@/i },
];

/** Whether a variable in plain sight is a secret. */
export function looksSecret({ name, value }: Variable): boolean {
  if (SECRET_REFERENCE.test(value) || credentialIn(value) !== undefined) return true;
  if (!SECRET_NAME.test(name) || ABOUT_A_SECRET.test(name) || SETTING.test(value)) return false;
  // A reference or an ARN says where the secret is.
  return !value.includes('${') && !value.startsWith('arn:');
}

/** What every one of them holds; most strings of a module hold none, and every synthesis asks for all. */
const MAYBE_CREDENTIAL = /AKIA|ASIA|PRIVATE KEY|gh[pousr]_|github_pat_|xox|_live_|:\/\/[^/]*@/;

/** What kind of credential a text holds. */
export function credentialIn(text: string): string | undefined {
  if (!MAYBE_CREDENTIAL.test(text)) return undefined;
  return CREDENTIAL_SHAPES.find(({ shape }) => shape.test(text))?.what;
}
