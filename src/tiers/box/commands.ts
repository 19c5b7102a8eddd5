/** Commands for the next steps of a person. Pure. Values may be Terraform references, so the shell's own `${` is not used. */
import { PORTS } from '../../config/tables/ports';
import { command } from './host/paths';

/** The host that a command is for. */
export interface Host {
  readonly region: string;
  /** An id, or a shell variable that holds one. */
  readonly instanceId: string;
  /** A command that finds the host and must run first. @default none */
  readonly first?: string;
}

/** The first host of a group; all are identical. */
export function anyHostOf(region: string, groupName: string): Host {
  const describe = `aws autoscaling describe-auto-scaling-groups --region ${region} --auto-scaling-group-names ${groupName}`;
  const id = `$(${describe} --query 'AutoScalingGroups[0].Instances[0].InstanceId' --output text)`;
  return { region, instanceId: '$host', first: `host=${id}` };
}

/** A command, after the one that finds the host. */
function on({ first }: Host, command: string): string {
  return first === undefined ? command : `${first} && ${command}`;
}

/** Opens a shell on the host. Needs the Session Manager plugin of the AWS CLI. */
export function shellCommand(host: Host): string {
  return on(host, `aws ssm start-session --region ${host.region} --target ${host.instanceId}`);
}

/** Forwards the host's PostgreSQL to localhost:5432 of the caller's machine. */
export function databaseTunnelCommand(host: Host): string {
  const port = PORTS.postgres;
  return [
    shellCommand(host),
    '--document-name AWS-StartPortForwardingSession',
    `--parameters portNumber=${port},localPortNumber=${port}`,
  ].join(' ');
}

/** Forwards a managed database to localhost:5432, through the host. */
export function remoteDatabaseTunnelCommand(host: Host, databaseHost: string): string {
  const port = PORTS.postgres;
  return [
    shellCommand(host),
    '--document-name AWS-StartPortForwardingSessionToRemoteHost',
    `--parameters host=${databaseHost},portNumber=${port},localPortNumber=${port}`,
  ].join(' ');
}

/**
 * Runs one line as root on the host and prints its status and output.
 * @param line without quotes, commas and brackets, which the AWS CLI's shorthand would interpret
 */
export function runCommand(host: Host, line: string): string {
  const { region, instanceId } = host;
  const send = [
    `aws ssm send-command --region ${region} --instance-ids ${instanceId} --document-name AWS-RunShellScript`,
    `--parameters 'commands=[${line}]' --query Command.CommandId --output text`,
  ].join(' ');
  const run = `--region ${region} --instance-id ${instanceId} --command-id $id`;
  const result = `--query '[Status, StandardOutputContent, StandardErrorContent]' --output text`;
  // The waiter gives up after 100 seconds; the output so far is printed all the same.
  return on(host, `id=$(${send}) && { aws ssm wait command-executed ${run}; aws ssm get-command-invocation ${run} ${result}; }`);
}

/** Lines for `runCommand`. */
export const hostLine = {
  apply: command('pull'),
  backup: command('backup'),
  restore: command('restore'),
  drill: command('drill'),
  /** Runs a job, waits for its end, and shows what it wrote. */
  job: (key: string): string => `${command('job')} ${key}`,
} as const;
