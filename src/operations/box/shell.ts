/** Shells on the hosts of a box, and in their containers: sessions of Systems Manager. */
import { CommandError } from '../../cli/errors';
import { shellWords } from '../session/exit-marker';
import { runRemoteShell } from '../session/remote-shell';
import { startSession } from '../session/systems-manager';
import { isInteractive } from '../session/terminal';
import { chosen, HOST, workloadWithShell, type ShellRequest } from '../shell-request';
import type { Target } from '../target';
import { hostsOf } from './host-command';

export async function openBoxShell(target: Target, request: ShellRequest): Promise<number> {
  const { place, terminal, task, report } = request;
  const container = place === HOST ? undefined : workloadWithShell(target, place).key;
  const host = chosen(await hostsOf(target), { place: HOST, task });
  report(container === undefined ? `host ${host}` : `${container} on the host ${host}`);
  const { aws } = target;
  if (container === undefined) return runRemoteShell({ aws, request, open: (line) => open(target, host, line) });
  const inContainer = inCompose(target, container, isInteractive(terminal));
  // Without a command, the program in the container is a shell.
  const shell = (line: string | undefined) => open(target, host, line ?? inContainer(['/bin/sh']));
  return runRemoteShell({ aws, request, open: shell, lineOf: inContainer });
}

/** A session runs as `ssm-user`, who may become root. */
function inCompose({ name, environment: { tier } }: Target, key: string, isTerminal: boolean) {
  if (tier.kind !== 'box') throw new CommandError(`${name} is not on a host`);
  const compose = ['sudo', 'docker', 'compose', '--project-directory', tier.box.applicationDirectory, 'exec'];
  return (command: readonly string[]): string => shellWords([...compose, ...(isTerminal ? [] : ['-T']), key, ...command]);
}

function open({ aws }: Target, host: string, line: string | undefined) {
  return startSession(aws, {
    Target: host,
    ...(line === undefined ? {} : { DocumentName: 'AWS-StartInteractiveCommand', Parameters: { command: [line] } }),
  });
}
