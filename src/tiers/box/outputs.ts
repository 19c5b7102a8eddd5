/** The outputs of the box for people: addresses, and the exact commands of the next steps. */
import { databaseTunnelCommand, hostLine, remoteDatabaseTunnelCommand, runCommand, shellCommand, type Host } from './commands';
import { runJobCommand } from './run-job-command';
import { outputName } from '../../terraform/output-name';
import type { TerraceStack } from '../../terraform/terrace-stack';

export interface BoxOutputs {
  readonly host: Host;
  /** What DNS records must point to: an IP address, or the name of a load balancer. Left out with an internal one. */
  readonly address?: string;
  /** Whether there are several hosts. They back up and restore nothing. */
  readonly several: boolean;
  /** The host names that nginx serves. */
  readonly hosts: readonly string[];
  readonly jobs: readonly { readonly key: string; readonly timeoutSeconds: number }[];
  readonly database?: { readonly placement: 'host' } | { readonly placement: 'managed'; readonly host: string };
}

/** Writes the outputs of the stack. Nothing in them is secret. */
export function addBoxOutputs(stack: TerraceStack, outputs: BoxOutputs): void {
  addAddressOutputs(stack, outputs);
  addAccessOutputs(stack, outputs);
  addOperationOutputs(stack, outputs);
}

function addAddressOutputs(stack: TerraceStack, { address, several, hosts }: BoxOutputs): void {
  if (address === undefined) return;
  stack.addOutput(
    'address',
    `The target of the DNS records of all host names (${several ? 'alias or CNAME' : 'A'} records)`,
    address,
  );
  for (const name of hosts)
    stack.addOutput(`url_${outputName(name)}`, `Answers once ${name} points to the host`, `https://${name}`);
}

function addAccessOutputs(stack: TerraceStack, { host, database }: BoxOutputs): void {
  stack.addOutput('shell', 'Opens a shell on the host (needs the Session Manager plugin)', shellCommand(host));
  if (database === undefined) return;
  const command = database.placement === 'host' ? databaseTunnelCommand(host) : remoteDatabaseTunnelCommand(host, database.host);
  stack.addOutput('tunnel_to_database', 'Forwards the database to localhost:5432 (needs the Session Manager plugin)', command);
}

function addOperationOutputs(stack: TerraceStack, { host, jobs, database, several }: BoxOutputs): void {
  const run = (line: string) => runCommand(host, line);
  stack.addOutput(
    'apply_now',
    'Applies new configuration, images and secrets now instead of within five minutes',
    run(hostLine.apply),
  );
  for (const job of jobs) {
    const description = `Runs the job ${job.key} now, prints its output, and ends with its exit code`;
    stack.addOutput(`run_${outputName(job.key)}`, description, runJobCommand(host, job));
  }
  if (several) return;
  stack.addOutput('backup_now', 'Creates a backup now', run(hostLine.backup));
  if (database === undefined) return;
  stack.addOutput('restore', 'Restores the newest backup, but only into an empty database', run(hostLine.restore));
  stack.addOutput('drill', 'Restores the newest backup into a scratch database and verifies it', run(hostLine.drill));
}
