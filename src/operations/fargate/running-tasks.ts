/** The running tasks of a service or worker. */
import type { Task } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';

export interface RunningTasks {
  readonly clusterName: string;
  /** The newest first. */
  readonly tasks: readonly Task[];
}

/** @throws CommandError while it is not deployed */
export async function runningTasks({ aws, name, published }: Target, key: string): Promise<RunningTasks> {
  const compute = await published('compute-fargate');
  const service = compute?.services[key] ?? compute?.workers[key];
  if (compute === undefined || service === undefined) throw new CommandError(`${key} of ${name} is not deployed`);
  const { clusterName } = compute;
  const ecs = await aws.ecs();
  const tasks = await explained(`listing the tasks of ${key}`, async () => {
    const { taskArns = [] } = await ecs.listTasks({ cluster: clusterName, serviceName: service.name, desiredStatus: 'RUNNING' });
    if (taskArns.length === 0) return [];
    return (await ecs.describeTasks({ cluster: clusterName, tasks: taskArns })).tasks ?? [];
  });
  const started = ({ startedAt }: Task): number => startedAt?.getTime() ?? 0;
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  return { clusterName, tasks: running.toSorted((one, other) => started(other) - started(one)) };
}
