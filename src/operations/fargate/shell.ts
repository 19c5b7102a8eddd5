/** Shells in containers on Fargate: ECS Exec. */
import { explainAws, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { SessionOffer } from '../session/data-channel';
import { shellWord } from '../session/exit-marker';
import { runRemoteShell } from '../session/remote-shell';
import { chosen, HOST, workloadWithShell, type ShellRequest } from '../shell-request';
import type { Target } from '../target';
import { runningTasks } from './running-tasks';
import { taskId } from './task-log';

export async function openFargateShell(target: Target, request: ShellRequest): Promise<number> {
  const { place, report } = request;
  if (place === HOST) throw new CommandError(`tasks on Fargate have no host of their own\n  fix   name a service or a worker`);
  const { key } = workloadWithShell(target, place);
  const { clusterName, tasks } = await runningTasks(target, key);
  const id = chosen(
    tasks.map(({ taskArn = '' }) => taskId(taskArn)),
    request,
  );
  report(`task ${id} of ${key}`);
  const { aws } = target;
  // ECS splits the command into words as a shell does.
  const open = (line: string | undefined) =>
    execute(target, clusterName, id, key, line === undefined ? '/bin/sh' : `/bin/sh -c ${shellWord(line)}`);
  return runRemoteShell({ aws, request, open });
}

async function execute(
  { aws }: Target,
  cluster: string,
  task: string,
  container: string,
  command: string,
): Promise<SessionOffer> {
  const ecs = await aws.ecs();
  try {
    const { session } = await ecs.executeCommand({ cluster, task, container, command, interactive: true });
    return { sessionId: session?.sessionId ?? '', streamUrl: session?.streamUrl ?? '', tokenValue: session?.tokenValue ?? '' };
  } catch (error) {
    const isUnprepared = isAwsError(error, 'InvalidParameterException') && String(error).includes('execute command');
    if (isAwsError(error, 'TargetNotConnectedException') || isUnprepared)
      throw new CommandError(
        `the task ${task} does not answer: its agent needs about a minute after the start, and tasks of before exec: true have none\n  fix   wait, or deploy ${container} again`,
      );
    throw explainAws(error, `opening a shell in ${container}`);
  }
}
