/** Opens the tunnel, then psql, or waits. */
import { spawn } from 'node:child_process';
import type { CommandContext } from '../../cli/command';
import { CommandError, Unavailable } from '../../cli/errors';
import { untilInterrupted } from '../../cli/interruption';
import { defaultRole, loginOf, openDatabaseTunnel, type DatabaseLogin, type Tunnel } from '../../operations/database-tunnel';
import { loadTarget, type Target } from '../../operations/target';
import { runCommand } from '../../terraform/runner/run-command';

export interface DbOptions {
  readonly tunnel: boolean;
  readonly port?: number;
  readonly replica?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly endpoint?: string;
  readonly output: string;
}

/** @returns the exit code */
export async function openDatabase(
  context: CommandContext,
  environment: string,
  operands: readonly string[],
  options: DbOptions,
): Promise<number> {
  const { io } = context;
  const { role, args } = readOperands(operands);
  if (options.tunnel && (role !== undefined || args.length > 0))
    throw new CommandError('--tunnel starts no psql: it takes neither a role nor arguments', 2);
  if (options.json && !options.tunnel) throw new CommandError('--json is for --tunnel: the output is that of psql', 2);
  const target = await loadTarget(context, environment, options);
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  const open = () => openDatabaseTunnel(target, { localPort: options.port, replica: options.replica, report });
  const database = target.environment.data.database?.name ?? '';
  if (options.dryRun) return sayWhat(context, target, options, role);
  if (options.tunnel) return keepOpen(context, await open(), database, options.json);
  if (target.environment.data.database === undefined) throw new CommandError(`${environment} has no database`);
  const { code } = await runCommand('psql', ['--version'], { env: io.env });
  if (code === 127)
    throw new Unavailable(
      'there is no psql on the PATH\n  fix   install the client of PostgreSQL, or use --tunnel with another program',
    );
  const chosen = role ?? defaultRole(target);
  const login = await loginOf(target, chosen);
  report(`as ${login.username} (${chosen}) on ${database}`);
  const tunnel = await open();
  try {
    return await psql(context, { tunnel, login, database, args, placement: target.environment.data.database.placement });
  } finally {
    await tunnel.close();
  }
}

function sayWhat({ io }: CommandContext, target: Target, { tunnel, replica }: DbOptions, role?: string): number {
  const { database } = target.environment.data;
  if (database === undefined) throw new CommandError(`${target.name} has no database`);
  const server = replica === undefined ? 'the database' : `the replica ${replica}`;
  const then = tunnel ? 'and keep it open' : `and start psql as ${role ?? defaultRole(target)}`;
  io.stderr.write(`would open a tunnel to ${server} of ${target.name} (${database.name}), ${then}\n`);
  return 0;
}

/** A role is left out where the arguments of psql begin at once. */
function readOperands(operands: readonly string[]): { readonly role?: string; readonly args: readonly string[] } {
  const [first, ...others] = operands;
  return first === undefined || first.startsWith('-') ? { args: operands } : { role: first, args: others };
}

/** Until Ctrl-C, or until the session ends by itself. */
async function keepOpen({ io }: CommandContext, tunnel: Tunnel, database: string, json: boolean): Promise<number> {
  const { port } = tunnel;
  io.stdout.write(json ? `${JSON.stringify({ host: '127.0.0.1', port, database })}\n` : `127.0.0.1:${port} (${database})\n`);
  io.stderr.write('connect with sslmode=require: the name in the certificate is not 127.0.0.1. Ctrl-C closes the tunnel\n');
  const reason = await untilInterrupted((signal) =>
    Promise.race([
      tunnel.closed,
      new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true })),
    ]),
  );
  await tunnel.close();
  if (reason === undefined) return 0;
  throw new CommandError(
    `the tunnel has ended${reason === '' ? '' : `: ${reason}`}\n  fix   sessions end when they are idle; start it again`,
  );
}

interface Psql {
  readonly tunnel: Tunnel;
  readonly login: DatabaseLogin;
  readonly database: string;
  readonly args: readonly string[];
  readonly placement: 'managed' | 'host';
}

/** The login is in the variables of psql only: arguments are visible to every user of the machine. */
async function psql({ io }: CommandContext, { tunnel, login, database, args, placement }: Psql): Promise<number> {
  const child = spawn('psql', args, {
    stdio: 'inherit',
    env: {
      ...io.env,
      PGHOST: '127.0.0.1',
      PGPORT: String(tunnel.port),
      PGDATABASE: database,
      PGUSER: login.username,
      PGPASSWORD: login.password,
      // A server on the host has no certificate: the tunnel ends there, and is encrypted itself.
      PGSSLMODE: io.env.PGSSLMODE ?? (placement === 'managed' ? 'require' : 'prefer'),
      // These two would take precedence over what is above.
      PGHOSTADDR: undefined,
      PGSERVICE: undefined,
    },
  });
  // Ctrl-C reaches psql as well, where it ends the query: psql decides when this ends.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
