/** Restores a copy of a file system by AWS Backup into a new file system. */
import type { RecoveryPointByResource } from '@aws-sdk/client-backup';
import type { EFS } from '@aws-sdk/client-efs';
import { explained } from '../../aws/errors';
import { waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { resourceName } from '../../config/names';
import type { DataHandover } from '../../contracts/handovers';
import { checkAccount, type Target } from '../target';
import { written, type Moment } from './moment';
import {
  LONGEST_SECONDS,
  LOOK_SECONDS,
  restoredAsOf,
  tagsOf,
  type Restorable,
  type Restored,
  type RestoreOptions,
  type RestoreReport,
} from './restored';

const ENDED = new Set(['COMPLETED', 'FAILED', 'ABORTED']);

/** The role of AWS's own backup plan, where the environment has none. */
const DEFAULT_ROLE = 'service-role/AWSBackupDefaultServiceRole';

interface Point {
  readonly arn: string;
  readonly created: Date;
  readonly bytes: number;
}

async function publishedData({ name, published }: Target): Promise<DataHandover> {
  const data = await published('data');
  if (data === undefined) throw new CommandError(`${name}-data is not deployed`);
  return data;
}

/** Complete copies, oldest first. */
async function pointsOf(target: Target, key: string): Promise<readonly Point[]> {
  const arn = (await publishedData(target)).fileSystems[key]?.arn;
  if (arn === undefined) throw new CommandError(`${target.name}-data publishes no file system "${key}": deploy it first`);
  const backup = await target.aws.backup();
  const found: RecoveryPointByResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await explained(`listing the copies of ${key}`, () =>
      backup.listRecoveryPointsByResource({ ResourceArn: arn, NextToken }),
    );
    found.push(...(page.RecoveryPoints ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  const points = found.flatMap(({ RecoveryPointArn, CreationDate, Status, BackupSizeBytes = 0 }) =>
    RecoveryPointArn === undefined || CreationDate === undefined || Status !== 'COMPLETED'
      ? []
      : [{ arn: RecoveryPointArn, created: CreationDate, bytes: BackupSizeBytes }],
  );
  return points.sort((one, other) => one.created.getTime() - other.created.getTime());
}

export async function restorableFiles(target: Target, key: string): Promise<Restorable> {
  const points = await pointsOf(target, key);
  const known = { kind: 'files', key } as const;
  return points.length === 0
    ? { ...known, not: 'it has no copies' }
    : { ...known, points: points.map(({ created }) => written(created)) };
}

/** Restores the newest copy that is not younger than the time. What AWS Backup began is continued. */
export async function restoreFiles(target: Target, key: string, moment: Moment, options: RestoreOptions): Promise<RestoreReport> {
  const points = await pointsOf(target, key);
  const point = points.filter(({ created }) => created <= moment.date).at(-1);
  if (point === undefined)
    throw new CommandError(
      `there is no copy of the file system ${key} that is as old as ${written(moment.date)}\n  allowed  ${points.map(({ created }) => written(created)).join(', ') || 'none: it has no copies'}`,
    );
  const name = restoredFilesName(target.name, key, moment);
  const efs = await target.aws.efs();
  const id = await fileSystemOf(efs, name);
  options.report(
    id === undefined
      ? `AWS Backup restores the copy of ${written(point.created)} into a new file system`
      : `${id} exists: continuing`,
  );
  const job = await startedJob(target, key, point, name);
  const created = await ended(target, job, options);
  await explained(`tagging ${created}`, () =>
    efs.tagResource({
      ResourceId: created,
      Tags: [...tagsOf(target.name, { ...moment, date: point.created }), { Key: 'Name', Value: name }],
    }),
  );
  const { FileSystems: [restored] = [] } = await explained(`looking at ${created}`, () =>
    efs.describeFileSystems({ FileSystemId: created }),
  );
  return {
    environment: target.name,
    kind: 'files',
    key,
    name: created,
    asOf: written(point.created),
    address: created,
    bytes: restored?.SizeInBytes?.Value ?? point.bytes,
  };
}

export function restoredFilesName(environment: string, key: string, { stamp }: Moment): string {
  return resourceName(environment, `${key}-restored-${stamp}`, 'efsRestore');
}

async function fileSystemOf(efs: EFS, token: string): Promise<string | undefined> {
  const { FileSystems: [one] = [] } = await explained('looking for file systems', () =>
    efs.describeFileSystems({ CreationToken: token }),
  );
  return one?.FileSystemId;
}

/** The token makes AWS Backup answer a second request with the first job. */
async function startedJob(target: Target, key: string, point: Point, name: string): Promise<string> {
  const account = await checkAccount(target);
  const { data } = target.environment;
  const role = data.backups === undefined ? DEFAULT_ROLE : resourceName(target.name, 'backup', 'iamRole');
  const published = await publishedData(target);
  const backup = await target.aws.backup();
  const { RestoreJobId: job } = await explained(`restoring ${point.arn}`, () =>
    backup.startRestoreJob({
      RecoveryPointArn: point.arn,
      IamRoleArn: `arn:aws:iam::${account}:role/${role}`,
      IdempotencyToken: name,
      ResourceType: 'EFS',
      Metadata: {
        'file-system-id': published.fileSystems[key]?.id ?? '',
        newFileSystem: 'true',
        CreationToken: name,
        Encrypted: 'true',
        KmsKeyId: published.keyArn ?? 'alias/aws/elasticfilesystem',
        PerformanceMode: 'generalPurpose',
      },
    }),
  );
  return job ?? '';
}

/** @returns the id of the new file system */
async function ended(
  { aws }: Target,
  job: string,
  { report, signal, everySeconds = LOOK_SECONDS }: RestoreOptions,
): Promise<string> {
  const backup = await aws.backup();
  let last = '';
  const result = await waitFor(
    async () => {
      const answer = await explained(`looking at the restore job ${job}`, () => backup.describeRestoreJob({ RestoreJobId: job }));
      const text = `restore job ${job}: ${answer.Status?.toLowerCase() ?? ''} ${answer.PercentDone ?? ''}`.trim();
      if (text !== last) report(text);
      last = text;
      return ENDED.has(answer.Status ?? '') ? answer : undefined;
    },
    { everySeconds, timeoutSeconds: LONGEST_SECONDS, signal },
  );
  const id = /file-system\/(fs-[0-9a-z]+)$/.exec(result.CreatedResourceArn ?? '')?.[1];
  if (result.Status === 'COMPLETED' && id !== undefined) return id;
  throw new CommandError(`AWS Backup could not restore it: ${result.StatusMessage ?? result.Status ?? 'no reason is given'}`);
}

/** File systems that restores of this environment have made. */
export async function restoredFileSystems({ aws, name: environment }: Target): Promise<readonly Restored[]> {
  const efs = await aws.efs();
  const found: Restored[] = [];
  let Marker: string | undefined;
  do {
    const page = await explained('listing file systems', () => efs.describeFileSystems({ Marker }));
    for (const { FileSystemId: name = '', Tags, Name } of page.FileSystems ?? []) {
      const asOf = restoredAsOf(Tags, environment);
      if (asOf !== undefined) found.push({ kind: 'files', key: Name ?? '', name, asOf });
    }
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return found;
}

/** A person may have mounted it: mount targets go first, which is for AWS's console or `aws efs` to do. */
export async function dropFiles({ aws }: Target, { name }: Restored): Promise<void> {
  const efs = await aws.efs();
  await explained(`deleting ${name} (a mount target that somebody has created has to be deleted first)`, () =>
    efs.deleteFileSystem({ FileSystemId: name }),
  );
}
