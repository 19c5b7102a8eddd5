/** Our own rules over modules. Pure. */
import type { Modules } from '../../terraform/root-module';
import type { Finding } from './finding';
import { OWN_RULES } from './own';
import type { OwnRule } from './own/rule';

/** What a judge found: checkov, or our own rules. */
export interface Outcome {
  readonly failed: readonly Finding[];
  /** Stack id to the number of checks that its resources passed. */
  readonly passed: Readonly<Record<string, number>>;
}

/** Judges every stack by every rule. */
export function judgeOwn(modules: Modules, rules: readonly OwnRule[] = OWN_RULES): Outcome {
  const failed: Finding[] = [];
  const passed: Record<string, number> = {};
  for (const [stack, module] of Object.entries(modules)) {
    const judged = rules.flatMap((rule) => rule.judge(module).map((judgement) => ({ rule, judgement })));
    passed[stack] = judged.filter(({ judgement }) => judgement.problem === undefined).length;
    for (const { rule, judgement } of judged) {
      if (judgement.problem === undefined) continue;
      failed.push({ check: rule.id, name: rule.name, stack, address: judgement.address, detail: judgement.problem });
    }
  }
  return { failed, passed };
}
