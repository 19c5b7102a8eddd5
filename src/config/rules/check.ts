/** Runs the rules on the sections that could be read, and sorts findings into problems and warnings. */
import type { Problem, Warning } from '../problems/problem';
import type { ParsedEnvironment } from '../schema/environment';
import { acknowledgementLine, isAcknowledged } from './acknowledgement';
import type { Rule } from './rule';

/** What the rules found. */
export interface RuleOutcome {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/**
 * Runs every rule whose sections are all valid.
 * @param sections sections that are valid
 * @param remains of invalid sections, the entries that are valid
 */
export function checkRules(
  rules: readonly Rule[],
  sections: Partial<ParsedEnvironment>,
  remains: Partial<ParsedEnvironment> = {},
): RuleOutcome {
  const acknowledge = sections.acknowledge ?? remains.acknowledge;
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  for (const rule of rules) {
    if (!rule.reads.every((section) => section in sections)) continue;
    for (const found of rule.check(seenBy(rule, sections, remains) as ParsedEnvironment)) {
      const { subject: _subject, ...finding } = found;
      const accept = acknowledgementLine(rule, found);
      if (rule.severity === 'refusal') problems.push({ ...finding, rule: rule.id });
      else if (isAcknowledged(acknowledge, rule, found)) continue;
      else if (rule.severity === 'risk') problems.push({ ...finding, rule: rule.id, accept });
      else warnings.push({ rule: rule.id, path: finding.path, message: `${finding.allowed}; ${finding.fix}`, accept });
    }
  }
  return { problems, warnings };
}

/** The valid sections, and the valid entries of those that a rule reads in part; empty where nothing can be read. */
function seenBy(
  { also = [] }: Rule,
  sections: Partial<ParsedEnvironment>,
  remains: Partial<ParsedEnvironment>,
): Partial<ParsedEnvironment> {
  const invalid = also.filter((section) => sections[section] === undefined);
  if (invalid.length === 0) return sections;
  return { ...sections, ...Object.fromEntries(invalid.map((section) => [section, remains[section] ?? {}])) };
}
