/** Recognises secrets by their name, their form, or what they refer to. Pure. */
import type { Variable } from './containers';

const SECRET_NAME = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ACCESS_?KEY|CREDENTIALS?)/i;

/** Names of settings about a secret: its location, its lifetime, its algorithm. */
const ABOUT_A_SECRET =
  /(_ARN|_NAME|_PATH|_FILE|_PREFIX|_HEADER|_ISSUER|_AUDIENCE|_URL|_URI|_ENDPOINT|_REGION|_ALGORITHM|_TYPE|_ENABLED|_REQUIRED|_LENGTH|_LIMIT|_COUNT|_TTL|_LIFETIME|_EXPIR\w*|_AGE|_SECONDS|_MINUTES|_HOURS|_DAYS|_ID)$/i;

/** Numbers, switches and durations are settings. */
const SETTING = /^(|true|false|yes|no|none|-?\d+(\.\d+)?\s*(ms|s|m|h|d)?)$/i;

/** References whose value is a secret, whatever the name of the variable. */
const SECRET_REFERENCE =
  /\$\{[^}]*(random_password\.|ephemeral\.|\.secret_string|\.secret_binary|\.master_password|\.auth_token|data\.aws_ssm_parameter\.[^}]*\.value|\.private_key(_pem)?\b)/;

/** Forms of credentials. Sources: the prefixes that AWS, GitHub, Slack and Stripe publish for scanners. */
const CREDENTIAL_SHAPES: readonly { readonly what: string; readonly shape: RegExp }[] = [
  { what: 'an AWS access key', shape: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a private key', shape: /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/ },
  { what: 'a GitHub token', shape: /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/ },
  { what: 'a Slack token', shape: /\bxox[abprs]-[A-Za-z0-9-]{10,}/ },
  { what: 'a Stripe key', shape: /\b[sr]k_live_[A-Za-z0-9]{16,}/ },
  { what: 'a password inside a URL', shape: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@${}<>"'\\]+:[^\s:/@${}<>"'\\]+@/i },
];

/** Whether a variable holds a secret in plain text. */
export function looksSecret({ name, value }: Variable): boolean {
  if (SECRET_REFERENCE.test(value) || credentialIn(value) !== undefined) return true;
  if (!SECRET_NAME.test(name) || ABOUT_A_SECRET.test(name) || SETTING.test(value)) return false;
  // A reference or an ARN is the location of the secret.
  return !value.includes('${') && !value.startsWith('arn:');
}

/** A fast test for all forms together: every synthesis tests every string, and few match. */
const MAYBE_CREDENTIAL = /AKIA|ASIA|PRIVATE KEY|gh[pousr]_|github_pat_|xox|_live_|:\/\/[^/]*@/;

/** The kind of credential in a text; undefined when there is none. */
export function credentialIn(text: string): string | undefined {
  if (!MAYBE_CREDENTIAL.test(text)) return undefined;
  return CREDENTIAL_SHAPES.find(({ shape }) => shape.test(text))?.what;
}
