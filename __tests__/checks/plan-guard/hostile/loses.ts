/** Plans that lose what holds data, whatever the verb. */
import { entry, several, single, type HostileCase } from './hostile-case';

const BUCKET = { bucket: 'shop-uploads', force_destroy: false };

export const LOSES: readonly HostileCase[] = [
  single('a database is deleted', 'aws_db_instance.primary', { identifier: 'shop' }, null, { instance_class: 'db.m7g.large' }),
  several(
    'a bucket is replaced by an empty one',
    [
      entry(
        'aws_s3_bucket.uploads',
        BUCKET,
        { ...BUCKET, bucket: 'shop-files' },
        { actions: ['delete', 'create'], replacePaths: [['bucket']] },
      ),
    ],
    [entry('aws_s3_bucket.uploads', BUCKET, { ...BUCKET, tags: { team: 'shop' } })],
  ),
  several(
    'a volume is left where it is, and an empty one takes its place',
    [entry('aws_ebs_volume.data', { size: 20 }, { size: 30 }, { actions: ['create', 'forget'] })],
    [entry('aws_ebs_volume.data', { size: 20 }, { size: 30 })],
  ),
  several(
    'a moved table is replaced on the way',
    [
      entry(
        'aws_dynamodb_table.new',
        { name: 'locks' },
        { name: 'lock' },
        { actions: ['create', 'delete'], previous: 'aws_dynamodb_table.old' },
      ),
    ],
    [entry('aws_dynamodb_table.new', { name: 'locks' }, { name: 'locks' }, { previous: 'aws_dynamodb_table.old' })],
  ),
  single('a key is deleted', 'aws_kms_key.environment', { is_enabled: true }, null, { description: 'another text' }),
  single('a secret is deleted', 'aws_secretsmanager_secret.jwt', { name: 'jwt' }, null, { description: 'another text' }),
  single('a database in a module is deleted', 'module.shop.aws_db_instance.primary', { identifier: 'shop' }, null, { tags: {} }),
  single('a volume claim is deleted', 'kubernetes_persistent_volume_claim_v1.data', { wait_until_bound: true }, null, {
    timeouts: {},
  }),
];
