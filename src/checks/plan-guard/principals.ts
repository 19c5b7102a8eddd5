/** Who a policy or an attribute admits, and whether that is of this account. Pure. */
import { conditionsOf } from '../../terraform/narrowing';
import { listOf, namesEveryone } from '../../terraform/open-statements';
import { isObject, type Block } from '../../terraform/root-module';

/** The account of an ARN, of a security group such as `111122223333/sg-1`, or an account's id; undefined for services, for everyone and for names without an account. */
export function accountOf(principal: string): string | undefined {
  if (/^\d{12}(\/|$)/.test(principal)) return principal.slice(0, 12);
  const account = principal.startsWith('arn:') ? principal.split(':')[4] : undefined;
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/** Condition keys whose values are accounts, or ARNs with one. */
const ACCOUNT_KEYS = /^(aws:(source|principal)(account|arn|owner)|kms:calleraccount|s3:dataaccesspoint(account|arn))$/i;

/** The accounts, users, roles and identity providers that a statement names. Services are not among them. */
export function principalsOf(statement: Block): readonly string[] {
  const { Principal: principal } = statement;
  const named = isObject(principal)
    ? [...listOf(principal.AWS), ...listOf(principal.Federated), ...listOf(principal.CanonicalUser)]
    : [];
  // Everyone, narrowed by a condition, is who the condition names.
  const narrowed = namesEveryone(statement)
    ? conditionsOf(statement.Condition).flatMap(({ key, values }) => (ACCOUNT_KEYS.test(key) ? values : []))
    : [];
  return [...named, ...narrowed].map(String).filter((name) => name !== '*');
}

/** The services that a statement names. */
export function servicesOf({ Principal: principal }: Block): readonly string[] {
  return isObject(principal) ? listOf(principal.Service).map(String) : [];
}

/** Whether a principal is outside of the accounts. A unique or canonical id could be anyone. */
export function isForeign(principal: string, accounts: readonly string[]): boolean {
  const account = accountOf(principal);
  if (account !== undefined) return !accounts.includes(account);
  if (/^arn:aws[\w-]*:(iam|sts)::[^:]*[*?]/.test(principal)) return true;
  return /^(AIDA|AROA|AGPA|ANPA)[A-Z0-9]{12,}$/.test(principal) || /^[0-9a-f]{64}$/.test(principal);
}

/** `StringEquals` and the like; a key that may be absent, and a negated operator, admit others. */
const COMPARING = /^(ForAnyValue:)?(String|Arn)(Equals|Like)(IgnoreCase)?$/i;

/**
 * Whether tokens of more than one repository, service account or application satisfy a statement that trusts an identity
 * provider: its subject is not compared, or with a wildcard before its last part.
 */
export function trustsAnySubject(statement: Block): boolean {
  const { Principal: principal } = statement;
  const providers = isObject(principal) ? listOf(principal.Federated).map(String) : [];
  if (providers.length === 0) return false;
  const conditions = conditionsOf(statement.Condition).filter(({ operator }) => COMPARING.test(operator));
  if (providers.every((provider) => provider.includes(':saml-provider/')))
    return !conditions.some(({ key }) => /^saml:(aud|sub|iss)$/i.test(key));
  if (providers.every((provider) => provider.includes('cognito-identity')))
    return !conditions.some(({ key, values }) => key.endsWith(':aud') && values.every((value) => !/[*?]/.test(value)));
  return !conditions.some(({ key, values }) => key.endsWith(':sub') && values.length > 0 && values.every(isOneSubject));
}

function isOneSubject(subject: string): boolean {
  if (subject.startsWith('repo:')) return /^repo:[^*?/:]+\/[^*?/:]+:./.test(subject);
  const parts = subject.split(':');
  return !/[*?]/.test(parts.length > 1 ? parts.slice(0, -1).join(':') : subject);
}
