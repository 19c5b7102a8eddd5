/** Why the tasks of a service did not run: what ECS says, and the last lines of their logs. */
import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { explainAws } from '../../aws/errors';
import type { References } from '../release/releaser';
import type { Target } from '../target';
import { hasImages, revisionOf } from './task-definitions';

const SHOWN_TASKS = 2;
const SHOWN_LINES = 20;
const SHOWN_EVENTS = 3;

type Aws = Pick<Target, 'aws'>;

/** Lines for people; never fails, because what it explains matters more. */
export async function whyTasksFailed(
  target: Aws,
  cluster: string,
  service: Service,
  images: References,
): Promise<readonly string[]> {
  try {
    const tasks = await tasksWith(target, cluster, service.serviceName ?? '', images);
    const lines: string[] = [];
    for (const [task, definition] of tasks.slice(0, SHOWN_TASKS)) lines.push(...(await taskLines(target, task, definition)));
    return [...lines, ...eventLines(service)];
  } catch (error) {
    return [explainAws(error, 'why its tasks failed cannot be read').message];
  }
}

/** Those that run these images, stopped ones first, the latest first. */
async function tasksWith(
  target: Aws,
  cluster: string,
  serviceName: string,
  images: References,
): Promise<readonly (readonly [Task, TaskDefinition])[]> {
  const ecs = await target.aws.ecs();
  const found: (readonly [Task, TaskDefinition])[] = [];
  for (const desiredStatus of ['STOPPED', 'RUNNING'] as const) {
    const { taskArns = [] } = await ecs.listTasks({ cluster, serviceName, desiredStatus });
    if (taskArns.length === 0) continue;
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
    const sorted = [...tasks].sort((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0));
    for (const task of sorted) {
      const revision = await revisionOf(target, task.taskDefinitionArn ?? '');
      if (revision !== undefined && hasImages(revision, images)) found.push([task, revision.definition]);
    }
  }
  return found;
}

async function taskLines(target: Aws, task: Task, definition: TaskDefinition): Promise<readonly string[]> {
  const id = (task.taskArn ?? '').split('/').at(-1) ?? '';
  const { stopCode, stoppedReason, lastStatus = '', healthStatus } = task;
  const health = healthStatus === 'UNHEALTHY' ? ', unhealthy' : '';
  const state =
    stoppedReason === undefined ? `${lastStatus}${health}` : `${stoppedReason}${stopCode === undefined ? '' : ` (${stopCode})`}`;
  const lines = [`task ${id}: ${state}`];
  for (const { name = '', exitCode, reason } of task.containers ?? []) {
    const ended = exitCode === undefined ? '' : ` ended with ${exitCode}`;
    if (exitCode !== undefined || reason !== undefined)
      lines.push(`  ${name}${ended}${reason === undefined ? '' : `: ${reason}`}`);
    if (exitCode !== 0) lines.push(...(await logLines(target, id, name, definition)));
  }
  return lines;
}

/** Source: Amazon ECS developer guide, awslogs: a stream is `<prefix>/<container>/<task>`. */
async function logLines({ aws }: Aws, task: string, name: string, definition: TaskDefinition): Promise<readonly string[]> {
  const container = definition.containerDefinitions?.find((one) => one.name === name);
  const { logDriver, options = {} } = container?.logConfiguration ?? {};
  const { 'awslogs-group': logGroupName, 'awslogs-stream-prefix': prefix } = options;
  if (logDriver !== 'awslogs' || logGroupName === undefined || prefix === undefined) return [];
  const logStreamName = `${prefix}/${name}/${task}`;
  const logs = await aws.cloudWatchLogs();
  try {
    const { events = [] } = await logs.getLogEvents({ logGroupName, logStreamName, limit: SHOWN_LINES, startFromHead: false });
    if (events.length === 0) return [`  ${name} wrote nothing`];
    return [`  the last lines of ${name} (${logGroupName}):`, ...events.map(({ message = '' }) => `    | ${message.trimEnd()}`)];
  } catch (error) {
    return [`  ${explainAws(error, `the log of ${name} cannot be read`).message}`];
  }
}

/** What ECS says of the service, such as that a load balancer finds tasks unhealthy; the latest first. */
function eventLines({ events = [] }: Service): readonly string[] {
  return events.slice(0, SHOWN_EVENTS).map(({ message = '' }) => `ECS: ${message}`);
}
