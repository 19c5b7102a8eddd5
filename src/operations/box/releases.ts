/**
 * A release on hosts: each is told to look at the image parameters, one after the other. The host replaces its containers without
 * failed requests, and takes a release back itself whose containers do not become healthy (docs/box-host.md).
 */
import { CommandError } from '../../cli/errors';
import { Interrupted } from '../../aws/waiting';
import {
  RolloutFailed,
  type ArnOf,
  type PolicyStatement,
  type References,
  type Releaser,
  type Rolled,
  type RollOptions,
  type Running,
} from '../release/releaser';
import type { Target } from '../target';
import { hostsOf, runOnHost } from './host-command';

const COMMANDS = '/usr/local/sbin';

/** Ends with 0 when every container of the named images runs what the parameters say; waits for a run of the timer. */
const RELEASE = `${COMMANDS}/terrace-release --wait`;

/** What a shell ends with when there is no such command. */
const NO_SUCH_COMMAND = 127;

/** Of a log that a host returns, the end is worth showing. */
const SHOWN_LINES = 40;

export class BoxReleaser implements Releaser {
  public readonly stacks = ['compute-box'] as const;

  constructor(private readonly target: Target) {}

  public async policy(_rolled: readonly Rolled[], arn: ArnOf): Promise<readonly PolicyStatement[]> {
    const { name, published } = this.target;
    return boxStatements((await published('compute-box'))?.instanceId, name, arn);
  }

  public async check(): Promise<readonly string[]> {
    try {
      await hostsOf(this.target);
      return [];
    } catch (error) {
      if (error instanceof CommandError) return [error.message];
      throw error;
    }
  }

  /** Not known here: hosts follow the parameter by themselves, within five minutes. */
  public running(): Promise<Running> {
    return Promise.resolve(new Map());
  }

  public async roll(rolled: readonly Rolled[], _references: References, options: RollOptions): Promise<void> {
    const images = imagesOf(rolled);
    if (images.length > 0) await this.onEachHost(`${RELEASE} ${images.join(' ')}`, options, 'does not run the new images');
  }

  /** The parameters are written back by then. A host of an earlier version has only the command that looks at everything. */
  public async restore(rolled: readonly Rolled[], _references: References, options: RollOptions): Promise<void> {
    const images = imagesOf(rolled);
    if (images.length === 0) return;
    const line = `if [ -x ${COMMANDS}/terrace-release ]; then ${RELEASE} ${images.join(' ')}; else ${COMMANDS}/terrace-pull; fi`;
    await this.onEachHost(line, options, 'does not run the former images yet');
  }

  /** @throws RolloutFailed at the first host that fails, with what it printed */
  private async onEachHost(line: string, { timeoutSeconds, signal, report }: RollOptions, failed: string): Promise<void> {
    const hosts = await hostsOf(this.target);
    for (const [index, host] of hosts.entries()) {
      if (signal?.aborted === true) throw new Interrupted();
      report(`${host}: releasing (host ${index + 1} of ${hosts.length})`);
      const { exitCode, stdout, stderr } = await runOnHost(this.target, host, line, { timeoutSeconds, signal });
      const lines = `${stdout}\n${stderr}`.split('\n').filter((text) => text.trim() !== '');
      const shown = lines.slice(-SHOWN_LINES).map((text) => `${host}: ${text}`);
      if (exitCode === NO_SUCH_COMMAND)
        throw new RolloutFailed(`${host} has no terrace-release`, [
          `its configuration is of an earlier version: apply ${this.target.name}-compute-box, and wait five minutes`,
        ]);
      if (exitCode !== 0) throw new RolloutFailed(`${host} ${failed} (${exitCode})`, shown);
      for (const text of shown) report(text);
    }
  }
}

function imagesOf(rolled: readonly Rolled[]): readonly string[] {
  return [...new Set(rolled.flatMap(({ containers }) => Object.values(containers)))].sort();
}

function boxStatements(instanceId: string | undefined, environment: string, arn: ArnOf): readonly PolicyStatement[] {
  const document = arn('ssm', 'document/AWS-RunShellScript').replace(/:\d{12}:/, '::');
  return [
    { Sid: 'ShellDocument', Action: ['ssm:SendCommand'], Resource: [document] },
    {
      Sid: 'RunOnHosts',
      Action: ['ssm:SendCommand'],
      Resource: [arn('ec2', `instance/${instanceId ?? '*'}`)],
      ...(instanceId === undefined ? { Condition: { StringEquals: { 'ssm:resourceTag/environment': environment } } } : {}),
    },
    { Sid: 'WaitForHosts', Action: ['ssm:GetCommandInvocation'], Resource: ['*'] },
    ...(instanceId === undefined
      ? [{ Sid: 'FindHosts', Action: ['autoscaling:DescribeAutoScalingGroups'], Resource: ['*'] }]
      : []),
  ];
}
