/** Deletes what is in a bucket, a repository or a backup vault, for good. Each can be interrupted and started again. */
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';
import { Interrupted, waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import type { KeptContents } from './kept-contents';

export interface EmptyOptions {
  /** In any region. */
  readonly aws: AwsClients;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
  /** Seconds between two looks at a vault, whose copies are deleted in the background. @default 10 */
  readonly everySeconds?: number;
}

/** Seconds until the copies of a vault are deleted. */
const VAULT_SECONDS = 1800;

/** @throws CommandError for what AWS keeps, such as objects under a retention; Interrupted */
export async function empty(contents: KeptContents, { aws, ...options }: EmptyOptions): Promise<void> {
  const one = { ...options, aws: aws.in(contents.region) };
  options.report(`emptying ${contents.name}`);
  switch (contents.type) {
    case 'aws_s3_bucket':
      return emptyBucket(contents.name, one);
    case 'aws_ecr_repository':
      return emptyRepository(contents.name, one);
    default:
      return emptyVault(contents.name, one);
  }
}

/** Every version and every delete marker, a thousand in a request, and uploads that were never completed. */
async function emptyBucket(bucket: string, { aws, signal, report }: EmptyOptions): Promise<void> {
  const s3 = await aws.s3();
  let deleted = 0;
  for (;;) {
    throwIfAborted(signal);
    const page = await explained(`listing the objects of ${bucket}`, () => s3.listObjectVersions({ Bucket: bucket }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) break;
    const objects = found.map(({ Key: key = '', VersionId: version }) => ({ Key: key, VersionId: version }));
    const { Errors: errors = [] } = await explained(`deleting the objects of ${bucket}`, () =>
      s3.deleteObjects({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
    );
    const [first] = errors;
    if (first !== undefined)
      throw new CommandError(
        `${bucket}: ${first.Key ?? ''} cannot be deleted: ${first.Message ?? first.Code ?? 'AWS refuses it'}`,
      );
    deleted += objects.length;
    report(`  ${deleted} versions of objects deleted`);
  }
  const { Uploads: uploads = [] } = await explained(`listing the uploads of ${bucket}`, () =>
    s3.listMultipartUploads({ Bucket: bucket }),
  );
  for (const { Key: key = '', UploadId: upload = '' } of uploads)
    await explained(`ending an upload to ${bucket}`, () =>
      s3.abortMultipartUpload({ Bucket: bucket, Key: key, UploadId: upload }),
    );
}

/** A hundred images in a request. */
async function emptyRepository(repository: string, { aws, signal, report }: EmptyOptions): Promise<void> {
  const ecr = await aws.ecr();
  let deleted = 0;
  for (;;) {
    throwIfAborted(signal);
    const { imageIds = [] } = await explained(`listing the images of ${repository}`, () =>
      ecr.listImages({ repositoryName: repository, maxResults: 100 }),
    );
    if (imageIds.length === 0) return;
    const { failures = [], imageIds: gone = [] } = await explained(`deleting the images of ${repository}`, () =>
      ecr.batchDeleteImage({ repositoryName: repository, imageIds }),
    );
    if (gone.length === 0)
      throw new CommandError(`${repository}: images cannot be deleted: ${failures[0]?.failureReason ?? 'AWS refuses it'}`);
    deleted += gone.length;
    report(`  ${deleted} images deleted`);
  }
}

async function emptyVault(vault: string, { aws, signal, report, everySeconds = 10 }: EmptyOptions): Promise<void> {
  const backup = await aws.backup();
  const list = async (): Promise<readonly string[]> => {
    const { RecoveryPoints: points = [] } = await explained(`listing the copies in ${vault}`, () =>
      backup.listRecoveryPointsByBackupVault({ BackupVaultName: vault }),
    );
    return points.flatMap(({ RecoveryPointArn: arn }) => arn ?? []);
  };
  const asked = new Set<string>();
  const look = async (): Promise<true | undefined> => {
    const points = await list();
    for (const arn of points.filter((one) => !asked.has(one))) {
      throwIfAborted(signal);
      await explained(`deleting a copy in ${vault}`, () =>
        backup.deleteRecoveryPoint({ BackupVaultName: vault, RecoveryPointArn: arn }),
      );
      asked.add(arn);
      report(`  ${asked.size} copies deleted`);
    }
    return points.length === 0 ? true : undefined;
  };
  await waitFor(look, { everySeconds, timeoutSeconds: VAULT_SECONDS, signal });
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Interrupted();
}
