/** What only the first deployment of an environment needs: values that people provide, and logins before services start. */
import type { Io } from '../../cli/io';
import { kindOf } from '../../contracts/stack-kinds';
import {
  containersStack,
  createLogins,
  databaseInitAddresses,
  hasDatabaseInit,
  isBeforeLogins,
} from '../../operations/first-deployment/database-logins';
import type { Missing } from '../../operations/first-deployment/missing';
import { rotateOnce } from '../../operations/first-deployment/rotations';
import { jobRunnerOf } from '../../operations/jobs';
import type { Scope } from '../../operations/stacks/scope';
import { stateObjects, type StateObjects } from '../../operations/stacks/state-objects';
import { stackFolder } from '../../synthesis/output-folder';
import { readModule } from '../../terraform/root-module';
import { provideMissing } from './provide-missing';

export interface FirstTimeOptions {
  readonly yes: boolean;
  /** Minutes to wait for what is missing. */
  readonly until?: number;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** The logins that have to be created at a stack. */
interface Logins {
  /** The resources of the job alone, which are applied first. Empty: the whole stack is. */
  readonly only: readonly string[];
  readonly create: () => Promise<void>;
}

/** A new host installs its packages before it runs a job. */
const HOST_READY_SECONDS = 900;

export class FirstTime {
  /** What is missing and keeps the containers from being deployed. */
  public missing: readonly Missing[] = [];
  private isChecked = false;

  constructor(
    private readonly scope: Scope,
    private readonly options: FirstTimeOptions,
  ) {}

  /** Whether what the containers of a stack need is there; true for a stack without any, and after the first deployment. */
  public async isProvided(stack: string): Promise<boolean> {
    if (this.isChecked || !isCompute(stack)) return true;
    this.isChecked = true;
    for (const one of this.scope.stacks.filter(isCompute)) if ((await this.state(one)).managed.length > 0) return true;
    this.missing = await provideMissing(this.scope.target(), this.options);
    return this.missing.length === 0;
  }

  /** Undefined for a stack without the job, and once services run. */
  public async loginsAt(stack: string): Promise<Logins | undefined> {
    const target = this.scope.target();
    if (stack !== containersStack(target) || !hasDatabaseInit(target)) return undefined;
    const module = readModule(stackFolder(this.scope.terraform.output, stack));
    const types = (await this.state(stack)).managed.map(({ type }) => type);
    if (!isBeforeLogins({ module, types, isFollowed: await this.isFollowed(stack) })) return undefined;
    const only = databaseInitAddresses(module);
    return { only, create: () => this.create(only.length === 0) };
  }

  private async create(onHost: boolean): Promise<void> {
    const { report, signal } = this.options;
    const target = this.scope.target();
    report('creating the logins of the database');
    const readyWithin = onHost ? HOST_READY_SECONDS : 0;
    await createLogins(await jobRunnerOf(target), { report, signal, readyWithin });
    for (const role of await rotateOnce(target, { report, signal }))
      report(`the login ${role} has not rotated yet: Secrets Manager tries it again (docs/database.md#rotation-of-logins)`);
  }

  /** Whether a later stack has resources; undefined where there is none. */
  private async isFollowed(stack: string): Promise<boolean | undefined> {
    const { stacks } = this.scope;
    const later = stacks.slice(stacks.indexOf(stack) + 1);
    if (later.length === 0) return undefined;
    for (const one of later) if ((await this.state(one)).managed.length > 0) return true;
    return false;
  }

  private state(stack: string): Promise<StateObjects> {
    const { terraform, aws } = this.scope;
    return stateObjects(stack, { ...terraform, aws });
  }
}

const isCompute = (stack: string): boolean => kindOf(stack)?.startsWith('compute-') === true;
