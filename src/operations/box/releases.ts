/**
 * A release on hosts: each is told to look at the image parameters, one after the other. The host replaces its containers without
 * failed requests, and takes a release back itself whose containers do not become healthy (docs/box-host.md).
 */
import { CommandError } from '../../cli/errors';
import { Interrupted } from '../../aws/waiting';
import { RolloutFailed, type References, type Releaser, type Rolled, type RollOptions, type Running } from '../releases';
import type { Target } from '../target';
import { hostsOf, runOnHost } from './host-command';

const COMMANDS = '/usr/local/sbin';

/** What a shell ends with when there is no such command. */
const NO_SUCH_COMMAND = 127;

/** Of a log that a host returns, the end is worth showing. */
const SHOWN_LINES = 40;

export class BoxReleaser implements Releaser {
  constructor(private readonly target: Target) {}

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

  public async roll(_rolled: readonly Rolled[], _references: References, options: RollOptions): Promise<void> {
    await this.onEachHost('terrace-release', options, 'took the release back');
  }

  /** The parameters are written back by then. */
  public async restore(_rolled: readonly Rolled[], _references: References, options: RollOptions): Promise<void> {
    await this.onEachHost('terrace-pull', options, 'does not run the former images yet');
  }

  /** @throws RolloutFailed at the first host that fails, with what it printed */
  private async onEachHost(command: string, { timeoutSeconds, signal, report }: RollOptions, failed: string): Promise<void> {
    const hosts = await hostsOf(this.target);
    for (const [index, host] of hosts.entries()) {
      if (signal?.aborted === true) throw new Interrupted();
      report(`${host}: ${command} (host ${index + 1} of ${hosts.length})`);
      const { exitCode, stdout, stderr } = await runOnHost(this.target, host, `${COMMANDS}/${command}`, {
        timeoutSeconds,
        signal,
      });
      const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
      if (exitCode === NO_SUCH_COMMAND)
        throw new RolloutFailed(`${host} has no ${command}`, [
          `its configuration is of an earlier version: apply ${this.target.name}-compute-box, and wait five minutes`,
        ]);
      const shown = lines.slice(-SHOWN_LINES).map((line) => `${host}: ${line}`);
      if (exitCode !== 0) throw new RolloutFailed(`${host} ${failed} (${command} ended with ${exitCode})`, shown);
      for (const line of shown) report(line);
    }
  }
}
