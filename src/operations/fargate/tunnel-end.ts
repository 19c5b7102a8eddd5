/** The end of a tunnel on Fargate: the agent in a task that uses the database and admits shells. */
import { CommandError } from '../../cli/errors';
import type { ResolvedContainer } from '../../config/resolved/environment';
import type { TunnelEnd } from '../tunnel-end';
import type { Target } from '../target';
import { runningTasks } from './running-tasks';
import { taskId } from './task-log';

/** @throws CommandError without such a task, with the way out */
export async function tunnelEnd(target: Target): Promise<TunnelEnd> {
  const { name, environment } = target;
  const { services, workers } = environment.workloads;
  const open = [...services, ...workers].filter((workload) => workload.exec && usesDatabase(workload));
  for (const { key } of open) {
    const { clusterName, tasks } = await runningTasks(target, key);
    for (const { taskArn = '', containers = [] } of tasks) {
      // Any container will do: they share the network of their task.
      const runtimeId = containers.find(({ name: container }) => container === key)?.runtimeId;
      const id = taskId(taskArn);
      if (runtimeId !== undefined) return { ssmTarget: `ecs:${clusterName}_${id}_${runtimeId}`, name: `a container of ${key}` };
    }
  }
  const known = open.map(({ key }) => key).join(', ');
  throw new CommandError(
    known === ''
      ? `nothing of ${name} that uses the database admits shells, and the database is open to nothing else\n  fix   set exec: true on a worker or service that uses it, deploy, do the work, and take it back`
      : `no task of ${known} is running\n  fix   npm run logs -- ${name} ${open[0]?.key ?? ''} may show why`,
  );
}

/** As the security group of its tasks is opened (src/modules/containers/data-access.ts). */
function usesDatabase({ variables, sidecars }: ResolvedContainer): boolean {
  const all = [variables, ...sidecars.map((sidecar) => sidecar.variables)];
  return all.some(
    ({ secrets, references }) =>
      Object.values(secrets).some(({ kind }) => kind !== 'secret') ||
      Object.values(references).some((reference) => reference.startsWith('database.')),
  );
}
