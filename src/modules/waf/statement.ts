/**
 * Statements of WAF rules, typed. The bindings type a statement as `any`; this is the part of the provider's schema that
 * Terrace uses, with the provider's own (snake_case) names. Repeatable blocks are lists. Pure.
 *
 * The provider supports three levels of `and`, `or` and `not` around a match.
 */

/** The part of a request that a match inspects. */
export type Field =
  | { readonly uri_path: object }
  | { readonly all_query_arguments: object }
  | { readonly single_header: { readonly name: string } }
  | { readonly body: { readonly oversize_handling: 'CONTINUE' } };

interface TextTransformation {
  readonly priority: number;
  readonly type: 'NONE' | 'LOWERCASE' | 'URL_DECODE' | 'HTML_ENTITY_DECODE' | 'NORMALIZE_PATH';
}

/** Reads the client's address from a header that a proxy sets. */
export interface ForwardedAddress {
  readonly header_name: string;
  /** How a request without the header is treated. */
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

/** Matches one of the statements. A single statement is returned as it is, because AWS requires at least two. */
export function anyOf(statements: readonly Statement[]): Statement {
  return alone(statements) ?? { or_statement: { statement: statements } };
}

/** Matches all of the statements. A single statement is returned as it is. */
export function allOf(statements: readonly Statement[]): Statement {
  return alone(statements) ?? { and_statement: { statement: statements } };
}

function alone(statements: readonly Statement[]): Statement | undefined {
  if (statements.length === 0) throw new Error('a combination of no statements cannot match');
  return statements.length === 1 ? statements[0] : undefined;
}

/** Matches what the statement does not match. */
export function not(statement: Statement): Statement {
  return { not_statement: { statement: [statement] } };
}

/** Requests whose path begins with the prefix, also when disguised (`//`, `%2e`). */
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

/** Requests that an earlier rule has labelled. */
export function hasLabel(label: string): Statement {
  return { label_match_statement: { scope: 'LABEL', key: label } };
}

/** Every part that an attacker can write. Bodies are inspected as far as AWS reads them: 8 KB at a load balancer, 16 KB at CloudFront. */
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

/** Requests that contain scripts. */
export function carriesScript(): Statement {
  return anyOf(INSPECTED.map((field) => ({ xss_match_statement: { field_to_match: field, text_transformation: decoded } })));
}

/** Requests that contain SQL. */
export function carriesSql(): Statement {
  return anyOf(
    INSPECTED.map((field) => ({
      sqli_match_statement: { field_to_match: field, text_transformation: decoded, sensitivity_level: 'LOW' },
    })),
  );
}
