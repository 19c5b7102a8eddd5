/** The policy gate: checkov and our own rules over every stack, and what explains their findings. */
import type { AcceptedText } from '../../config/calculations/plain-secrets';
import type { Modules } from '../../terraform/root-module';
import { CHECKOV_VERSION, runCheckov, type CheckovOptions } from './checkov';
import type { EnvironmentException } from './environment-exceptions';
import { explain, staleExceptions, unusedModuleExceptions, type Explained, type Owner } from './explain';
import { judgeOwn, type Outcome } from './judge';
import { OWN_RULES } from './own';
import type { Figures, PolicyReport } from './report';

/** The modules of one environment or state store. */
export interface JudgedGroup extends Owner {
  readonly modules: Modules;
  /** Texts that look secret, and that the environments of the group acknowledge. */
  readonly acceptedTexts: readonly AcceptedText[];
}

export interface GateOptions {
  readonly groups: readonly JudgedGroup[];
  readonly exceptions: readonly EnvironmentException[];
  /** Every environment by name, whether it is judged or not. */
  readonly environments: readonly string[];
  /** Whether everything is judged: only then is it known which exceptions explain nothing. */
  readonly isComplete: boolean;
  /** Undefined leaves checkov out. */
  readonly checkov?: CheckovOptions;
}

/** Judges the groups. @throws Unavailable when checkov is not available */
export async function judgePolicies({ groups, exceptions, environments, ...options }: GateOptions): Promise<PolicyReport> {
  const modules: Modules = Object.fromEntries(groups.flatMap((group) => Object.entries(group.modules)));
  const owners = new Map(groups.flatMap((group) => Object.keys(group.modules).map((stack) => [stack, group] as const)));
  const ownerOf = (stack: string): Owner => owners.get(stack) ?? { name: stack, isProtected: true };
  const acceptedIn = (stack: string): readonly AcceptedText[] => owners.get(stack)?.acceptedTexts ?? [];
  const { checkov } = options;
  const own = judgeOwn(modules, { ownerOf: (stack) => ownerOf(stack).name, acceptedIn, environments });
  const others = checkov === undefined ? { failed: [], passed: {} } : await runCheckov(modules, checkov);
  const explained = explain([...own.failed, ...others.failed], ownerOf, { environments: exceptions });
  const rules = `${OWN_RULES.length} of Terrace's own rules`;
  const isComplete = options.isComplete && checkov !== undefined;
  return {
    judge: checkov === undefined ? rules : `checkov ${CHECKOV_VERSION} and ${rules}`,
    figures: groups.map((group) => figuresOf(group, own, others, explained)),
    explained,
    stale: isComplete
      ? staleExceptions(explained, exceptions, [...environments, ...groups.map(({ name }) => name)], ownerOf)
      : [],
    unusedModuleExceptions: isComplete ? unusedModuleExceptions(explained) : [],
  };
}

function figuresOf({ name, modules }: JudgedGroup, own: Outcome, checkov: Outcome, explained: readonly Explained[]): Figures {
  const stacks = Object.keys(modules);
  const found = explained.filter(({ finding }) => stacks.includes(finding.stack));
  const explainedAs = (kind: 'design' | 'cost'): number => found.filter((one) => kindOf(one) === kind).length;
  return {
    name,
    stacks: stacks.length,
    checkov: total(checkov.passed, stacks),
    own: total(own.passed, stacks),
    byDesign: explainedAs('design'),
    forCost: explainedAs('cost'),
    unexplained: found.filter(({ exception }) => exception === undefined).length,
  };
}

/** A decision about an environment is a design. */
function kindOf({ exception }: Explained): 'design' | 'cost' | undefined {
  return exception === undefined ? undefined : 'kind' in exception ? exception.kind : 'design';
}

function total(byStack: Readonly<Record<string, number>>, stacks: readonly string[]): number {
  return stacks.reduce((sum, stack) => sum + (byStack[stack] ?? 0), 0);
}
