/** Plans the stacks of an environment that is not deployed yet, in copies in which what they read of each other is assumed. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ShownChange } from '../../checks/plan-changes/changes';
import type { Verdict } from '../../checks/plan-guard/judge';
import { CommandError, Unavailable } from '../../cli/errors';
import { producerOf } from '../../contracts/stack-kinds';
import { stackFolder } from '../../synthesis/output-folder';
import type { StackProtection } from '../../synthesis/protection';
import { blocksOf, MODULE_FILE, readModule, type RootModule } from '../../terraform/root-module';
import { pluginsOf } from '../../terraform/runner/terraform';
import { whyNoTerraform } from '../../terraform/runner/version';
import { withStackPlan } from '../stacks/stack-plan';
import { readStackState, remoteStatePlaceOf, statePlaceOf } from '../stack-state';
import type { ReadOptions, StatePlace } from '../state-outputs';
import { Assumptions } from './assume';
import { firstModule, type Assumption } from './work-copy';

export interface FirstPlanOptions extends ReadOptions {
  /** Whether the guard refuses weakenings of a stack. */
  readonly isProtected: StackProtection;
  /** Receives what happens, line by line. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The folder for the copies. @default the one of the system */
  readonly temporary?: string;
  /** What else is changed in the copies; tests use an older provider, and an emulator. @default nothing */
  readonly change?: (module: RootModule) => RootModule;
}

/** What would be created for one stack, or why that is not known. */
export type FirstStackPlan =
  | {
      readonly status: 'planned';
      readonly stack: string;
      readonly changes: readonly ShownChange[];
      readonly verdict: Verdict;
      readonly assumptions: readonly Assumption[];
    }
  /** It has a state, with which it can be planned as usual. */
  | { readonly status: 'deployed'; readonly stack: string }
  /** Nothing is wrong with it: others have to exist first. */
  | { readonly status: 'later'; readonly stack: string; readonly reason: string }
  | { readonly status: 'failed'; readonly stack: string; readonly reason: string };

/**
 * Plans stacks of which nothing is deployed yet. Real states are read, to know what is deployed, and never written; the synthesised
 * output stays as it is.
 * @param stacks ids in deploy order, with the stack of a shared zone that they read
 * @throws Unavailable without Terraform; CommandError when a state cannot be read or the signal is aborted
 */
export async function planFirst(stacks: readonly string[], options: FirstPlanOptions): Promise<readonly FirstStackPlan[]> {
  const missing = await whyNoTerraform({ env: options.env });
  if (missing !== undefined) throw new Unavailable(missing);
  const run = new FirstPlanRun(options);
  try {
    const plans: FirstStackPlan[] = [];
    for (const [index, stack] of stacks.entries()) {
      if (options.signal?.aborted === true) throw new CommandError(INTERRUPTED);
      options.progress(`planning ${stack} (${index + 1} of ${stacks.length})`);
      plans.push(await run.plan(stack));
    }
    return plans;
  } finally {
    run.remove();
  }
}

/** Whether everything that can be planned may be applied. */
export function isSound(plans: readonly FirstStackPlan[]): boolean {
  return plans.every((plan) => plan.status !== 'failed' && (plan.status !== 'planned' || plan.verdict.passed));
}

const INTERRUPTED = 'interrupted: nothing was changed';

/** What earlier runs of Terraform have left in the folder of a stack. */
const LEFT_BEHIND = /^\.terraform$|\.tfstate(\.|$)|\.tfplan$/;

class FirstPlanRun {
  private readonly work: string;
  private readonly published = new Map<string, Readonly<Record<string, unknown>> | undefined>();
  private readonly modules = new Map<string, RootModule | undefined>();
  private readonly assumptions = new Assumptions((stackId) => this.moduleOf(stackId));

  constructor(private readonly options: FirstPlanOptions) {
    this.work = mkdtempSync(join(options.temporary ?? tmpdir(), 'terrace-first-plan-'));
  }

  public remove(): void {
    rmSync(this.work, { recursive: true, force: true });
  }

  public async plan(stack: string): Promise<FirstStackPlan> {
    const module = this.moduleOf(stack);
    const folder = stackFolder(this.options.output, stack);
    if (module === undefined)
      return { status: 'failed', stack, reason: `there is no ${join(folder, MODULE_FILE)}: run npm run synth first` };
    if ((await this.readState(stack, statePlaceOf(stack, module))) !== undefined) return { status: 'deployed', stack };
    for (const { type, name, block } of blocksOf(module.data)) {
      const producer = producerOf(stack, name);
      if (type === 'terraform_remote_state') await this.readState(producer, remoteStatePlaceOf(producer, block));
    }
    const published = (stackId: string) => this.published.get(stackId);
    const first = firstModule(stack, module, { assumptions: this.assumptions, published, folder });
    if ('neededFirst' in first)
      return {
        status: 'later',
        stack,
        reason: `cannot be planned before ${first.neededFirst.join(' and ')} is deployed, which its providers ask while they plan`,
      };
    return this.planCopy(stack, folder, this.options.change?.(first.module) ?? first.module, first.assumptions);
  }

  private moduleOf(stackId: string): RootModule | undefined {
    if (!this.modules.has(stackId)) this.modules.set(stackId, readModule(stackFolder(this.options.output, stackId)));
    return this.modules.get(stackId);
  }

  /** Read once for each stack. */
  private async readState(stackId: string, place: StatePlace | undefined): Promise<unknown> {
    if (!this.published.has(stackId) && place !== undefined)
      this.published.set(stackId, (await readStackState(place, this.options))?.outputs);
    return this.published.get(stackId);
  }

  private async planCopy(
    stack: string,
    folder: string,
    module: RootModule,
    assumptions: readonly Assumption[],
  ): Promise<FirstStackPlan> {
    const copy = stackFolder(this.work, stack);
    cpSync(folder, copy, { recursive: true, filter: (path) => !LEFT_BEHIND.test(basename(path)) });
    writeFileSync(join(copy, MODULE_FILE), JSON.stringify(module, null, 2));
    const { env, signal, isProtected } = this.options;
    // The folders are removed again, with the providers in them: these are kept in the cache.
    const options = { output: this.work, env, plugins: pluginsOf(env), signal, isProtected: isProtected(stack), mayApply: false };
    const outcome = await withStackPlan(stack, options, ({ changes, verdict }) => ({ changes, verdict }));
    if (signal?.aborted === true) throw new CommandError(INTERRUPTED);
    return 'value' in outcome ? { status: 'planned', stack, ...outcome.value, assumptions } : outcome.notPlanned;
  }
}
