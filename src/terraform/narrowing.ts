/** Which conditions of a policy statement narrow `Principal: "*"` to known callers or a known network. Pure. */
import { isObject } from './root-module';

/** Whether a value really narrows: `*` and `?` are wildcards under the `Like` operators of IAM. */
type Narrows = (value: string) => boolean;

const hasWildcard = (text: string): boolean => /[*?]/.test(text.replace(/\$\{[^}]*\}/g, ''));
const isExact: Narrows = (value) => value !== '' && !hasWildcard(value);

/** One account, or a bucket, whose ARN has no account: `arn:aws:*:*:*:*` and `arn:aws:iam::*:role/*` are everyone. */
const isArnOfAnAccount: Narrows = (value) => {
  const [, , service = '', , account = '', ...resource] = value.replace(/\$\{[^}]*\}/g, '$').split(':');
  if (service === 's3' && account === '') return /^[^*?]{3,}/.test(resource.join(':'));
  return value.startsWith('${') || isExact(account);
};

/** `o-1/*` is one organization, `o-?*` is any of them. */
const isOneOrganization: Narrows = (value) => isExact(value.split('/')[0] ?? '');

/** A role's id is followed by a session: `AROAEXAMPLE:*`; `A*` is every user. */
const isOneUser: Narrows = (value) => isExact(value.split(':')[0] ?? '');

/**
 * Condition keys that narrow, with what their value must be. A key of a function URL is not among them: `AWS_IAM` still is
 * every account.
 * Source: IAM user guide, "The meaning of public" for S3 and "AWS global condition context keys"; EFS and KMS guides.
 */
const NARROWING_KEYS: Readonly<Record<string, Narrows>> = {
  'aws:sourceaccount': isExact,
  'aws:sourcearn': isArnOfAnAccount,
  'aws:sourceowner': isExact,
  'aws:sourceorgid': isExact,
  'aws:sourceorgpaths': isOneOrganization,
  'aws:sourcevpc': isExact,
  'aws:sourcevpce': isExact,
  'aws:principalaccount': isExact,
  'aws:principalarn': isArnOfAnAccount,
  'aws:principalorgid': isExact,
  'aws:principalorgpaths': isOneOrganization,
  'aws:userid': isOneUser,
  'kms:calleraccount': isExact,
  's3:dataaccesspointaccount': isExact,
  's3:dataaccesspointarn': isArnOfAnAccount,
};

/** Operators under which such a key narrows. Negated operators, and those that a missing key satisfies, do not. */
const NARROWING_OPERATOR = /^(ForAnyValue:)?(String(Equals|Like)(IgnoreCase)?|Arn(Equals|Like))$/i;

/** Keys with a truth value, which narrow when it must be true. */
const NARROWING_FLAGS: readonly string[] = ['elasticfilesystem:accessedviamounttarget'];

/** One condition of a statement: `StringEquals`, `aws:SourceAccount`, its values. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The conditions of a statement, one for each operator and key. */
export function conditionsOf(condition: unknown): readonly Condition[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, value]) => ({
          operator,
          key,
          values: (Array.isArray(value) ? value : [value]).map(String),
        }))
      : [],
  );
}

/** Whether a condition leaves only known callers. Several values are alternatives, so each must narrow. */
export function isNarrowed(condition: unknown): boolean {
  return conditionsOf(condition).some(({ operator, key, values }) => {
    const name = key.toLowerCase();
    if (/^Bool$/i.test(operator)) return NARROWING_FLAGS.includes(name) && values.every((value) => value === 'true');
    const narrows = NARROWING_KEYS[name];
    return narrows !== undefined && NARROWING_OPERATOR.test(operator) && values.length > 0 && values.every(narrows);
  });
}
