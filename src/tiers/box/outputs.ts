/** What the box tells people: addresses, and the exact commands of the next steps. */
import { databaseTunnelCommand, hostLine, remoteDatabaseTunnelCommand, runCommand, shellCommand, type Host } from './commands';
import { outputName } from '../../terraform/output-name';
import type { TerraceStack } from '../../terraform/terrace-stack';

export interface BoxOutputs {
  readonly host: Host;
  /** What the names must point at: an address, or the name of a load balancer. */
  readonly address: string;
  /** Whether several hosts share the work; none of them then keeps or restores anything. */
  readonly several: boolean;
  /** The names that nginx answers to. */
  readonly hosts: readonly string[];
  readonly jobs: readonly string[];
  readonly database?: { readonly placement: 'host' } | { readonly placement: 'managed'; readonly host: string };
}

/** Writes the outputs of the stack. Nothing in them is secret. */
export function addBoxOutputs(stack: TerraceStack, outputs: BoxOutputs): void {
  addAddressOutputs(stack, outputs);
  addAccessOutputs(stack, outputs);
  addOperationOutputs(stack, outputs);
}

function addAddressOutputs(stack: TerraceStack, { address, several, hosts }: BoxOutputs): void {
  stack.addOutput('address', `What the host names must point at (${several ? 'alias or CNAME' : 'A'} records)`, address);
  for (const name of hosts)
    stack.addOutput(`url_${outputName(name)}`, `Answers once ${name} points at the host`, `https://${name}`);
}

function addAccessOutputs(stack: TerraceStack, { host, database }: BoxOutputs): void {
  stack.addOutput('shell', 'Opens a shell on the host (needs the Session Manager plugin)', shellCommand(host));
  if (database === undefined) return;
  const command = database.placement === 'host' ? databaseTunnelCommand(host) : remoteDatabaseTunnelCommand(host, database.host);
  stack.addOutput('tunnel_to_database', 'Brings the database to localhost:5432', command);
}

function addOperationOutputs(stack: TerraceStack, { host, jobs, database, several }: BoxOutputs): void {
  const run = (line: string) => runCommand(host, line);
  stack.addOutput(
    'apply_now',
    'Applies the configuration and released images now instead of within five minutes',
    run(hostLine.apply),
  );
  for (const job of jobs) stack.addOutput(`run_${outputName(job)}`, `Starts the job ${job} now`, run(hostLine.job(job)));
  if (several) return;
  stack.addOutput('backup_now', 'Makes a backup now', run(hostLine.backup));
  if (database === undefined) return;
  stack.addOutput('restore', 'Restores the newest backup; refuses a database that is not empty', run(hostLine.restore));
  stack.addOutput('drill', 'Restores the newest backup into a scratch database and compares it', run(hostLine.drill));
}
