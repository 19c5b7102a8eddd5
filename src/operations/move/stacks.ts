/** How a move changes what is deployed: stacks of its environments, each planned, judged by the guard, and applied exactly so. */
import { CommandError } from '../../cli/errors';
import type { ResolvedEnvironment } from '../../config';
import { deployRank } from '../../contracts/stack-kinds';
import { reportText } from '../../checks/plan-guard/report';
import type { Verdict } from '../../checks/plan-guard/judge';
import { withStackPlan, type StackPlanOptions } from '../stacks/stack-plan';
import { done, type Done, type StepTools } from './steps';

export interface StackChange {
  /** Ids of stacks, in the order in which they are applied. */
  readonly stacks: readonly string[];
  /** Addresses in each of them; with any, only these and what they need. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  readonly isProtected: boolean;
}

/** What steps use; the real one runs terraform. */
export interface StackChanger {
  /** @returns what was changed @throws CommandError when a stack cannot be planned, is refused, or fails */
  apply(change: StackChange, tools: Pick<StepTools, 'signal' | 'report'>): Promise<Done>;
}

/** The environment's stacks in deploy order. @param names ids of all synthesised stacks */
export function stacksOf(environment: Pick<ResolvedEnvironment, 'identity'>, names: readonly string[]): readonly string[] {
  const prefix = `${environment.identity.environment}-`;
  return names.filter((name) => name.startsWith(prefix)).sort((one, other) => deployRank(one) - deployRank(other));
}

/** Applies with the one that plans and judges every stack of Terrace. */
export class TerraformStacks implements StackChanger {
  constructor(private readonly options: Pick<StackPlanOptions, 'output' | 'env' | 'plugins'>) {}

  public async apply(
    { stacks, only, isProtected }: StackChange,
    { signal, report }: Pick<StepTools, 'signal' | 'report'>,
  ): Promise<Done> {
    const notes: string[] = [];
    for (const stack of stacks) {
      const outcome = await withStackPlan(
        stack,
        {
          ...this.options,
          signal,
          isProtected,
          mayApply: true,
          ...(only?.[stack] === undefined ? {} : { only: only[stack] }),
          progress: report,
        },
        async ({ verdict, changes, apply }) => {
          requireNoLoss(stack, verdict);
          if (changes.length === 0) return `${stack}: nothing to change`;
          report(`${stack}: ${changes.length} changes`);
          const { code, errors, stderr } = await apply((line) => report(`  ${line}`));
          if (code !== 0)
            throw new CommandError(`${stack} was not applied to its end; run the command again\n${errors.join('\n') || stderr}`);
          return `${stack}: ${changes.length} changes applied`;
        },
      );
      if ('notPlanned' in outcome) throw new CommandError(`${stack} cannot be planned: ${outcome.notPlanned.reason}`);
      notes.push(outcome.value);
    }
    return done(notes);
  }
}

/** A move carries data and destroys none: not even an exception of the guard allows it here. */
function requireNoLoss(stack: string, verdict: Verdict): void {
  const lost = verdict.allowed.filter(({ harm }) => harm === 'delete' || harm === 'replace');
  if (verdict.passed && lost.length === 0) return;
  const allowed = lost.map(({ address, why }) => `  ${address}: ${why}\n  an exception allows it, and a move allows it never`);
  throw new CommandError(
    [`the guard refuses the plan of ${stack}; nothing was changed`, reportText(verdict), ...allowed].join('\n'),
  );
}
