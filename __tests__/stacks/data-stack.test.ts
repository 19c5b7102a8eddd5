import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { example, rotatingLogin } from '../support/example';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

/** Everything a data stack can hold, under protect. */
const full: Partial<EnvironmentInput> = {
  protect: true,
  network: { cidr: '10.0.0.0/16', zones: 2, nat: 'per-az' },
  database: {
    placement: 'managed',
    version: '16',
    name: 'shop',
    instanceClass: 'db.t4g.small',
    multiAz: true,
    backupWindow: '05:00-06:00',
  },
  cache: { placement: 'managed', nodeType: 'cache.t4g.micro', replicas: 1 },
  buckets: { uploads: { encryption: 'kms' }, logs: { name: 'shop-own-logs', purpose: 'logs', expireAfterDays: 30 } },
  fileSystems: { files: { accessPoints: { uploads: { path: '/uploads' } } } },
  queues: { jobs: {} },
  secrets: {
    stripe: { description: 'Payments', keys: ['key', 'webhook'] },
    jwt: { description: 'Signs sessions', value: 'generated' },
  },
  images: { api: {}, web: { initialImage: 'public.ecr.aws/nginx/nginx:1.29' } },
  logs: { retentionDays: 90, encryption: 'kms' },
  backups: { dailyRetentionDays: 35, monthlyRetentionDays: 365 },
};

function dataOf(changes: Partial<EnvironmentInput> = {}): RootModule {
  return synthEnvironment(parseEnvironment(example(changes)))['shop-test-data'] as RootModule;
}

const KEY = '${aws_kms_key.environment_key.arn}';

describe('under protect', () => {
  const data = dataOf(full);

  test("the environment's key encrypts buckets that ask for it, files, queues, secrets, images, logs and backups", () => {
    const encryption = data.resource?.aws_s3_bucket_server_side_encryption_configuration;
    expect(encryption?.bucket_uploads_encryption?.rule[0].apply_server_side_encryption_by_default.kms_master_key_id).toBe(KEY);
    expect(theOnly(data, 'aws_efs_file_system').kms_key_id).toBe(KEY);
    expect(resourcesOf(data, 'aws_sqs_queue').map(({ kms_master_key_id }) => kms_master_key_id)).toEqual([KEY, KEY]);
    for (const key of ['secret-stripe_secret', 'secret-jwt_secret']) {
      expect(data.resource?.aws_secretsmanager_secret?.[key]?.kms_key_id).toBe(KEY);
    }
    for (const { encryption_configuration } of resourcesOf(data, 'aws_ecr_repository')) {
      expect(encryption_configuration).toEqual([{ encryption_type: 'KMS', kms_key: KEY }]);
    }
    expect(data.resource?.aws_cloudwatch_log_group?.['logs_shop-test-api']).toMatchObject({
      kms_key_id: KEY,
      retention_in_days: 90,
    });
    expect(theOnly(data, 'aws_backup_vault').kms_key_arn).toBe(KEY);
  });

  test('nothing that holds data can be destroyed', () => {
    const stateful = [
      'aws_kms_key',
      'aws_s3_bucket',
      'aws_efs_file_system',
      'aws_sqs_queue',
      'aws_secretsmanager_secret',
      'aws_ecr_repository',
      'aws_ssm_parameter',
      'aws_backup_vault',
      'aws_db_instance',
      'aws_elasticache_replication_group',
    ];
    for (const type of stateful) {
      const resources = resourcesOf(data, type);
      expect([type, resources.length]).not.toEqual([type, 0]);
      for (const { lifecycle } of resources) expect([type, lifecycle?.prevent_destroy]).toEqual([type, true]);
    }
  });

  test('buckets write access logs to the log bucket, which writes none', () => {
    expect(theOnly(data, 'aws_s3_bucket_logging')).toMatchObject({
      bucket: '${aws_s3_bucket.bucket_uploads_bucket.bucket}',
      target_bucket: '${aws_s3_bucket.bucket_logs_bucket.bucket}',
    });
    const policy = JSON.parse(data.resource?.aws_s3_bucket_policy?.bucket_logs_policy?.policy);
    expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      'TlsOnly',
      'Tls12OrNewer',
      'LoadBalancerLogs',
      'BucketLogs',
    ]);
  });

  test('one backup plan copies database and files, without a second copy of the files by AWS', () => {
    expect(theOnly(data, 'aws_backup_selection').resources).toEqual([
      '${aws_db_instance.database_primary.arn}',
      '${aws_efs_file_system.file-system-files_file-system.arn}',
    ]);
    expect(resourcesOf(data, 'aws_efs_backup_policy')).toEqual([]);
  });

  test('copies do not begin in the window in which the database backs itself up', () => {
    expect(theOnly(data, 'aws_backup_plan').rule[0].schedule).toBe('cron(0 7 * * ? *)');
  });

  test('files are copied by AWS where the environment has no plan', () => {
    expect(resourcesOf(dataOf({ ...full, backups: undefined }), 'aws_efs_backup_policy')).toHaveLength(1);
  });
});

describe('without protect', () => {
  const data = dataOf();

  test('there is no backup plan and no access log of buckets', () => {
    for (const type of ['aws_backup_plan', 'aws_s3_bucket_logging']) expect(resourcesOf(data, type)).toEqual([]);
  });

  test('there is a customer-managed key, unless the environment chooses those of AWS', () => {
    expect(resourcesOf(data, 'aws_kms_key')).toHaveLength(1);
    const awsManaged = dataOf({ encryption: { key: 'aws-managed' } });
    expect(resourcesOf(awsManaged, 'aws_kms_key')).toEqual([]);
    expect(awsManaged.output?.key_arn).toBeUndefined();
  });

  test('everything can be destroyed', () => {
    const kept = Object.values(data.resource ?? {})
      .flatMap((resources) => Object.entries(resources))
      .filter(([, { lifecycle }]) => lifecycle?.prevent_destroy);
    expect(kept).toEqual([]);
  });

  test('load balancers still have a bucket to write their access logs to', () => {
    expect(Object.keys(data.output?.buckets?.value)).toEqual(['access-logs']);
  });
});

describe('for people', () => {
  const data = dataOf(full);

  test('a secret that they fill has no value in the JSON, and an output says how to fill it', () => {
    expect(data.resource?.aws_secretsmanager_secret_version?.['secret-stripe_value']).toBeUndefined();
    expect(data.output?.set_secret_stripe?.value).toBe(
      "echo 'JSON object with the keys key, webhook, then Ctrl-D:'; aws secretsmanager put-secret-value --region eu-west-1 " +
        '--secret-id /shop/test/stripe --secret-string file:///dev/stdin',
    );
    expect(data.output?.set_secret_jwt).toBeUndefined();
  });

  test('outputs say how to push and release each image', () => {
    expect(data.output?.push_image_api?.value).toContain('docker login --username AWS --password-stdin 123456789012.dkr.ecr');
    expect(data.output?.push_image_api?.value).toContain('--platform linux/');
    expect(data.output?.release_image_api?.value).toContain('--name /shop/test/images/api --overwrite');
  });

  test('the first deployment runs the image that the environment names, or the tag `initial` of its repository', () => {
    const parameters = data.resource?.aws_ssm_parameter;
    expect(parameters?.['release-web_parameter']?.insecure_value).toBe('public.ecr.aws/nginx/nginx:1.29');
    expect(parameters?.['release-api_parameter']?.insecure_value).toBe(
      '${aws_ecr_repository.image-api_repository.repository_url}:initial',
    );
  });
});

describe('the contract with later stacks', () => {
  test('publishes the ARN of secrets and roles, never a value', () => {
    const { output } = dataOf(full);
    expect(Object.keys(output?.secrets?.value).sort()).toEqual(['jwt', 'stripe']);
    expect(output?.secrets?.value.jwt).toEqual({ arn: '${aws_secretsmanager_secret.secret-jwt_secret.arn}' });
    expect(JSON.stringify(output)).not.toMatch(/ephemeral|random_password/);
  });

  test('publishes everything that exists', () => {
    const { output } = dataOf(full);
    expect(output?.key_arn?.value).toBe(KEY);
    expect(output?.queues?.value.jobs).toEqual({
      url: '${aws_sqs_queue.queue-jobs_queue.url}',
      arn: '${aws_sqs_queue.queue-jobs_queue.arn}',
      name: '${aws_sqs_queue.queue-jobs_queue.name}',
    });
    expect(Object.keys(output?.file_systems?.value.files.access_points)).toEqual(['uploads']);
    expect(output?.cache?.value.host).toEqual(expect.stringContaining('aws_elasticache_replication_group'));
    expect(Object.keys(output?.database?.value)).toEqual(expect.arrayContaining(['host', 'resource_id', 'role_secret_arns']));
  });

  test('leaves out what does not exist', () => {
    const { output } = dataOf({ database: undefined, cache: undefined, services: {} });
    expect(output?.database).toBeUndefined();
    expect(output?.cache).toBeUndefined();
  });

  test('does not change with the tier that runs the containers', () => {
    const tags = dataOf(full).provider.aws?.[0]?.default_tags[0].tags;
    expect(tags).toMatchObject({ system: 'shop', environment: 'shop-test' });
    expect(tags.tier).toBeUndefined();
    expect(JSON.stringify(dataOf(full))).not.toMatch(/fargate/);
  });

  test('no output is written twice, whatever the id of a module is', () => {
    const names = Object.keys(dataOf(full).output ?? {});
    expect(names).toEqual(expect.arrayContaining(['database', 'cache', 'secrets', 'database_endpoint']));
    expect(names.filter((name) => name.startsWith('handover'))).toEqual([]);
  });
});

describe('a managed database', () => {
  test('comes with the command that rotates a login, where one rotates', () => {
    const { output } = dataOf(rotatingLogin({ database: example().database, services: example().services }));
    expect(output?.rotate_login_app?.value).toBe(
      'aws secretsmanager rotate-secret --region eu-west-1 --secret-id /shop/test/database/app',
    );
    expect(Object.keys(dataOf().output ?? {}).filter((name) => name.startsWith('rotate_'))).toEqual([]);
  });

  test('grows up to twice its storage, up to the limit that is written, or not at all', () => {
    const limitOf = (sizes: object) =>
      theOnly(dataOf({ database: { ...example().database, ...sizes } as never }), 'aws_db_instance').max_allocated_storage;
    expect(limitOf({})).toBe(40);
    expect(limitOf({ storageGb: 100 })).toBe(200);
    expect(limitOf({ storageGb: 60_000 })).toBe(65_536);
    expect(limitOf({ storageGb: 100, maxStorageGb: 500 })).toBe(500);
    expect(limitOf({ storageGb: 100, maxStorageGb: 100 })).toBeUndefined();
  });

  test('is refused without the security group of the network stack', () => {
    const environment = parseEnvironment(example());
    const { network } = environment;
    const dataSecurityGroups = { ...network.dataSecurityGroups, database: false };
    expect(() => synthEnvironment({ ...environment, network: { ...network, dataSecurityGroups } })).toThrow(
      /security group of the database/,
    );
    expect(() => synthEnvironment(environment)).not.toThrow();
  });
});

describe('messages of buckets', () => {
  const sending: Partial<EnvironmentInput> = {
    buckets: {
      uploads: {
        notifications: [
          { queue: 'photos', prefix: 'photos/' },
          { queue: 'films', prefix: 'films/', suffix: '.mp4' },
        ],
      },
      quiet: {},
    },
    queues: { photos: {}, films: {} },
  };
  const statements = (module: RootModule, type: string, address: string, attribute = 'policy'): any[] =>
    JSON.parse(module.resource?.[type]?.[address]?.[attribute]).Statement;

  test('are sent by the bucket that is described so, once each queue lets it', () => {
    const data = dataOf(sending);
    expect(theOnly(data, 'aws_s3_bucket_notification')).toMatchObject({
      bucket: '${aws_s3_bucket.bucket_uploads_bucket.bucket}',
      queue: [
        {
          queue_arn: '${aws_sqs_queue.queue-photos_queue.arn}',
          events: ['s3:ObjectCreated:*'],
          filter_prefix: 'photos/',
        },
        { queue_arn: '${aws_sqs_queue.queue-films_queue.arn}', filter_prefix: 'films/', filter_suffix: '.mp4' },
      ],
      depends_on: ['aws_sqs_queue_policy.queue-photos_queue-policy', 'aws_sqs_queue_policy.queue-films_queue-policy'],
    });
    for (const queue of ['photos', 'films'])
      expect(statements(data, 'aws_sqs_queue_policy', `queue-${queue}_queue-policy`).at(-1).Condition.ArnEquals).toEqual({
        'aws:SourceArn': ['arn:aws:s3:::shop-test-uploads'],
      });
  });

  test('are none where no bucket is described so', () => {
    expect(resourcesOf(dataOf({ ...sending, buckets: { quiet: {} } }), 'aws_s3_bucket_notification')).toEqual([]);
  });

  const sids = (changes: Partial<EnvironmentInput>) =>
    statements(dataOf({ ...full, ...changes }), 'aws_kms_key', 'environment_key').map(({ Sid }) => Sid);

  test('reach queues under the key of the environment, which S3 may use for these buckets only', () => {
    const key = statements(dataOf({ ...full, ...sending }), 'aws_kms_key', 'environment_key').find(
      ({ Sid }) => Sid === 'BucketsSendToEncryptedQueues',
    );
    expect(key).toMatchObject({
      Principal: { Service: ['s3.amazonaws.com'] },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnEquals: { 'aws:SourceArn': ['arn:aws:s3:::shop-test-uploads'] },
      },
    });
    expect(sids({})).not.toContain('BucketsSendToEncryptedQueues');
  });
});
