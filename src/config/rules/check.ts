/** Runs the rules over the sections that could be read, and sorts findings into problems and warnings. */
import type { Problem } from '../problems';
import type { Warning } from '../resolved';
import type { ParsedEnvironment } from '../schema/environment';
import { RULES } from './index';

/** What the rules found. */
export interface RuleOutcome {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Runs every rule whose sections are all there. */
export function checkRules(sections: Partial<ParsedEnvironment>): RuleOutcome {
  const acknowledged = sections.acknowledge ?? {};
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  for (const rule of RULES) {
    if (!rule.reads.every((section) => section in sections)) continue;
    for (const finding of rule.check(sections as ParsedEnvironment)) {
      if (rule.severity === 'refusal') problems.push({ ...finding, rule: rule.id });
      else if (rule.id in acknowledged) continue;
      else if (rule.severity === 'warning') warnings.push({ rule: rule.id, path: finding.path, message: finding.fix });
      else problems.push(withAcknowledgement(rule.id, finding));
    }
  }
  return { problems, warnings };
}

function withAcknowledgement(rule: string, finding: Omit<Problem, 'rule'>): Problem {
  return { ...finding, rule, fix: `${finding.fix}; or accept it: acknowledge: { '${rule}': '<the reason>' }` };
}
