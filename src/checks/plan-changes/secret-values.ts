/**
 * What counts as a secret although Terraform does not mark it: by the name of the attribute or variable, and by the shape of
 * the value. Data for the masking of plans.
 */

/** Replaces a secret in anything that is shown or hashed. */
export const MASK = '(masked)';

/** The last word of an attribute's name. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'tokens',
  'credential',
  'credentials',
]);

/** The last two words of an attribute's name. */
const SECRET_PAIRS: ReadonlySet<string> = new Set([
  'access key',
  'api key',
  'auth key',
  'client secret',
  'connection string',
  'encryption key',
  'master key',
  'private key',
  'secret binary',
  'secret key',
  'secret string',
  'shared key',
  'signing key',
]);

/** Attributes that hold secrets under other names, by type; `*` is any attribute in it. */
const SECRET_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  kubernetes_secret: ['data', 'binary_data', 'string_data'],
  kubernetes_secret_v1: ['data', 'binary_data', 'string_data'],
  random_password: ['result', 'bcrypt_hash'],
  aws_iam_access_key: ['ses_smtp_password_v4', 'secret'],
  aws_ssm_parameter: ['value', 'insecure_value'],
  helm_release: ['set_sensitive'],
};

/** Blocks of name and value whose value is a secret whatever its name: an origin checks it to recognise its CDN. */
const SECRET_PAIR_BLOCKS: ReadonlySet<string> = new Set(['custom_header', 'custom_headers', 'set_sensitive']);

/** Names that sound like secrets and are settings. */
const SETTINGS: ReadonlySet<string> = new Set(['http_tokens', 'httpTokens', 'HttpTokens', 'password_encryption']);

/** Anywhere in the name of a variable. */
const SECRET_VARIABLE =
  /pass(word|wd|phrase)?([_-]|\d|$)|passw|pwd|secret|token|credential|(private|api|access|signing|encryption|master|auth|session|service)[_-]?key/i;

/** Names that are as often those of other values. */
const PERHAPS_SECRET = /(^|[_-])(jwt|dsn|auth|key|salt|pepper|cookie)([_-]?\d+)?$/i;

/** Names of variables that point to a secret, or say something about it. */
const ABOUT_A_SECRET =
  /[_-](arn|name|id|path|file|dir|ttl|expiry|expires|seconds|minutes|hours|days|length|issuer|audience|algorithm|alg|header|type|user|username|host|port|region|enabled|count|limit|version|prefix|strategy|encryption|url_path)$/i;

const words = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && word !== 'wo');

/** Whether an attribute of this name holds a secret: `password`, `auth_token`, `private_key_wo`; not `secret_arn`. */
export function isSecretName(name: string): boolean {
  if (SETTINGS.has(name)) return false;
  const [last = '', before = ''] = [...words(name)].reverse();
  return SECRET_WORDS.has(last) || SECRET_PAIRS.has(`${before} ${last}`);
}

/** Whether a variable of a container, a function or a build holds a secret: `DB_PASS`, `STRIPE_TOKEN_2`, `SENTRY_DSN`. */
export function isSecretVariable(name: string): boolean {
  if (SETTINGS.has(name) || ABOUT_A_SECRET.test(name)) return false;
  return /^(proxy-)?authorization$/i.test(name) || SECRET_VARIABLE.test(name) || PERHAPS_SECRET.test(name) || isSecretName(name);
}

export function isSecretAttribute(type: string, name: string): boolean {
  return SECRET_ATTRIBUTES[type]?.includes(name) === true;
}

export function isSecretPairBlock(name: string): boolean {
  return SECRET_PAIR_BLOCKS.has(name);
}

/** An ARN, a reference or a path into an event names a secret and is none. */
export function isReference(value: string): boolean {
  return /^arn:aws[a-z-]*:[^\s]*$/.test(value) || /^\$\{[^}]*\}$/.test(value) || /^\$\.[\w.[\]*-]+$/.test(value);
}

/** Secrets by shape, wherever they are in a text. Sources: the providers' documentation of their token formats. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}\b/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\b(sk|rk|pk)_(live|test)_[A-Za-z0-9]{8,}\b/g,
  /\bwhsec_[A-Za-z0-9+/=]{8,}/g,
  /\bsk-(proj-|ant-)?[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{8,}/g,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{30,}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /\bhooks\.slack\.com\/services\/[A-Za-z0-9/]+/g,
  /\bdiscord(?:app)?\.com\/api\/webhooks\/[A-Za-z0-9/_-]+/g,
  /(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{30,}/g,
  /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/g,
];

/** A part of a text that is a secret by what precedes it; the first group stays. */
const AFTER: readonly RegExp[] = [
  // The password of a URL.
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)(?!\$\{)[^\s"'<>]+(?=@)/gi,
  // A token instead of a user.
  /(\bhttps?:\/\/)(?!\$\{)[^\s:@/"'?#]{8,}(?=@)/gi,
  /(\bcurl\b[^|;&\n]*?\s(?:-u|--user)[= ]["']?[^\s:"']+:)(?!\$)[^\s"']+/gi,
  /(<(?:password|passwd|secret|token|api-?key)>)[^<$]+(?=<)/gi,
  /(\bpassword\s+')[^'$]+(?=')/gi,
  /(["'][\w.-]*(?:password|passwd|secret|token|api_?key)["']\s*:\s*["'])(?!\$)[^"'\n]+/gi,
  // Assignments inside a line of a script.
  /((?:^|[\s;&|'"(])(?:export\s+)?[A-Za-z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY)=["']?)(?![$"'\s])[^\s"';&|]+/g,
  /(\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)(?!\$)[^\s"']+/gi,
  /([?&](?:token|access_token|key|api_key|secret|sig|signature|password)=)(?!\$\{)[^&\s"']+/gi,
  /(--?[a-z-]*(?:password|passwd|secret|token|api-key)[= ]["']?)(?![-$"'\s])[^\s"']+/gi,
  /(\b(?:password|passwd|pwd)\s*=\s*["']?)(?![-$"'\s{])[^\s"';&]+/gi,
];

/** `NAME=value` or `name: value` on one line, as in scripts, `.env` files and YAML. `secretsmanager:*` is an action of IAM. */
const ASSIGNMENT = /^(\s*(?:-\s+)?(?:export\s+|Environment=)?["']?)([A-Za-z_][A-Za-z0-9_.-]*)(["']?(?:\s*=\s*|:\s+))(\S.*)$/;

/** A value that is no word, file or path. */
const RANDOM = /^["']?(?=[^"']*\d)[A-Za-z0-9+/=_-]{12,}["']?[,;]?$/;

/** A text without what has the shape of a secret. */
export function withoutShapes(text: string): string {
  return SHAPES.reduce((masked, shape) => masked.replace(shape, MASK), text);
}

/** A text without the secrets in it: by their shape, by what precedes them, by the name they are assigned to. */
export function withoutSecrets(text: string): string {
  if (text.length < 4) return text;
  let masked = withoutShapes(text);
  for (const shape of AFTER) masked = masked.replace(shape, `$1${MASK}`);
  if (!/[=:]/.test(masked)) return masked;
  return masked
    .split('\n')
    .map((line) => {
      const [, indent = '', name = '', sign = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
      // A value that the host or Terraform fills in is not in the text.
      const isFilledIn = /^["']?(\$|\{\{|<|[|>][-+]?$)/.test(value) || isReference(value.replace(/^["']|["'],?$/g, ''));
      if (isFilledIn || !isSecretVariable(name)) return line;
      const isOnlyPerhaps = !SECRET_VARIABLE.test(name) && PERHAPS_SECRET.test(name);
      return isOnlyPerhaps && !RANDOM.test(value) ? line : `${indent}${name}${sign}${MASK}`;
    })
    .join('\n');
}
