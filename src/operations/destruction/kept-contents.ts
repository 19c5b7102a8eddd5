/** What Terraform refuses to delete while it holds something: buckets, repositories and backup vaults. */
import type { AwsClients } from '../../aws/clients';
import { explainAws, isAwsError } from '../../aws/errors';
import type { StateObject } from '../stacks/state-objects';

/** Types with the argument that lets Terraform delete the contents too. */
const CONTAINERS: Readonly<Record<string, string>> = {
  aws_s3_bucket: 'force_destroy',
  aws_ecr_repository: 'force_delete',
  aws_backup_vault: 'force_destroy',
};

/** Something that is not empty, and that its resource does not empty when it is destroyed. */
export interface KeptContents {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly region: string;
}

/** @param defaultRegion of resources whose state does not name one, as before version 6 of the provider */
export async function keptContents(
  stack: string,
  objects: readonly StateObject[],
  { aws, defaultRegion }: { readonly aws: AwsClients; readonly defaultRegion: string },
): Promise<readonly KeptContents[]> {
  const kept: KeptContents[] = [];
  for (const { type, address, attributes } of objects) {
    const force = CONTAINERS[type];
    if (force === undefined || attributes[force] === true) continue;
    const name = textOf(attributes.name) ?? textOf(attributes.bucket) ?? '';
    const found = { stack, address, type, name, region: textOf(attributes.region) ?? defaultRegion };
    if (!(await isEmpty(found, aws))) kept.push(found);
  }
  return kept;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

async function isEmpty({ type, name, region }: KeptContents, clients: AwsClients): Promise<boolean> {
  const aws = clients.in(region);
  try {
    switch (type) {
      case 'aws_s3_bucket': {
        const s3 = await aws.s3();
        const { Versions: versions = [], DeleteMarkers: markers = [] } = await s3.listObjectVersions({
          Bucket: name,
          MaxKeys: 1,
        });
        return versions.length + markers.length === 0;
      }
      case 'aws_ecr_repository': {
        const ecr = await aws.ecr();
        const { imageIds = [] } = await ecr.listImages({ repositoryName: name, maxResults: 1 });
        return imageIds.length === 0;
      }
      default: {
        const backup = await aws.backup();
        const { RecoveryPoints: points = [] } = await backup.listRecoveryPointsByBackupVault({
          BackupVaultName: name,
          MaxResults: 1,
        });
        return points.length === 0;
      }
    }
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucket', 'RepositoryNotFoundException', 'ResourceNotFoundException')) return true;
    throw explainAws(error, `looking into ${name}`);
  }
}
