/**
 * The configuration that hosts pull: one versioned object with every file on them.
 *
 * It is an object and not user data, because user data runs once: changing an object replaces no host. Within five
 * minutes the host sees another version, writes the files and applies them.
 */
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Bucket } from '../../modules/storage/bucket';
import { bucketArn } from '../../modules/storage/bucket-policy';
import type { MarkedReferences } from '../../terraform/marked-references';
import { CONFIGURATION_KEY } from './description';
import type { HostFile } from './host/types';

/** Days that replaced versions can be looked at, and gone back to. */
const OLD_VERSIONS_DAYS = 30;

export interface BoxConfigurationProps {
  /** The bucket's name. */
  readonly bucketName: string;
  /** What stands on the host; references as marks. */
  readonly files: readonly HostFile[];
  readonly references: MarkedReferences;
}

/** A bucket of its own, which goes with the tier, and the object in it. */
export class BoxConfiguration extends Construct {
  /** Known before the bucket is there, so that a plan shows the whole policy. */
  public readonly bucketArn: string;
  /** The object: a host that boots before it is there would find nothing. */
  public readonly object: ITerraformDependable;

  constructor(scope: Construct, id: string, { bucketName, files, references }: BoxConfigurationProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'bucket', {
      name: bucketName,
      versioning: true,
      oldVersionsDays: OLD_VERSIONS_DAYS,
      transitions: [],
      encryption: 'sse-s3',
      // Made from the environment file at any time: nothing to keep when the tier goes.
      protect: false,
    });
    this.bucketArn = bucketArn(bucketName);
    this.object = new S3Object(this, 'object', {
      bucket: bucket.name,
      key: CONFIGURATION_KEY,
      contentType: 'application/json',
      content: configurationJson(files, references),
      forceDestroy: true,
      // An object takes ten tags at most, which the environment's own may exceed.
      overrideProvider: { defaultTags: { tags: {} } },
    });
  }
}

/** `{ "files": [{ "path", "mode", "content" }] }`, as the host's puller reads it; a Terraform string. */
export function configurationJson(files: readonly HostFile[], references: MarkedReferences): string {
  return references.reveal(JSON.stringify({ files: files.map(({ path, mode, content }) => ({ path, mode, content })) }));
}
