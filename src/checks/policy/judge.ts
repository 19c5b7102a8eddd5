/** Our own rules over modules. Pure. */
import type { AcceptedText } from '../../config/calculations/plain-secrets';
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

export interface JudgeOptions {
  /** @default every rule */
  readonly rules?: readonly OwnRule[];
  /** The environment, state store or zone of a stack. @default the stack itself */
  readonly ownerOf?: (stack: string) => string;
  /** Texts of a stack that look secret and are acknowledged. @default none */
  readonly acceptedIn?: (stack: string) => readonly AcceptedText[];
  /** Every environment by name. @default none */
  readonly environments?: readonly string[];
}

/** Judges every stack by every rule. */
export function judgeOwn(
  modules: Modules,
  { rules = OWN_RULES, ownerOf = (stack) => stack, acceptedIn = () => [], environments = [] }: JudgeOptions = {},
): Outcome {
  const failed: Finding[] = [];
  const passed: Record<string, number> = {};
  for (const [stack, module] of Object.entries(modules)) {
    const context = { stack, owner: ownerOf(stack), accepted: acceptedIn(stack), environments };
    const judged = rules.flatMap((rule) => rule.judge(module, context).map((judgement) => ({ rule, judgement })));
    passed[stack] = judged.filter(({ judgement }) => judgement.problem === undefined).length;
    for (const { rule, judgement } of judged) {
      const { address, problem: detail, subject, isFinal } = judgement;
      if (detail !== undefined) failed.push({ check: rule.id, name: rule.name, stack, address, detail, subject, isFinal });
    }
  }
  return { failed, passed };
}
