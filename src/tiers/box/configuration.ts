/**
 * What hosts are given: user data for the first boot, and the configuration that they pull, one versioned object with every
 * file.
 *
 * Almost everything is in the object, because a host reads user data only once. A changed object replaces no host: within
 * five minutes the host finds the new version, writes the files and applies them.
 */
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { CONFIGURATION_KEY } from '../../config/names';
import { Bucket } from '../../modules/storage/bucket';
import { lifecycleRules } from '../../modules/storage/bucket-lifecycle';
import { bucketArn } from '../../modules/storage/bucket-policy';
import type { MarkedReferences } from '../../terraform/marked-references';
import type { HostFile } from './host/types';

/** Days for which replaced versions can be read and restored. */
const OLD_VERSIONS_DAYS = 30;

export interface BoxConfigurationProps {
  /** The bucket's name. */
  readonly bucketName: string;
  /** Every file of the host; references as marks. */
  readonly files: readonly HostFile[];
  readonly references: MarkedReferences;
}

/** A bucket for the configuration, which is destroyed with the tier, and the object in it. */
export class BoxConfiguration extends Construct {
  /** Known before the bucket exists, so that a plan shows the whole policy. */
  public readonly bucketArn: string;
  /** The object: a host that boots before it exists would find nothing. */
  public readonly object: ITerraformDependable;

  constructor(scope: Construct, id: string, { bucketName, files, references }: BoxConfigurationProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'bucket', {
      name: bucketName,
      versioning: true,
      lifecycle: lifecycleRules({ oldVersionsDays: OLD_VERSIONS_DAYS }),
      encryption: 'sse-s3',
      // Can be recreated from the environment file at any time.
      protect: false,
    });
    this.bucketArn = bucketArn(bucketName);
    this.object = new S3Object(this, 'object', {
      bucket: bucket.name,
      key: CONFIGURATION_KEY,
      contentType: 'application/json',
      content: configurationJson(files, references),
      forceDestroy: true,
      // S3 objects take ten tags at most; an environment may have more.
      overrideProvider: { defaultTags: { tags: {} } },
    });
  }
}

/** `{ "files": [{ "path", "mode", "content" }] }`, as the host's puller reads it; a Terraform string. */
export function configurationJson(files: readonly HostFile[], references: MarkedReferences): string {
  return references.reveal(JSON.stringify({ files: files.map(({ path, mode, content }) => ({ path, mode, content })) }));
}

/** Bytes that EC2 accepts. Source: Amazon EC2 user guide, "Run commands when you launch an EC2 instance". */
const LARGEST_USER_DATA = 16_384;

/** Room for references, which become longer values. */
const MARGIN = 1_024;

/**
 * User data as a Terraform string.
 * @throws Error when it is too long for EC2
 */
export function userDataText(text: string, references: MarkedReferences): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST_USER_DATA - MARGIN) {
    throw new Error(
      `user data has ${bytes} bytes, EC2 accepts ${LARGEST_USER_DATA}: move steps into the configuration that the host pulls`,
    );
  }
  return references.reveal(text);
}
