/** Emptying buckets and repositories of an emulator of AWS. */
import { AwsClients } from '../../src/aws/clients';
import { empty } from '../../src/operations/destruction/emptying';
import { keptContents } from '../../src/operations/destruction/kept-contents';
import { withTestCredentials } from '../support/aws-credentials';
import { describeWithMoto, Moto } from '../support/terraform';

describeWithMoto('what Terraform does not empty', () => {
  let moto: Moto;
  let restore: () => void;
  let aws: AwsClients;
  beforeAll(async () => {
    moto = await Moto.start();
    restore = withTestCredentials(moto.url);
    aws = new AwsClients({ region: 'eu-west-1', endpoint: moto.url });
  }, 120_000);
  afterAll(() => {
    restore();
    moto.stop();
  });

  const kept = (type: string, attributes: object) =>
    keptContents('shop-test-data', [{ type, address: `${type}.one`, attributes: { ...attributes } }], {
      aws,
      defaultRegion: 'eu-west-1',
    });
  const options = () => ({ aws, signal: new AbortController().signal, report: () => undefined });

  it('is a bucket with versions and delete markers, and is empty afterwards', async () => {
    const s3 = await aws.s3();
    await s3.createBucket({ Bucket: 'uploads', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
    await s3.putBucketVersioning({ Bucket: 'uploads', VersioningConfiguration: { Status: 'Enabled' } });
    expect(await kept('aws_s3_bucket', { bucket: 'uploads', force_destroy: false })).toEqual([]);
    for (const body of ['1', '2']) await s3.putObject({ Bucket: 'uploads', Key: 'a', Body: body });
    await s3.deleteObject({ Bucket: 'uploads', Key: 'a' });
    await s3.createMultipartUpload({ Bucket: 'uploads', Key: 'b' });
    expect(await kept('aws_s3_bucket', { bucket: 'uploads', force_destroy: true })).toEqual([]);
    const [contents] = await kept('aws_s3_bucket', { bucket: 'uploads', force_destroy: false });
    await empty(contents!, options());
    expect(await kept('aws_s3_bucket', { bucket: 'uploads', force_destroy: false })).toEqual([]);
    await s3.deleteBucket({ Bucket: 'uploads' });
  }, 120_000);

  it('is a repository with images, in another region too', async () => {
    const ecr = await aws.in('us-east-1').ecr();
    await ecr.createRepository({ repositoryName: 'api' });
    await ecr.putImage({ repositoryName: 'api', imageTag: 'one', imageManifest: MANIFEST });
    const [contents] = await kept('aws_ecr_repository', { name: 'api', region: 'us-east-1' });
    expect(contents).toMatchObject({ name: 'api', region: 'us-east-1' });
    await empty(contents!, options());
    expect((await ecr.listImages({ repositoryName: 'api' })).imageIds).toEqual([]);
  }, 120_000);

  it('stops when it is interrupted', async () => {
    const controller = new AbortController();
    controller.abort();
    const contents = { stack: 's', address: 'a', type: 'aws_s3_bucket', name: 'none', region: 'eu-west-1' };
    await expect(empty(contents, { ...options(), signal: controller.signal })).rejects.toThrow('interrupted');
  });
});

const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 1, digest: `sha256:${'0'.repeat(64)}` },
  layers: [],
});
