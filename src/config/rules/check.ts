/** Runs the rules on the sections that could be read, and sorts findings into problems and warnings. */
import type { Problem, Warning } from '../problems/problem';
import type { ParsedEnvironment } from '../schema/environment';
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
  const acknowledged = sections.acknowledge ?? {};
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  for (const rule of rules) {
    if (!rule.reads.every((section) => section in sections)) continue;
    for (const finding of rule.check({ ...sections, ...entriesFor(rule, sections, remains) } as ParsedEnvironment)) {
      if (rule.severity === 'refusal') problems.push({ ...finding, rule: rule.id });
      else if (rule.id in acknowledged) continue;
      else if (rule.severity === 'warning')
        warnings.push({ rule: rule.id, path: finding.path, message: `${finding.allowed}; ${finding.fix}` });
      else problems.push(withAcknowledgement(rule.id, finding));
    }
  }
  return { problems, warnings };
}

/** The sections of which a rule sees the valid entries; empty where nothing can be read. */
function entriesFor({ also = [] }: Rule, sections: Partial<ParsedEnvironment>, remains: Partial<ParsedEnvironment>): object {
  return Object.fromEntries(also.map((section) => [section, sections[section] ?? remains[section] ?? {}]));
}

function withAcknowledgement(rule: string, finding: Omit<Problem, 'rule'>): Problem {
  return { ...finding, rule, fix: `${finding.fix}; or accept it: acknowledge: { '${rule}': '<the reason>' }` };
}
