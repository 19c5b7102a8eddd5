/**
 * Statements of WAF rules, typed. The bindings know a statement as `any`; here is the part of the provider's schema that
 * Terrace writes, by the provider's own (snake_case) names. Blocks that may stand several times are lists. Pure.
 *
 * The provider takes three levels of `and`, `or` and `not` around a match.
 */

/** What a match looks at. */
export type Field =
  | { readonly uri_path: object }
  | { readonly all_query_arguments: object }
  | { readonly single_header: { readonly name: string } }
  | { readonly body: { readonly oversize_handling: 'CONTINUE' } };

interface TextTransformation {
  readonly priority: number;
  readonly type: 'NONE' | 'LOWERCASE' | 'URL_DECODE' | 'HTML_ENTITY_DECODE' | 'NORMALIZE_PATH';
}

/** Reads the client's address from a header that a proxy writes. */
export interface ForwardedAddress {
  readonly header_name: string;
  /** What a request without the header counts as. */
  readonly fallback_behavior: 'MATCH' | 'NO_MATCH';
}

interface Inspection {
  readonly field_to_match: Field;
  readonly text_transformation: readonly TextTransformation[];
}

/** One statement: exactly one key. */
export type Statement =
  | { readonly rate_based_statement: RateBased }
  | { readonly managed_rule_group_statement: ManagedRuleGroup }
  | {
      readonly geo_match_statement: {
        readonly country_codes: readonly string[];
        readonly forwarded_ip_config?: ForwardedAddress;
      };
    }
  | { readonly label_match_statement: { readonly scope: 'LABEL'; readonly key: string } }
  | {
      readonly ip_set_reference_statement: {
        readonly arn: string;
        readonly ip_set_forwarded_ip_config?: ForwardedAddress & { readonly position: 'FIRST' };
      };
    }
  | {
      readonly byte_match_statement: Inspection & {
        readonly positional_constraint: 'STARTS_WITH';
        readonly search_string: string;
      };
    }
  | { readonly xss_match_statement: Inspection }
  | { readonly sqli_match_statement: Inspection & { readonly sensitivity_level: 'LOW' | 'HIGH' } }
  | { readonly and_statement: { readonly statement: readonly Statement[] } }
  | { readonly or_statement: { readonly statement: readonly Statement[] } }
  | { readonly not_statement: { readonly statement: readonly [Statement] } };

interface RateBased {
  readonly limit: number;
  readonly evaluation_window_sec: number;
  readonly aggregate_key_type: 'IP' | 'FORWARDED_IP';
  readonly forwarded_ip_config?: ForwardedAddress;
  readonly scope_down_statement?: Statement;
}

interface ManagedRuleGroup {
  readonly vendor_name: 'AWS';
  readonly name: string;
  readonly rule_action_override?: readonly { readonly name: string; readonly action_to_use: { readonly count: object } }[];
}

/** One of the statements; the statement itself when it is alone, because AWS wants at least two. */
export function anyOf(statements: readonly Statement[]): Statement {
  return alone(statements) ?? { or_statement: { statement: statements } };
}

/** All of the statements; the statement itself when it is alone. */
export function allOf(statements: readonly Statement[]): Statement {
  return alone(statements) ?? { and_statement: { statement: statements } };
}

function alone(statements: readonly Statement[]): Statement | undefined {
  if (statements.length === 0) throw new Error('a combination of no statements matches nothing that could be said');
  return statements.length === 1 ? statements[0] : undefined;
}

/** Whatever the statement does not match. */
export function not(statement: Statement): Statement {
  return { not_statement: { statement: [statement] } };
}

/** Requests whose path begins so, however it is disguised (`//`, `%2e`). */
export function pathBeginsWith(prefix: string): Statement {
  return {
    byte_match_statement: {
      positional_constraint: 'STARTS_WITH',
      search_string: prefix,
      field_to_match: { uri_path: {} },
      text_transformation: [
        { priority: 0, type: 'URL_DECODE' },
        { priority: 1, type: 'NORMALIZE_PATH' },
      ],
    },
  };
}

/** Requests to which an earlier rule gave a label. */
export function hasLabel(label: string): Statement {
  return { label_match_statement: { scope: 'LABEL', key: label } };
}

/** Everywhere that an attacker can put text. Bodies are looked at as far as AWS reads them: 8 KB at a load balancer, 16 KB at CloudFront. */
const INSPECTED: readonly Field[] = [
  { uri_path: {} },
  { all_query_arguments: {} },
  { single_header: { name: 'cookie' } },
  { body: { oversize_handling: 'CONTINUE' } },
];

const decoded: readonly TextTransformation[] = [
  { priority: 0, type: 'URL_DECODE' },
  { priority: 1, type: 'HTML_ENTITY_DECODE' },
];

/** Requests that carry scripts. */
export function carriesScript(): Statement {
  return anyOf(INSPECTED.map((field) => ({ xss_match_statement: { field_to_match: field, text_transformation: decoded } })));
}

/** Requests that carry SQL. */
export function carriesSql(): Statement {
  return anyOf(
    INSPECTED.map((field) => ({
      sqli_match_statement: { field_to_match: field, text_transformation: decoded, sensitivity_level: 'LOW' },
    })),
  );
}
