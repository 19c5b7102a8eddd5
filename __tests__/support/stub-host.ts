/** A host behind Systems Manager: commands run on this machine, with stand-ins for systemd and `terrace-pg`, in a folder. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsFailure, type Answer } from './stub-aws';

/** Of Systems Manager. Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html */
const RETURNED = { stdout: 24_000, stderr: 8_000 };

/** A unit goes on after the command has ended. Stopping it ends its first process only, as with programs in a container. */
const SYSTEMD_RUN = `
for argument in "$@"; do case $argument in --unit=*) unit=$(printf %s "$argument" | cut -c 8-) ;; esac; done
while [ "$1" != bash ]; do shift; done
setsid "$@" > /dev/null 2>&1 < /dev/null &
echo $! > "$UNITS/$unit"
`;

const SYSTEMCTL = `
case $1 in
  is-active) pid=$(cat "$UNITS/$3" 2> /dev/null) || exit 3; kill -0 "$pid" 2> /dev/null ;;
  stop) pid=$(cat "$UNITS/$2" 2> /dev/null) || exit 0; kill -TERM "$pid" 2> /dev/null || true ;;
esac
`;

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class StubHost {
  public readonly folder = mkdtempSync(join(tmpdir(), 'terrace-host-'));
  /** Lines that Systems Manager was asked to run. */
  public readonly lines: string[] = [];
  /** Undefined while a line runs. */
  private readonly results = new Map<string, Result | undefined>();

  /** @param pg what `terrace-pg` does: a shell script with the program and its arguments as arguments */
  constructor(pg = 'exec "$@"') {
    for (const folder of ['bin', 'units', 'runtime']) mkdirSync(join(this.folder, folder));
    this.program('systemd-run', SYSTEMD_RUN);
    this.program('systemctl', SYSTEMCTL);
    this.program('terrace-pg', pg);
  }

  /** The actions of Systems Manager. */
  public get actions(): Readonly<Record<string, Answer>> {
    return {
      SendCommand: ({ Parameters: { commands } }) => {
        const id = `command-${this.results.size}`;
        this.results.set(id, undefined);
        void this.run(commands[0]).then((result) => this.results.set(id, result));
        return { Command: { CommandId: id } };
      },
      GetCommandInvocation: ({ CommandId: id }) => {
        const result = this.results.get(id);
        if (!this.results.has(id)) throw new AwsFailure('InvocationDoesNotExist');
        if (result === undefined) return { Status: 'InProgress', StatusDetails: 'InProgress', ResponseCode: -1 };
        const { code, stdout, stderr } = result;
        return {
          Status: code === 0 ? 'Success' : 'Failed',
          StatusDetails: code === 0 ? 'Success' : 'Failed',
          ResponseCode: code,
          StandardOutputContent: stdout.slice(0, RETURNED.stdout),
          StandardErrorContent: stderr.slice(0, RETURNED.stderr),
        };
      },
    };
  }

  /** What is left in the memory of the host. */
  public get runtime(): string {
    return spawnSync('find', [join(this.folder, 'runtime'), '-type', 'f'], { encoding: 'utf8' }).stdout;
  }

  public program(name: string, text: string): void {
    const file = join(this.folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${text}`);
    chmodSync(file, 0o755);
  }

  public read(name: string): string {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Until every line that was sent has ended, also those that nobody waits for. */
  public async settled(): Promise<void> {
    while ([...this.results.values()].includes(undefined)) await new Promise((wake) => setTimeout(wake, 20));
  }

  /** Runs a line as root of the host. */
  public run(line: string): Promise<Result> {
    this.lines.push(line);
    const here = line
      .replaceAll('/run/terrace', join(this.folder, 'runtime'))
      .replaceAll('/usr/local/sbin/', `${this.folder}/bin/`)
      .replaceAll(' /data/', ` ${this.folder}/data/`);
    const child = spawn('bash', ['-c', here], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`,
        UNITS: join(this.folder, 'units'),
        HOST: this.folder,
      },
    });
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (piece: string) => (texts[stream] += piece));
    return new Promise((settle) => child.on('close', (code) => settle({ code: code ?? 1, ...texts })));
  }
}
