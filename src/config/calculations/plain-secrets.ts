/** Recognises secrets in plain text: by the form of a value, and by the name that it is given. Pure. */

/** A text of an environment file that looks secret, and is accepted where it is. */
export interface AcceptedText {
  /** The last part of its path: of a variable, its name. */
  readonly name: string;
  readonly text: string;
}

/**
 * Forms of credentials. Sources: the prefixes that their issuers publish for scanners (docs.github.com, "Supported secret scanning
 * patterns"; AWS IAM user guide, "Unique identifiers"). A value with the form of a reference, such as `$PASSWORD`, is none.
 */
const SHAPES: readonly { readonly what: string; readonly shape: RegExp }[] = [
  { what: 'a private key', shape: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { what: 'an AWS access key', shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a GitHub token', shape: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/ },
  { what: 'a GitLab token', shape: /\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}/ },
  { what: 'a Slack token', shape: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/ },
  { what: 'a Slack webhook', shape: /\bhooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/]{20,}/ },
  { what: 'a Stripe key', shape: /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,})/ },
  { what: 'an npm token', shape: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: 'a PyPI token', shape: /\bpypi-AgE[A-Za-z0-9_-]{40,}/ },
  { what: 'an API key of OpenAI or Anthropic', shape: /\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,}/ },
  { what: 'a SendGrid key', shape: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/ },
  { what: 'a DigitalOcean token', shape: /\bdo[opr]_v1_[0-9a-f]{64}/ },
  { what: 'a Shopify token', shape: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/ },
  { what: 'a Hugging Face token', shape: /\bhf_[A-Za-z]{34}\b/ },
  { what: 'a token of Telegram', shape: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/ },
  { what: 'an age key', shape: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}/ },
  { what: 'a JSON Web Token', shape: /\beyJ[A-Za-z0-9_-]{8,500}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,}/ },
  { what: 'an authorization header', shape: /\b(?:Bearer|Basic) +[A-Za-z0-9._~+/=-]{16,}/i },
  { what: 'a password inside a URL', shape: /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@?#${}<>"'\\]*:[^\s:/@?#${}<>*"'\\]+@[^\s/]/i },
  {
    what: 'a connection string with a password',
    shape: /(?:^|[\s;&?"'])(?:password|pwd|accountkey|sharedaccesskey|sslpassword) *= *['"]?[^\s;&$<{%*('"]/i,
  },
];

/** A fast test for all forms together: every synthesis tests every string, and few match. */
const MAYBE =
  /PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ptt)-|xox|hooks\.slack|_live_|_test_|whsec_|npm_|pypi-|sk-|SG\.|_v1_|shp|hf_|:AA|AGE-|eyJ|bearer|basic|:\/\/[^/]*@|password|pwd|key *=/i;

/** The kind of credential in a text; undefined when there is none. */
export function credentialIn(text: string): string | undefined {
  if (!MAYBE.test(text)) return undefined;
  return SHAPES.find(({ shape }) => shape.test(text))?.what;
}

/** Words that name a secret wherever they are in a name. */
const SECRET_WORD =
  /^(?:\w*(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE)|PGPASS|DBPASS|\w*SECRETS?|\w*TOKEN|\w*APIKEYS?|CREDENTIALS?|CREDS?|PRIVKEY|PRIVATEKEY)$/;

/** Words that name a secret at the end of a name: `DB_PASS`, `BASIC_AUTH`, but not `PASS_THROUGH`, `AUTH_MODE`. */
const LAST_WORD = /^(?:PASS|PWD|AUTH|JWT|PAT)$/;

/** Words that make a key secret: `SIGNING_KEY`. */
const KEY_WORD =
  /^(?:API|PRIVATE|SECRET|ACCESS|SIGNING|SIGNATURE|ENCRYPTION|ENCRYPT|DECRYPTION|MASTER|JWT|HMAC|AES|SESSION|COOKIE|LICENSE|WEBHOOK|DEPLOY|AUTH|SSH|TLS|SSL)$/;

/** Words that may name a secret: a value of random characters decides. */
const WEAK_WORD = /^(?:\w*KEY|SALT|PEPPER|SEED|HASH|CODE|SIGNATURE)$/;

/** Last words of settings about a secret: its location, its lifetime, its algorithm. */
const ABOUT_A_SECRET =
  /^(?:ARN|NAMES?|PATH|DIR|DIRECTORY|FILE|FILENAME|PREFIX|SUFFIX|HEADER|ISSUER|AUDIENCE|URLS?|URI|ENDPOINT|HOST|PORT|REGION|DOMAIN|ALGORITHM|ALG|TYPE|KIND|MODE|METHOD|SCHEME|STRATEGY|PROVIDER|BACKEND|STORE|STORAGE|REALM|SCOPES?|ROLE|POLICY|RULES|FORMAT|FIELD|PARAM|PARAMETER|VERSION|ENABLED|DISABLED|REQUIRED|OPTIONAL|LENGTH|SIZE|LIMIT|COUNT|MIN|MAX|MINIMUM|MAXIMUM|BUCKET|TABLE|QUEUE|TOPIC|TTL|LIFETIME|LEEWAY|EXPIR\w*|AGE|INTERVAL|TIMEOUT|ROTATION|ROUNDS|COST|MS|SECONDS|MINUTES|HOURS|DAYS|IDS?|KID|USER|USERNAME|EMAIL|SERVICE|SERVER|CLIENT|CALLBACK|REDIRECT|ROUTE|HINT|REF)$/;

/** Values that are settings: numbers, switches, durations, ways to log in. */
const SETTING =
  /^(?:|true|false|yes|no|on|off|none|null|undefined|auto|enabled|disabled|required|optional|basic|bearer|digest|jwt|iam|oauth2?|oidc|saml|ldap|md5|scram-sha-256|trust|peer|cert|-?\d{1,9}(?:\.\d+)?\s*(?:ms|s|m|h|d|min|sec|days?|hours?|%)?)$/i;

/** Values that say where the secret is: references, ARNs, absolute paths and addresses. */
const LOCATION = /^(?:\$|%\(|arn:|\/[\w./-]+$|(?:https?|file|s3|ssm|vault|secretsmanager):\/\/|<.*>$)/i;

/** `dbPassword`, `db-password` and `DB_PASSWORD` as the words DB and PASSWORD; numbers at the end are left out. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
  return words.filter((word, index) => index === 0 || !/^\d+$/.test(word));
}

/** Whether a value under this name is a secret: certainly, or only if it consists of random characters. */
function nameKind(name: string): 'secret' | 'weak' | 'harmless' {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  // A public key, and variables that a framework copies into the files of a site.
  if (words.some((word) => /^(?:PUBLIC|PUBLISHABLE)$/.test(word)) || ABOUT_A_SECRET.test(last)) return 'harmless';
  const isKey = words.some((word, index) => /^KEYS?$/.test(word) && KEY_WORD.test(words[index - 1] ?? ''));
  if (isKey || LAST_WORD.test(last) || words.some((word) => SECRET_WORD.test(word))) return 'secret';
  return words.some((word) => WEAK_WORD.test(word)) ? 'weak' : 'harmless';
}

/** Whether a text consists of random characters: 32 or more of hexadecimal or Base64, with an entropy that no words have. */
function isRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{32,}$/.test(text)) return false;
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const entropy = [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
  return /^[0-9a-f]+$/i.test(text) ? entropy > 3 : entropy > 4 && /\d/.test(text);
}

/**
 * Why a named value is a secret in plain text, in words that do not contain it; undefined when it is none.
 * `SENTRY_DSN` and other addresses are secret only with a password in them: browsers receive the public kind.
 */
export function plainSecret(name: string, value: string): string | undefined {
  const credential = credentialIn(value);
  if (credential !== undefined) return credential;
  const text = value.trim();
  const kind = nameKind(name);
  if (kind === 'harmless' || SETTING.test(text) || LOCATION.test(text)) return undefined;
  if (kind === 'secret') return 'a value under the name of a secret';
  return isRandom(text) ? 'random characters under the name of a key' : undefined;
}

/** An assignment in a command, such as `PGPASSWORD=x` and `--db-password=x`. */
const ASSIGNMENT = /^-{0,2}([A-Za-z][\w-]*)=["']?(.+?)["']?$/;

/** Why a command contains a secret in plain text; undefined when it contains none. @param words a program and its arguments */
export function plainSecretInCommand(words: readonly string[]): string | undefined {
  const separate = words.flatMap((word) => word.split(/\s+/));
  for (const [index, word] of separate.entries()) {
    const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
    const option = /^--([a-z][\w-]*)$/i.exec(word)?.[1];
    const next = separate[index + 1] ?? '';
    const found =
      plainSecret(name, value) ?? (option === undefined || next.startsWith('-') ? undefined : plainSecret(option, next));
    if (found !== undefined) return found;
  }
  return words.map(credentialIn).find((what) => what !== undefined);
}
