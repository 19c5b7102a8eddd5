/** The logins of applications: `database-init` creates them before the first service starts. */
import { pause, Interrupted } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import { blocksOf, type RootModule } from '../../terraform/root-module';
import type { JobRunner } from '../jobs';
import { operationsOf } from '../registry';
import type { Target } from '../target';

/** What the resources of the job begin with, on every tier that has it as resources. */
const JOB_PREFIX = `job-${DATABASE_INIT_KEY}_`;

/** Where a cluster gets the values of secrets from. */
const CUSTOM_RESOURCES = { type: 'helm_release', name: 'custom-resources_release' };

/**
 * The resources of the job alone, so that it can run before services exist; none on a host, which runs jobs itself.
 * @param module of the stack with the containers
 */
export function databaseInitAddresses(module: RootModule | undefined): readonly string[] {
  const resources = blocksOf(module?.resource);
  const job = resources.filter(({ name }) => name.startsWith(JOB_PREFIX));
  if (job.length === 0) return [];
  const secrets = resources.filter(({ type, name }) => type === CUSTOM_RESOURCES.type && name === CUSTOM_RESOURCES.name);
  return [...job, ...secrets].map(({ type, name }) => `${type}.${name}`);
}

/** The stack with the containers of the tier that serves. */
export function containersStack(target: Target): string {
  return `${target.name}-${operationsOf(target).containersStack}`;
}

/** What runs until it is stopped, on every tier that has it as resources. */
const SERVICE_TYPES: readonly string[] = ['aws_ecs_service', 'kubernetes_deployment_v1'];

export interface DeployedState {
  /** The stack with the containers, as it is synthesised. */
  readonly module: RootModule | undefined;
  /** Types of the resources in its state. */
  readonly types: readonly string[];
  /** Whether a stack that is deployed after it has resources; undefined where there is no such stack. */
  readonly isFollowed: boolean | undefined;
}

/** Whether services wait for their first logins. Interrupted deployments count: nothing is there that would need the logins. */
export function isBeforeLogins({ module, types, isFollowed }: DeployedState): boolean {
  const hasServices = blocksOf(module?.resource).some(({ type }) => SERVICE_TYPES.includes(type));
  if (hasServices) return !types.some((type) => SERVICE_TYPES.includes(type));
  return isFollowed === undefined ? types.length === 0 : !isFollowed;
}

/** Whether the environment has the job: a database on a host creates its logins itself. */
export function hasDatabaseInit({ environment: { workloads } }: Target): boolean {
  return workloads.jobs.some(({ key }) => key === DATABASE_INIT_KEY);
}

export interface LoginOptions {
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
  /** Seconds within which a new host has to be ready to run a job. */
  readonly readyWithin: number;
  /** Seconds between two attempts. @default 20 */
  readonly everySeconds?: number;
}

/**
 * Runs the job. It changes nothing when the logins are there already.
 * @throws CommandError when it fails, Interrupted
 */
export async function createLogins(
  runner: JobRunner,
  { signal, report, readyWithin, everySeconds = 20 }: LoginOptions,
): Promise<void> {
  const end = performance.now() + readyWithin * 1000;
  for (;;) {
    try {
      const { exitCode, reason } = await runner.run(DATABASE_INIT_KEY, { signal, report });
      if (exitCode === 0) return;
      const why = reason === undefined ? '' : `: ${reason}`;
      throw new JobFailed(`${DATABASE_INIT_KEY} ended with ${exitCode}${why}: what it wrote is above`);
    } catch (error) {
      if (error instanceof JobFailed || error instanceof Interrupted || !(error instanceof CommandError)) throw error;
      if (performance.now() + everySeconds * 1000 > end) throw error;
      report(`not yet: ${error.message.split('\n')[0] ?? ''}`);
      await pause(everySeconds, signal);
    }
  }
}

/** The job has run, and would fail again. */
class JobFailed extends CommandError {}
