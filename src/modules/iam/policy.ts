/** IAM policy documents as JSON, written at synthesis so that a reviewer reads them in the plan. Pure. */

/** IAM's limit on a managed policy, permissions boundaries included. Source: IAM user guide, "IAM and AWS STS quotas". */
export const MANAGED_POLICY_CHARACTERS = 6144;

/** One statement; `Allow` unless it says otherwise. */
export interface Statement {
  readonly sid?: string;
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** Exact ARNs wherever AWS allows them. Left out in trust policies. */
  readonly resources?: readonly string[];
  /** Everything but these; only in `Deny` and in permissions boundaries, which grant nothing. */
  readonly notResources?: readonly string[];
  /** Only in resource and trust policies: `{ Service: [...] }`, `{ AWS: [...] }`, `'*'`. */
  readonly principals?: Readonly<Record<string, readonly string[]>> | '*';
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy document. */
export function policyJson(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ sid, effect, actions, resources, notResources, principals, conditions }) => ({
      Sid: sid,
      Effect: effect ?? 'Allow',
      Principal: principals,
      Action: actions,
      Resource: resources,
      NotResource: notResources,
      Condition: conditions,
    })),
  });
}

/** The statement of a resource policy that refuses every request without TLS. */
export function tlsOnly(
  actions: readonly string[],
  resources: readonly string[],
  principals: NonNullable<Statement['principals']> = '*',
): Statement {
  return {
    sid: 'TlsOnly',
    effect: 'Deny',
    actions,
    resources,
    principals,
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
