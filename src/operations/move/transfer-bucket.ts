/** The parts of a dump on their way, as objects of a bucket of the target, behind addresses that are valid for hours. */
import { explained } from '../../aws/errors';
import type { AwsClients } from '../../aws/clients';
import type { FilesStore } from './files/files-store';
import type { TransferStore } from './postgres';

/** Seconds that an address is valid. At most as long as the credentials that signed it. */
const VALID_SECONDS = { put: 2 * 3600, get: 12 * 3600 };

export class TransferBucket implements TransferStore, FilesStore {
  /** @param prefix of the objects: `move/<id>/` */
  constructor(
    private readonly aws: AwsClients,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  /** @param bytes that it takes; any number where it is left out */
  public async addressToPut(name: string, bytes?: number): Promise<string> {
    const { getSignedUrl, commands, s3 } = await this.signer();
    const command = new commands.PutObjectCommand({ Bucket: this.bucket, Key: this.prefix + name, ContentLength: bytes });
    return getSignedUrl(s3, command, { expiresIn: VALID_SECONDS.put });
  }

  public async addressToGet(name: string): Promise<string> {
    const { getSignedUrl, commands, s3 } = await this.signer();
    const command = new commands.GetObjectCommand({ Bucket: this.bucket, Key: this.prefix + name });
    return getSignedUrl(s3, command, { expiresIn: VALID_SECONDS.get });
  }

  public async list(): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
    const s3 = await this.aws.s3();
    const found = [];
    for (let ContinuationToken: string | undefined; ;) {
      const page = await explained(`listing ${this.bucket}`, () =>
        s3.listObjectsV2({ Bucket: this.bucket, Prefix: this.prefix, ContinuationToken }),
      );
      for (const { Key: key = '', Size: bytes = 0 } of page.Contents ?? [])
        found.push({ name: key.slice(this.prefix.length), bytes });
      if (page.IsTruncated !== true) return found;
      ContinuationToken = page.NextContinuationToken;
    }
  }

  /** Older versions too: a dump must not stay in a bucket that keeps versions. */
  public async clear(beginning = ''): Promise<void> {
    const s3 = await this.aws.s3();
    const Prefix = this.prefix + beginning;
    for (;;) {
      const page = await explained(`listing ${this.bucket}`, () => s3.listObjectVersions({ Bucket: this.bucket, Prefix }));
      const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      if (objects.length === 0) break;
      for (const { Key, VersionId } of objects)
        await explained(`deleting ${Key}`, () => s3.deleteObject({ Bucket: this.bucket, Key, VersionId }));
    }
    const { Uploads: uploads = [] } = await s3.listMultipartUploads({ Bucket: this.bucket, Prefix });
    for (const { Key, UploadId } of uploads) await s3.abortMultipartUpload({ Bucket: this.bucket, Key, UploadId });
  }

  private async signer() {
    const [s3, { getSignedUrl }, commands] = await Promise.all([
      this.aws.s3ForAddresses(),
      import('@aws-sdk/s3-request-presigner'),
      import('@aws-sdk/client-s3'),
    ]);
    return { s3, getSignedUrl, commands };
  }
}
