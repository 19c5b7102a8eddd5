/** Runs a line as root on the host of a box, through Systems Manager, and waits for its end. */
import { explained, isAwsError } from '../../aws/errors';
import { waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';

export interface HostCommandOptions {
  /** Seconds that the line may take. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

export interface HostCommandResult {
  readonly exitCode: number;
  /** At most the first 24,000 characters: more is not returned by Systems Manager. */
  readonly stdout: string;
  /** At most the first 8,000 characters. */
  readonly stderr: string;
}

/** Systems Manager answers `InvocationDoesNotExist` until the host has been told. */
const TOLD_SECONDS = 30;

const POLLING_SECONDS = 2;

/** Statuses that are none of an end. Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
const RUNNING = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** @throws CommandError when the host cannot be reached; a line that fails is a result */
export async function runOnHost(
  { aws }: Pick<Target, 'aws'>,
  instanceId: string,
  line: string,
  { timeoutSeconds, signal }: HostCommandOptions,
): Promise<HostCommandResult> {
  const ssm = await aws.ssm();
  const { Command: command } = await explained(`sending a command to ${instanceId}`, () =>
    ssm.sendCommand({
      InstanceIds: [instanceId],
      DocumentName: 'AWS-RunShellScript',
      Parameters: { commands: [line], executionTimeout: [String(timeoutSeconds)] },
    }),
  );
  const query = { InstanceId: instanceId, CommandId: command?.CommandId ?? '' };
  const look = async () => {
    try {
      const answer = await ssm.getCommandInvocation(query);
      return RUNNING.has(answer.Status ?? 'Pending') ? undefined : answer;
    } catch (error) {
      if (isAwsError(error, 'InvocationDoesNotExist')) return undefined;
      throw error;
    }
  };
  const timeout = timeoutSeconds + TOLD_SECONDS;
  const ended = await explained(`waiting for a command on ${instanceId}`, () =>
    waitFor(look, { everySeconds: POLLING_SECONDS, timeoutSeconds: timeout, signal }),
  );
  const { ResponseCode: code = -1, StatusDetails: status = '', StandardOutputContent: stdout = '' } = ended;
  if (code < 0 && status !== 'Success')
    throw new CommandError(
      `${instanceId} did not run the command: ${status}\n  fix   is the host running, and does its agent answer?`,
    );
  return { exitCode: code, stdout, stderr: ended.StandardErrorContent ?? '' };
}

/** The hosts of an environment: one, or those of its group that are in service. @throws CommandError when there is none */
export async function hostsOf({ aws, name, published }: Target): Promise<readonly string[]> {
  const box = await published('compute-box');
  if (box?.instanceId !== undefined) return [box.instanceId];
  if (box?.groupName === undefined) throw new CommandError(`${name}-compute-box is not deployed`);
  const { groupName } = box;
  const scaling = await aws.autoScaling();
  const { AutoScalingGroups: groups = [] } = await explained(`listing the hosts of ${groupName}`, () =>
    scaling.describeAutoScalingGroups({ AutoScalingGroupNames: [groupName] }),
  );
  const instances = groups.flatMap(({ Instances: all = [] }) => all).filter(({ LifecycleState: state }) => state === 'InService');
  const ids = instances.flatMap(({ InstanceId: id }) => (id === undefined ? [] : [id]));
  if (ids.length === 0) throw new CommandError(`no host of ${groupName} is in service`);
  return ids;
}
