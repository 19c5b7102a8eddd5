/** Restores a managed database beside the live one, as of any time that RDS keeps, and proves it. */
import type { DBInstance, RDS } from '@aws-sdk/client-rds';
import { explained, isAwsError } from '../../aws/errors';
import { pause, waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import type { ManagedDatabase } from '../../config/resolved/environment';
import type { DatabasePlace } from '../database-place';
import type { Target } from '../target';
import { requireWithin, written, type Moment, type Window } from './moment';
import { proveDatabase } from './proof';
import {
  LONGEST_SECONDS,
  LOOK_SECONDS,
  restoredAsOf,
  restoredDatabaseName,
  tagsOf,
  type Restorable,
  type Restored,
  type RestoreOptions,
  type RestoreReport,
} from './restored';

/** States from which an instance does not become available by itself. Source: RDS user guide, "Viewing DB instance status". */
const BROKEN = /^(failed|incompatible-|inaccessible-|restore-error|storage-full|stopped|deleting)/;

/** The window of point-in-time recovery. @throws CommandError when there is none */
export async function databaseWindow({ aws }: Target, { identifier }: ManagedDatabase): Promise<Window> {
  const rds = await aws.rds();
  const { DBInstanceAutomatedBackups: backups = [] } = await explained(`asking for the backups of ${identifier}`, () =>
    rds.describeDBInstanceAutomatedBackups({ DBInstanceIdentifier: identifier }),
  );
  const { EarliestTime: earliest, LatestTime: latest } = backups[0]?.RestoreWindow ?? {};
  if (earliest === undefined || latest === undefined) throw new CommandError(`${identifier} has no backups that can be restored`);
  return { earliest, latest };
}

export async function restorableDatabase(target: Target, database: ManagedDatabase): Promise<Restorable> {
  const known = { kind: 'database', key: database.name } as const;
  try {
    const { earliest, latest } = await databaseWindow(target, database);
    return { ...known, from: written(earliest), to: written(latest) };
  } catch (error) {
    if (error instanceof CommandError) return { ...known, not: error.message };
    throw error;
  }
}

/**
 * The live instance is only read. The restored one has its network, parameters and size, is neither protected from deletion nor
 * doubled, and gets the present password of the master, because it would have the one of its time.
 */
export async function restoreDatabase(
  target: Target,
  database: ManagedDatabase,
  moment: Moment,
  place: DatabasePlace,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { report } = options;
  const name = restoredDatabaseName(target.name, moment);
  const rds = await target.aws.rds();
  const existing = await instanceOf(rds, name);
  if (existing === undefined) {
    requireWithin(moment, await databaseWindow(target, database), `the database of ${target.name}`);
    await begin(target, rds, database, moment, name);
    report(`RDS restores ${database.identifier} as of ${written(moment.date)} into ${name}: this takes 10 to 60 minutes`);
  } else {
    if (restoredAsOf(existing.TagList, target.name) === undefined)
      throw new CommandError(`there is an instance ${name} that no restore has made: nothing is changed`);
    report(`${name} exists: continuing`);
  }
  await available(rds, name, options);
  await setPassword(target, rds, name, options);
  const host = (await available(rds, name, options)).Endpoint?.Address ?? '';
  const tables = await proveDatabase(place, host, options);
  return {
    environment: target.name,
    kind: 'database',
    key: database.name,
    name,
    asOf: written(moment.date),
    address: host,
    tables,
  };
}

async function begin(target: Target, rds: RDS, { identifier }: ManagedDatabase, moment: Moment, name: string): Promise<void> {
  const live = await instanceOf(rds, identifier);
  if (live === undefined) throw new CommandError(`there is no instance ${identifier}`);
  await explained(`restoring ${identifier}`, () =>
    rds.restoreDBInstanceToPointInTime({
      SourceDBInstanceIdentifier: identifier,
      TargetDBInstanceIdentifier: name,
      RestoreTime: moment.date,
      DBInstanceClass: live.DBInstanceClass,
      DBSubnetGroupName: live.DBSubnetGroup?.DBSubnetGroupName,
      VpcSecurityGroupIds: live.VpcSecurityGroups?.flatMap(({ VpcSecurityGroupId: id }) => (id === undefined ? [] : [id])),
      DBParameterGroupName: live.DBParameterGroups?.[0]?.DBParameterGroupName,
      MultiAZ: false,
      PubliclyAccessible: false,
      DeletionProtection: false,
      CopyTagsToSnapshot: false,
      Tags: [...tagsOf(target.name, moment)],
    }),
  );
}

async function instanceOf(rds: RDS, identifier: string): Promise<DBInstance | undefined> {
  try {
    const { DBInstances: [instance] = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: identifier });
    return instance;
  } catch (error) {
    if (isAwsError(error, 'DBInstanceNotFound', 'DBInstanceNotFoundFault')) return undefined;
    return explained(`looking at ${identifier}`, () => Promise.reject(error as Error));
  }
}

/** Waits until it accepts connections, and no change is pending. */
async function available(
  rds: RDS,
  name: string,
  { report, signal, everySeconds = LOOK_SECONDS }: RestoreOptions,
): Promise<DBInstance> {
  let last = '';
  const look = async (): Promise<DBInstance | undefined> => {
    const instance = await instanceOf(rds, name);
    const status = instance?.DBInstanceStatus ?? 'missing';
    if (status !== last) report(`${name}: ${status}`);
    last = status;
    if (instance === undefined || BROKEN.test(status)) throw new CommandError(`${name} is ${status}: RDS's events say why`);
    const isPending = instance.PendingModifiedValues?.MasterUserPassword !== undefined;
    return status === 'available' && !isPending ? instance : undefined;
  };
  return waitFor(look, { everySeconds, timeoutSeconds: LONGEST_SECONDS, signal });
}

async function setPassword(target: Target, rds: RDS, name: string, options: RestoreOptions): Promise<void> {
  const arn = (await target.published('data'))?.database?.masterSecretArn;
  if (arn === undefined) throw new CommandError(`${target.name}-data publishes no login of the master: deploy it first`);
  const secrets = await target.aws.secretsManager();
  const { SecretString: text = '{}' } = await explained('reading the login of the master', () =>
    secrets.getSecretValue({ SecretId: arn }),
  );
  const { password } = JSON.parse(text) as { readonly password?: string };
  if (password === undefined) throw new CommandError(`${arn} holds no password`);
  options.report(`${name}: its master gets the present password of the live one`);
  await explained(`setting the password of ${name}`, () =>
    rds.modifyDBInstance({ DBInstanceIdentifier: name, MasterUserPassword: password, ApplyImmediately: true }),
  );
  // Its state changes some seconds after the answer.
  await pause(options.everySeconds ?? LOOK_SECONDS, options.signal);
}

/** Instances that restores of this environment have made. */
export async function restoredDatabases({ aws, name: environment }: Target, key: string): Promise<readonly Restored[]> {
  const rds = await aws.rds();
  const found: Restored[] = [];
  let Marker: string | undefined;
  do {
    const page = await explained('listing instances', () => rds.describeDBInstances({ Marker }));
    for (const { DBInstanceIdentifier: name = '', TagList } of page.DBInstances ?? []) {
      const asOf = restoredAsOf(TagList, environment);
      if (asOf !== undefined) found.push({ kind: 'database', key, name, asOf });
    }
    Marker = page.Marker;
  } while (Marker !== undefined && Marker !== '');
  return found;
}

export async function dropDatabase({ aws }: Target, { name }: Restored): Promise<void> {
  const rds = await aws.rds();
  await explained(`deleting ${name}`, () =>
    rds.deleteDBInstance({ DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
  );
}
