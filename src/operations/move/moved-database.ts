/** The two sides of a database, and the way of its rows: from the host of a box to RDS, or between environments. */
import { z } from 'zod';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { PORTS } from '../../config/tables/ports';
import { rdsCertificate } from '../../config/tables/rds-certificates';
import { besideDatabasePlace, boxDatabasePlace, remoteDatabasePlace, type RemoteServer } from '../box/database-place';
import { runOnHost, scriptHostOf } from '../box/host-command';
import { hostEnd } from '../box/host-network';
import type { DatabasePlace } from '../database-place';
import { databasePlaceOf } from '../database-places';
import type { Target } from '../target';
import { reversedId } from './parts/database';
import { rdsInstance } from './rds-instance';
import type { Connection, DatabaseMove, LiveRoute, Route, TransferStore } from './postgres';

/** Connections that dump and restore at the same time: more than a small host has processors only slows it down. */
const JOBS = 2;

/** Next to PostgreSQL's files on the data volume, as the host sees it. A dump on the root disk could fill it. */
const FOLDER_ON_A_HOST = '/data/postgres/terrace-move';

/** The same, where the container of PostgreSQL has the volume. */
const FOLDER_IN_THE_CONTAINER_OF_A_HOST = '/var/lib/postgresql/data/terrace-move';

/** For root of the host alone: what it writes must not be in a folder of another user. */
const PARTS_ON_A_HOST = '/data/terrace-move';

/** In a task, a pod, or a container for one script: their own storage. */
const FOLDER_IN_A_CONTAINER = '/tmp/terrace-move';

/** What is chosen of a move at its beginning. */
export interface MovedDatabase {
  /** Of the move. */
  readonly id: string;
  /** Whether the new server follows the old one. */
  readonly live: boolean;
}

/**
 * Inside one environment: the host reaches both servers.
 * @param named the server, where the description does not name it any more
 */
export async function databaseToManaged(target: Target, { id, live }: MovedDatabase, named?: NamedServer): Promise<DatabaseMove> {
  const server = await managedServer(target, named);
  const source = await databasePlaceOf(target);
  return {
    id,
    source: withPassword(source, server),
    target: await remoteDatabasePlace(target, server),
    route: {
      kind: 'direct',
      at: 'source',
      other: connectionTo(server),
      folder: folderOfHost(target),
    },
    jobs: JOBS,
    ...(live ? { live: await liveOnHost(target) } : {}),
  };
}

/**
 * The way back of `databaseToManaged`: the host reads RDS, and restores into a database of another name beside its own.
 * @param beside its name
 */
export async function databaseFromManaged(
  target: Target,
  id: string,
  named: NamedServer | undefined,
  beside: string,
): Promise<DatabaseMove> {
  const server = await managedServer(target, named);
  return {
    id: reversedId(id),
    source: await remoteDatabasePlace(target, server),
    target: withPassword(await boxDatabasePlace(target, beside), server),
    route: { kind: 'direct', at: 'target', other: connectionTo(server), folder: folderOfHost(target) },
    jobs: JOBS,
  };
}

/** Once the host reaches only the new server, its scripts do not see the dump any more. */
export async function removeDump(target: Target, signal?: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await runOnHost(target, await scriptHostOf(target), `rm -rf ${FOLDER_ON_A_HOST}`, {
    timeoutSeconds: 60,
    signal,
  });
  if (exitCode !== 0) throw new CommandError(`the dump was not removed: ${stderr.trim()}`);
}

/**
 * Between environments. A dump of a host is sent by the host through a bucket: its superuser has no password with which another place
 * could log in. That of RDS is made by the place of the new side, over the network route of the move.
 * @param storeOf asked where a bucket is needed
 */
export async function databaseBetween(
  source: Target,
  target: Target,
  { id, live }: MovedDatabase,
  storeOf: () => TransferStore,
): Promise<DatabaseMove> {
  const [from, to] = [await databasePlaceOf(source), await databasePlaceOf(target)];
  if (canSendDump(source)) {
    const folders = { sourceFolder: folderOf(source), targetFolder: folderOf(target) };
    const route: Route = { kind: 'store', store: storeOf(), ...folders, ...(await senderOf(source)) };
    return { id, source: from, target: to, route, jobs: JOBS, ...(live ? { live: await liveOnHost(source) } : {}) };
  }
  const server = await managedServer(source);
  return {
    id,
    source: from,
    target: withPassword(to, server),
    route: { kind: 'direct', at: 'target', other: connectionTo(server), folder: folderOf(target) },
    jobs: JOBS,
    ...(live ? { live: { host: server.host, port: server.port, sslMode: 'require' } } : {}),
  };
}

/** Names of RDS lead to private addresses from anywhere, and after a failure to those of the standby: so none is resolved here. */
function connectionTo({ host, port, user, database }: RemoteServer): Connection {
  return { host, port, user, database, sslMode: 'require', passwordCommand: `printenv ${PASSWORD_VARIABLE}` };
}

/** The listener of the host (box/database-listener.ts). */
async function liveOnHost(source: Target): Promise<LiveRoute> {
  return { host: (await hostEnd(source)).privateAddress, port: PORTS.postgres, sslMode: 'require' };
}

/** Whether its dump is sent: elsewhere it is gone with the container that made it, and no program could send it. */
export function canSendDump({ environment: { tier, data } }: Pick<Target, 'environment'>): boolean {
  return tier.kind === 'box' && data.database?.placement === 'host';
}

/**
 * Whether the addresses of a dump, or the password of the old server, can be passed to its scripts: a task gets them through the
 * secret of a login that is the environment's own (src/operations/fargate/task-secrets.ts).
 */
export function canReceiveDump({ environment: { tier, data } }: Pick<Target, 'environment'>): boolean {
  if (tier.kind !== 'fargate' || data.database?.placement !== 'managed') return true;
  return data.database.credentials.kind === 'rotated-secret' || data.database.roles.length > 0;
}

async function senderOf(source: Target): Promise<Pick<Extract<Route, { kind: 'store' }>, 'sender'>> {
  const { database } = source.environment.data;
  if (database === undefined || !canSendDump(source)) return {};
  const place = await besideDatabasePlace(source, database.name);
  return { sender: { place, sourceFolder: FOLDER_ON_A_HOST, folder: PARTS_ON_A_HOST } };
}

function folderOf(target: Target): string {
  return canSendDump(target) ? folderOfHost(target) : FOLDER_IN_A_CONTAINER;
}

/** As scripts next to PostgreSQL see it. */
function folderOfHost({ environment: { tier } }: Target): string {
  const inContainer = tier.kind === 'box' && tier.box.dataStores === 'containers';
  return inContainer ? FOLDER_IN_THE_CONTAINER_OF_A_HOST : FOLDER_ON_A_HOST;
}

/** The variable with the password of the other side. */
const PASSWORD_VARIABLE = 'TERRACE_OTHER_PASSWORD';

function withPassword(place: DatabasePlace, { password }: RemoteServer): DatabasePlace {
  return {
    name: place.name,
    run: (script, options) => place.run(script, { ...options, secrets: { ...options.secrets, [PASSWORD_VARIABLE]: password } }),
  };
}

/** What finds a server of RDS, and the login of its master. Nothing of it is secret. */
export const namedServerSchema = z.object({
  identifier: z.string(),
  /** The database on it. */
  database: z.string(),
  /** Where RDS does not keep the login itself. */
  secretName: z.string().optional(),
});

export type NamedServer = Readonly<z.output<typeof namedServerSchema>>;

/** As the description names it; nothing where the database is on the host. */
export function namedServer({ environment }: Pick<Target, 'environment'>): NamedServer | undefined {
  const { database } = environment.data;
  if (database?.placement !== 'managed') return undefined;
  const { identifier, name, credentials } = database;
  return { identifier, database: name, ...(credentials.kind === 'rds-managed' ? {} : { secretName: credentials.secretName }) };
}

/** The RDS instance, asked from RDS: no stack publishes it before the switch. @param database as the description names it */
export async function managedServer(target: Target, database = namedServer(target)): Promise<RemoteServer> {
  const { environment, aws, name } = target;
  if (database === undefined)
    throw new CommandError(
      `the description of ${name} has no managed database, and the journal of the move does not name one\n  fix   set database.placement to 'managed' again: a move that an earlier version led to RDS goes forward only`,
    );
  const instance = await rdsInstance(target, database.identifier);
  const { Address: host, Port: port = 5432 } = instance?.Endpoint ?? {};
  const secret = database.secretName ?? instance?.MasterUserSecret?.SecretArn;
  if (host === undefined || secret === undefined)
    throw new CommandError(`${database.identifier} is not ready yet: RDS names no address`);
  const secrets = await aws.secretsManager();
  const { SecretString: login = '{}' } = await explained('reading the login of the master', () =>
    secrets.getSecretValue({ SecretId: secret }),
  );
  const { username, password } = JSON.parse(login) as { readonly username?: string; readonly password?: string };
  if (username === undefined || password === undefined)
    throw new CommandError(`the login of ${database.identifier} is not complete`);
  return {
    host,
    port,
    database: database.database,
    user: username,
    password,
    ...certificatesOf(environment.identity.region),
  };
}

function certificatesOf(region: string): Pick<RemoteServer, 'certificates'> {
  const certificates = rdsCertificate(region);
  return certificates === undefined ? {} : { certificates };
}
