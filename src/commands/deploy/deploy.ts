/** Deploys stacks in order, and stops at the first that is not applied. */
import { wantsColor } from '../../checks/plan-changes/render-text';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { confirmed, type OperationOptions } from '../../cli/operation-options';
import { Interrupted } from '../../aws/waiting';
import { applyStack, type ApplyResult, type ApplyStackOptions } from '../../operations/stacks/apply-stack';
import { planText } from '../../operations/stacks/plan-report';
import { refuseWithoutPrerequisites } from '../../operations/stacks/prerequisites';
import { printPlans } from '../../operations/stacks/print-plans';
import { loadScope, type Scope } from '../../operations/stacks/scope';
import { interruptible } from '../../terraform/runner/interruptible';
import { FirstTime } from './first-time';
import { deploymentDocument, deploymentText, type DeploymentResult } from './report';

export interface DeployOptions extends OperationOptions {
  /** Minutes. */
  readonly until?: number;
  readonly output: string;
}

/** @returns the exit code */
export async function deployEnvironment(
  context: CommandContext,
  name: string,
  patterns: readonly string[],
  options: DeployOptions,
): Promise<number> {
  const scope = await loadScope(context, name, patterns, options);
  if (options.dryRun) return printPlans(context, scope, options);
  await refuseWithoutPrerequisites(scope);
  const { io } = context;
  const progress = (line: string): void => void io.stderr.write(`${line}\n`);
  const result = await interruptible((signal) => new Deployment(context, scope, options, signal).run(), progress);
  io.stdout.write(options.json ? `${JSON.stringify(deploymentDocument(result), null, 2)}\n` : `${deploymentText(result)}\n`);
  return result.isDone ? 0 : 1;
}

class Deployment {
  private readonly results: ApplyResult[] = [];
  private readonly firstTime: FirstTime | undefined;
  private problem: string | undefined;

  constructor(
    private readonly context: CommandContext,
    private readonly scope: Scope,
    private readonly options: DeployOptions,
    private readonly signal: AbortSignal,
  ) {
    if (scope.environment !== undefined)
      this.firstTime = new FirstTime(scope, { ...options, io: context.io, signal, report: this.progress });
  }

  public async run(): Promise<DeploymentResult> {
    try {
      for (const stack of this.scope.selected) if (!(await this.deploy(stack))) break;
    } catch (error) {
      if (error instanceof Interrupted) this.problem = 'interrupted';
      else if (error instanceof CommandError && error.exitCode === 1) this.problem = error.message;
      else throw error;
    }
    const { name, selected } = this.scope;
    const done = this.results.filter(goesOn).map(({ stack }) => stack);
    return {
      name,
      stacks: this.results,
      missing: this.firstTime?.missing ?? [],
      problem: this.problem,
      isDone: this.problem === undefined && selected.every((stack) => done.includes(stack)),
      goOn: `npm run deploy -- ${[name, ...this.rest(done)].join(' ')}`,
    };
  }

  /** @returns whether to go on with the next stack */
  private async deploy(stack: string): Promise<boolean> {
    if (this.firstTime !== undefined && !(await this.firstTime.isProvided(stack))) return false;
    const logins = await this.firstTime?.loginsAt(stack);
    if (logins !== undefined && logins.only.length > 0) {
      const part = await this.apply(stack, { only: logins.only });
      if (!goesOn(part)) return this.keep(part);
      await logins.create();
    }
    const result = await this.apply(stack);
    if (goesOn(result) && logins?.only.length === 0) {
      this.keep(result);
      await logins.create();
      return true;
    }
    return this.keep(result);
  }

  private keep(result: ApplyResult): boolean {
    this.results.push(result);
    return goesOn(result);
  }

  private apply(stack: string, more: Pick<ApplyStackOptions, 'only'> = {}): Promise<ApplyResult> {
    const { io } = this.context;
    const color = wantsColor(io.stderr, io.env);
    const part = more.only === undefined ? '' : ' (the job that creates the logins of the database, before services start)';
    return applyStack(stack, {
      ...this.scope.terraform,
      ...more,
      isProtected: this.scope.isProtected(stack),
      signal: this.signal,
      progress: this.progress,
      show: (plan) => this.progress(planText(plan, color)),
      ask: () => confirmed(`Apply these changes of ${stack}${part}?`, this.options, io),
    });
  }

  /** The stacks to name to go on, where not all of the environment were meant. */
  private rest(done: readonly string[]): readonly string[] {
    const { selected, stacks, name } = this.scope;
    if (selected.length === stacks.length) return [];
    return selected.filter((stack) => !done.includes(stack) && stack !== name);
  }

  private readonly progress = (line: string): void => void this.context.io.stderr.write(`${line}\n`);
}

const goesOn = ({ outcome }: ApplyResult): boolean => outcome === 'applied' || outcome === 'unchanged';
