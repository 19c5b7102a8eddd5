/** How far the deployment of an ECS service is. */
import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { References } from '../release/releaser';
import type { Target } from '../target';
import { hasImages, revisionOf } from './task-definitions';

export type Progress =
  | { readonly kind: 'steady' }
  /** @param text how many tasks run */
  | { readonly kind: 'rolling'; readonly text: string }
  /** It will not become steady with these images. */
  | { readonly kind: 'lost'; readonly why: string };

/** At most this many are described in one call. Source: ECS API reference, DescribeServices. */
const BATCH = 10;

type Aws = Pick<Target, 'aws'>;

/** @throws CommandError when one does not exist */
export async function describeServices(
  { aws }: Aws,
  cluster: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Service>> {
  const ecs = await aws.ecs();
  const found = new Map<string, Service>();
  for (let start = 0; start < names.length; start += BATCH) {
    const services = names.slice(start, start + BATCH);
    const answer = await explained(`looking at the services of ${cluster}`, () => ecs.describeServices({ cluster, services }));
    for (const service of answer.services ?? []) if (service.status === 'ACTIVE') found.set(service.serviceName ?? '', service);
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw new CommandError(`${cluster} has no service ${missing.join(', ')}`);
  return found;
}

/** The deployment that ECS works towards. */
export function primaryOf({ deployments = [] }: Pick<Service, 'deployments'>): Deployment | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

/** Whether the tasks that ECS works towards run these images: of a revision of the release, or of one that came later. */
export async function worksTowards(target: Aws, service: Service, images: References): Promise<boolean> {
  const revision = await revisionOf(target, primaryOf(service)?.taskDefinition ?? '');
  return revision !== undefined && hasImages(revision, images);
}

/** Whether everything that runs has these images, and nothing is being replaced. */
export async function progressOf(target: Aws, service: Service, images: References): Promise<Progress> {
  const { deployments = [], desiredCount = 0, runningCount = 0 } = service;
  const primary = primaryOf(service);
  if (primary === undefined) return { kind: 'lost', why: 'ECS works towards no deployment of it' };
  if (!(await worksTowards(target, service, images))) return { kind: 'lost', why: await whyReplaced(target, service, images) };
  const { rolloutState, rolloutStateReason = 'without a reason', failedTasks = 0 } = primary;
  if (rolloutState === 'FAILED') return { kind: 'lost', why: `the deployment failed: ${rolloutStateReason}` };
  const isComplete = rolloutState === undefined || rolloutState === 'COMPLETED';
  if (isComplete && deployments.length === 1 && runningCount === desiredCount) return { kind: 'steady' };
  const old = deployments.reduce((sum, one) => sum + (one === primary ? 0 : (one.runningCount ?? 0)), 0);
  const failed = failedTasks === 0 ? '' : `, ${failedTasks} failed to start`;
  const text = `${primary.runningCount ?? 0} of ${primary.desiredCount ?? 0} new tasks run, ${old} old${failed}`;
  return { kind: 'rolling', text };
}

/** Other images took the place of those that are wanted: ECS itself brought former ones back, or somebody deployed others. */
async function whyReplaced(target: Aws, { deployments = [] }: Service, images: References): Promise<string> {
  for (const deployment of deployments) {
    const revision = await revisionOf(target, deployment.taskDefinition ?? '');
    if (deployment.status === 'PRIMARY' || revision === undefined || !hasImages(revision, images)) continue;
    if (deployment.rolloutState === 'FAILED') return `ECS took it back: ${deployment.rolloutStateReason ?? 'without a reason'}`;
  }
  const { taskDefinition = '', rolloutStateReason } = deployments.find(({ status }) => status === 'PRIMARY') ?? {};
  const number = taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
  if (/rolling back|circuit breaker/i.test(rolloutStateReason ?? '')) return `ECS took it back: ${rolloutStateReason}`;
  return `another deployment has taken its place, with ${number}`;
}
