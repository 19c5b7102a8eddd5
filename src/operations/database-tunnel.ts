/** Brings the database of an environment to a port of this machine, through a session of Systems Manager. */
import { explained } from '../aws/errors';
import { CommandError } from '../cli/errors';
import { PortSession } from './session/port-session';
import { endSession, resumer, startSession } from './session/systems-manager';
import { operationsOf } from './registry';
import type { Target } from './target';

export interface TunnelOptions {
  /** @default any free port */
  readonly localPort?: number;
  /** A read replica. @default the primary */
  readonly replica?: string;
  /** Receives what happens. */
  readonly report: (line: string) => void;
}

export interface Tunnel {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Fulfilled with the reason, when it has ended by itself. */
  readonly closed: Promise<string>;
  readonly close: () => Promise<void>;
}

/** The port of PostgreSQL. */
const PORT = 5432;

/** @throws CommandError when the environment has no database, or nothing that reaches it */
export async function openDatabaseTunnel(target: Target, { localPort, replica, report }: TunnelOptions): Promise<Tunnel> {
  const { aws } = target;
  const remoteHost = await hostOf(target, replica);
  const { ssmTarget, name } = await operationsOf(target).tunnelEnd(target);
  report(`through ${name}`);
  const portNumber = [String(PORT)];
  const offer = await startSession(aws, {
    Target: ssmTarget,
    ...(remoteHost === undefined
      ? { DocumentName: 'AWS-StartPortForwardingSession', Parameters: { portNumber } }
      : { DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost', Parameters: { host: [remoteHost], portNumber } }),
  });
  try {
    const session = await PortSession.open(offer, { localPort, report, resume: resumer(aws, offer) });
    const close = async (): Promise<void> => {
      session.close();
      await endSession(aws, offer);
    };
    return { port: session.port, closed: session.closed, close };
  } catch (error) {
    await endSession(aws, offer);
    throw error;
  }
}

/** @returns undefined for a database on the very host that the tunnel ends at */
async function hostOf({ name, environment, published }: Target, replica: string | undefined): Promise<string | undefined> {
  const { database } = environment.data;
  if (database === undefined) throw new CommandError(`${name} has no database`);
  if (database.placement === 'host' && replica === undefined) return undefined;
  const deployed = (await published('data'))?.database;
  if (deployed === undefined) throw new CommandError(`${name}-data is not deployed`);
  if (replica === undefined) return deployed.host;
  const replicas = deployed.replicaHosts;
  const found = replicas[replica];
  if (found !== undefined) return found;
  throw new CommandError(`${name} has no replica ${replica}\n  fix   it has: ${Object.keys(replicas).join(', ') || 'none'}`);
}

/** A login as its secret holds it. */
export interface DatabaseLogin {
  readonly username: string;
  readonly password: string;
}

/** Who logs in as this: a role of the description, or the owner of the server. */
export const MASTER = 'master';

/**
 * The role that is meant when none is named: the first that only reads.
 * @throws CommandError without one, with the roles that there are
 */
export function defaultRole({ name, environment }: Pick<Target, 'name' | 'environment'>): string {
  const roles = environment.data.database?.roles ?? [];
  const reader = roles.find(({ privileges }) => privileges === 'read-only');
  if (reader !== undefined) return reader.name;
  const known = roles.map((role) => `${role.name} (${role.privileges})`).join(', ');
  throw new CommandError(
    `${name} has no role that only reads: name the one that you mean\n  fix   its roles: ${known || 'none'}; or declare one: database.roles.reports = { privileges: 'read-only' }`,
  );
}

/** Reads a login. @throws CommandError for a role that is unknown, or has no password */
export async function loginOf({ name, aws, environment, published }: Target, role: string): Promise<DatabaseLogin> {
  const database = (await published('data'))?.database;
  if (database === undefined) throw new CommandError(`${name}-data is not deployed, or has no database`);
  const arn = role === MASTER ? database.masterSecretArn : database.roleSecretArns[role];
  if (arn === undefined)
    throw new CommandError(
      role === MASTER
        ? `the superuser of a database on the host logs in there, and has no password\n  fix   npm run shell -- ${name} host -- sudo terrace-pg psql ${environment.data.database?.name ?? ''}`
        : `${name} has no login ${role} with a password\n  fix   its logins: ${Object.keys(database.roleSecretArns).join(', ') || 'none'}`,
    );
  const secrets = await aws.secretsManager();
  const { SecretString: text = '' } = await explained(`reading the login ${role}`, () =>
    secrets.getSecretValue({ SecretId: arn }),
  );
  const { username, password } = JSON.parse(text) as Partial<DatabaseLogin>;
  if (username !== undefined && password !== undefined) return { username, password };
  throw new CommandError(`the secret of ${role} holds no login yet\n  fix   run the job database-init`);
}
