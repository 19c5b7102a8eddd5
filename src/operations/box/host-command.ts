/** Runs a line as root on the host of a box, through Systems Manager, and waits for its end. */
import { explained, isAwsError } from '../../aws/errors';
import { TimedOut, waitFor } from '../../aws/waiting';
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

/** Most lines end at once: they are looked at more often in their first seconds. */
const SOON = { everySeconds: 0.5, timeoutSeconds: 3 };

/** Statuses that are none of an end. Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
const RUNNING = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/** A line that was sent to a host. */
export interface SentCommand {
  readonly instanceId: string;
  readonly commandId: string;
}

/** @throws CommandError when the host cannot be reached; a line that fails is a result */
export async function runOnHost(
  target: Pick<Target, 'aws'>,
  instanceId: string,
  line: string,
  { timeoutSeconds, signal }: HostCommandOptions,
): Promise<HostCommandResult> {
  const sent = await sendToHost(target, instanceId, line, timeoutSeconds);
  return explained(`waiting for a command on ${instanceId}`, async () => {
    const look = () => resultOnHost(target, sent);
    const soon = await waitFor(look, { ...SOON, signal }).catch((error: unknown) => {
      if (!(error instanceof TimedOut)) throw error;
    });
    return soon ?? waitFor(look, { everySeconds: POLLING_SECONDS, timeoutSeconds: timeoutSeconds + TOLD_SECONDS, signal });
  });
}

/** Sends a line and does not wait for its end. @param timeoutSeconds that the line may take */
export async function sendToHost(
  { aws }: Pick<Target, 'aws'>,
  instanceId: string,
  line: string,
  timeoutSeconds: number,
): Promise<SentCommand> {
  const ssm = await aws.ssm();
  const { Command: command } = await explained(`sending a command to ${instanceId}`, () =>
    ssm.sendCommand({
      InstanceIds: [instanceId],
      DocumentName: 'AWS-RunShellScript',
      Parameters: { commands: [line], executionTimeout: [String(timeoutSeconds)] },
    }),
  );
  return { instanceId, commandId: command?.CommandId ?? '' };
}

/** What has come of it; undefined while it runs. @throws CommandError when the host did not run it */
export async function resultOnHost(
  { aws }: Pick<Target, 'aws'>,
  { instanceId, commandId }: SentCommand,
): Promise<HostCommandResult | undefined> {
  const ssm = await aws.ssm();
  try {
    const answer = await ssm.getCommandInvocation({ InstanceId: instanceId, CommandId: commandId });
    const { Status: status = 'Pending', StatusDetails: details = '', ResponseCode: code = -1 } = answer;
    if (RUNNING.has(status)) return undefined;
    if (code < 0 && details !== 'Success')
      throw new CommandError(
        `${instanceId} did not run the command: ${details}\n  fix   is the host running, and does its agent answer?`,
      );
    return { exitCode: code, stdout: answer.StandardOutputContent ?? '', stderr: answer.StandardErrorContent ?? '' };
  } catch (error) {
    if (isAwsError(error, 'InvocationDoesNotExist')) return undefined;
    throw error;
  }
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

/** The host that runs scripts and jobs: of a group, the same one every time. @throws CommandError when there is none */
export async function scriptHostOf(target: Target): Promise<string> {
  const [first = ''] = [...(await hostsOf(target))].sort();
  return first;
}
