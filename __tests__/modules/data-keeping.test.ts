/** Queues, secrets, images, log groups, keys and backups. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import 'cdktf/lib/testing/adapters/jest';
import { Testing } from 'cdktf';
import { backupHour } from '../../src/modules/backup/backup-hour';
import { BackupPlan, type BackupPlanProps } from '../../src/modules/backup/backup-plan';
import { EnvironmentKey } from '../../src/modules/encryption/environment-key';
import { mirrorCommand, pushCommand, releaseCommand } from '../../src/modules/images/image-commands';
import { ImageParameter } from '../../src/modules/images/image-parameter';
import { Repository, type RepositoryProps } from '../../src/modules/images/repository';
import { LogGroups } from '../../src/modules/logs/log-groups';
import { Queue, queueNames, type QueueProps } from '../../src/modules/messaging/queue';
import { ApplicationSecret, putSecretCommand, type ApplicationSecretProps } from '../../src/modules/secrets/application-secret';
import { resourcesOf, synthModule, theOnly } from '../support/synth';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/one`;

describe('a queue', () => {
  const props: QueueProps = {
    name: 'shop-jobs',
    visibilityTimeoutSeconds: 300,
    retentionDays: 4,
    maxReceives: 5,
    fifo: false,
    region: REGION,
    accountId: ACCOUNT,
    protect: false,
  };
  const queue = (changes: Partial<QueueProps> = {}) => synthModule((stack) => new Queue(stack, 'jobs', { ...props, ...changes }));
  const main = (changes?: Partial<QueueProps>) => queue(changes).resource?.aws_sqs_queue?.jobs_queue ?? {};
  const dead = (changes?: Partial<QueueProps>) => queue(changes).resource?.aws_sqs_queue?.['jobs_dead-letters'] ?? {};

  test('moves what fails to its dead-letter queue after the given number of receives', () => {
    expect(JSON.parse(main().redrive_policy)).toEqual({
      deadLetterTargetArn: '${aws_sqs_queue.jobs_dead-letters.arn}',
      maxReceiveCount: 5,
    });
    expect(main()).toMatchObject({ message_retention_seconds: 345_600, visibility_timeout_seconds: 300 });
  });

  test('its dead letters stay two weeks and come from it alone', () => {
    expect(dead().message_retention_seconds).toBe(1_209_600);
    expect(JSON.parse(dead().redrive_allow_policy)).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [`arn:aws:sqs:${REGION}:${ACCOUNT}:shop-jobs`],
    });
    expect(dead().redrive_policy).toBeUndefined();
  });

  const allowedBy = (module: ReturnType<typeof queue>, address: string): readonly object[] =>
    JSON.parse(module.resource?.aws_sqs_queue_policy?.[address]?.policy).Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );

  test('takes messages of S3 about the named buckets of its account, its dead letters none', () => {
    const module = queue({ fromBuckets: ['arn:aws:s3:::shop-uploads'] });
    expect(allowedBy(module, 'jobs_queue-policy')).toEqual([
      {
        Sid: 'BucketNotifications',
        Effect: 'Allow',
        Principal: { Service: ['s3.amazonaws.com'] },
        Action: ['sqs:SendMessage'],
        Resource: [`arn:aws:sqs:${REGION}:${ACCOUNT}:shop-jobs`],
        Condition: {
          StringEquals: { 'aws:SourceAccount': ACCOUNT },
          ArnEquals: { 'aws:SourceArn': ['arn:aws:s3:::shop-uploads'] },
        },
      },
    ]);
    expect(allowedBy(module, 'jobs_dead-letters-policy')).toEqual([]);
  });

  test('takes no message of a service where no bucket sends any', () => {
    expect(allowedBy(queue(), 'jobs_queue-policy')).toEqual([]);
  });

  test('is encrypted by SQS, or with the key it is given, never both', () => {
    const json = Testing.synthScope((scope) => {
      new Queue(scope, 'jobs', props);
    });
    expect(json).toHaveResourceWithProperties(SqsQueue, { name: 'shop-jobs', sqs_managed_sse_enabled: true });
    for (const encrypted of [main({ keyArn: KEY_ARN }), dead({ keyArn: KEY_ARN })]) {
      expect(encrypted.kms_master_key_id).toBe(KEY_ARN);
      expect(encrypted.sqs_managed_sse_enabled).toBeUndefined();
    }
    expect(main().kms_master_key_id).toBeUndefined();
  });

  test('refuses plain HTTP, and so do its dead letters', () => {
    const policies = resourcesOf(queue(), 'aws_sqs_queue_policy').map(({ policy }) => JSON.parse(policy).Statement[0]);
    expect(policies.map(({ Resource }) => Resource[0])).toEqual(
      expect.arrayContaining([`arn:aws:sqs:${REGION}:${ACCOUNT}:shop-jobs`, `arn:aws:sqs:${REGION}:${ACCOUNT}:shop-jobs-dead`]),
    );
    for (const { Effect, Condition } of policies) {
      expect([Effect, Condition]).toEqual(['Deny', { Bool: { 'aws:SecureTransport': 'false' } }]);
    }
  });

  test('a first-in-first-out queue ends in .fifo, and so do its dead letters', () => {
    expect(main({ fifo: true })).toMatchObject({ name: 'shop-jobs.fifo', fifo_queue: true });
    expect(dead({ fifo: true })).toMatchObject({ name: 'shop-jobs-dead.fifo', fifo_queue: true });
    expect(main().fifo_queue).toBeUndefined();
  });

  test('names fit the limit of SQS and stay apart', () => {
    const { main: name, deadLetters } = queueNames('x'.repeat(80), true);
    expect(name.length).toBeLessThanOrEqual(80);
    expect(deadLetters.length).toBeLessThanOrEqual(80);
    expect(name).toMatch(/\.fifo$/);
    expect(name).not.toBe(deadLetters);
  });

  test('cannot be destroyed under protect, and can without', () => {
    expect(main({ protect: true }).lifecycle).toEqual({ prevent_destroy: true });
    expect(dead({ protect: true }).lifecycle).toEqual({ prevent_destroy: true });
    expect(main().lifecycle).toBeUndefined();
  });
});

describe('a secret', () => {
  const props: ApplicationSecretProps = {
    key: 'jwt',
    name: '/shop/test/jwt',
    description: 'Signs sessions',
    value: 'manual',
    protect: false,
  };
  const secret = (changes: Partial<ApplicationSecretProps> = {}) =>
    synthModule((stack) => new ApplicationSecret(stack, 'jwt', { ...props, ...changes }));

  test('that a person puts has no value anywhere in the JSON', () => {
    const module = secret();
    expect(module.resource?.aws_secretsmanager_secret_version).toBeUndefined();
    expect(module.ephemeral).toBeUndefined();
    const json = Testing.synthScope((scope) => {
      new ApplicationSecret(scope, 'jwt', props);
    });
    expect(json).toHaveResourceWithProperties(SecretsmanagerSecret, { name: '/shop/test/jwt', description: 'Signs sessions' });
  });

  test('that is generated takes its value from an ephemeral, write-only and once', () => {
    const module = secret({ value: 'generated' });
    expect(theOnly(module, 'aws_secretsmanager_secret_version')).toMatchObject({
      secret_string_wo: '${ephemeral.aws_secretsmanager_random_password.secret-jwt.random_password}',
      secret_string_wo_version: 1,
    });
    expect(module.ephemeral?.aws_secretsmanager_random_password?.['secret-jwt']).toBeDefined();
    expect(theOnly(module, 'aws_secretsmanager_secret_version').secret_string).toBeUndefined();
  });

  test('that is generated keeps its first version, so that a newer value is never written over', () => {
    expect(theOnly(secret({ value: 'generated' }), 'aws_secretsmanager_secret_version')).toMatchObject({
      version_stages: ['AWSCURRENT', 'INITIAL'],
      lifecycle: { ignore_changes: ['version_stages'] },
    });
  });

  test('with JSON keys gets a random value for each of them', () => {
    const module = secret({ value: 'generated', keys: ['signing-key', 'a.b', 'a-b'] });
    const written = JSON.parse(theOnly(module, 'aws_secretsmanager_secret_version').secret_string_wo) as Record<string, string>;
    expect(Object.keys(written)).toEqual(['signing-key', 'a.b', 'a-b']);
    expect(new Set(Object.values(written)).size).toBe(3);
    const declared = Object.keys(module.ephemeral?.aws_secretsmanager_random_password ?? {});
    for (const reference of Object.values(written)) {
      expect(declared).toContain(reference.split('.')[2]);
    }
  });

  test('can be restored for 30 days under protect and cannot be destroyed', () => {
    expect(theOnly(secret({ protect: true, keyArn: KEY_ARN }), 'aws_secretsmanager_secret')).toMatchObject({
      recovery_window_in_days: 30,
      kms_key_id: KEY_ARN,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('can be restored for 7 days without protect and can be destroyed', () => {
    const { recovery_window_in_days, lifecycle } = theOnly(secret(), 'aws_secretsmanager_secret');
    expect([recovery_window_in_days, lifecycle]).toEqual([7, undefined]);
  });

  test('rotates by the function it names, at once only where there is a value', () => {
    const rotation = { afterDays: 90, functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:rotate` };
    expect(theOnly(secret({ rotation }), 'aws_secretsmanager_secret_rotation')).toMatchObject({
      rotation_lambda_arn: rotation.functionArn,
      rotation_rules: { automatically_after_days: 90 },
      rotate_immediately: false,
    });
    expect(theOnly(secret({ rotation, value: 'generated' }), 'aws_secretsmanager_secret_rotation')).toMatchObject({
      rotate_immediately: true,
      depends_on: ['aws_secretsmanager_secret_version.jwt_value'],
    });
    expect(resourcesOf(secret(), 'aws_secretsmanager_secret_rotation')).toEqual([]);
  });

  const put =
    'aws secretsmanager put-secret-value --region eu-west-1 --secret-id /shop/test/stripe --secret-string file:///dev/stdin';

  test('has a command that reads its value from the terminal, so that no argument and no history holds it', () => {
    expect(putSecretCommand(REGION, { name: '/shop/test/stripe' })).toBe(
      `(set -f; IFS=; printf 'Value (not shown): '; read -rs value; printf %s $value | ${put})`,
    );
    expect(putSecretCommand(REGION, { name: '/shop/test/stripe', keys: ['key', 'webhook'] })).toBe(
      `echo 'JSON object with the keys key, webhook, then Ctrl-D:'; ${put}`,
    );
    expect(putSecretCommand(REGION, { name: '/shop/test/stripe', keys: ['key'] }, 'http://localhost:4566')).toContain(
      `${put} --endpoint-url http://localhost:4566`,
    );
  });

  test.each(['plain', 'two words', ' leading and trailing ', '*', "it's", '"quoted"', 'back\\slash', '$HOME', '-n', '%s'])(
    'passes the value %j on unchanged',
    (value) => {
      const bin = mkdtempSync(join(tmpdir(), 'terrace-put-'));
      try {
        writeFileSync(join(bin, 'aws'), '#!/bin/sh\ncat > "$(dirname "$0")/received"\n', { mode: 0o755 });
        const command = putSecretCommand(REGION, { name: '/shop/test/stripe' });
        execFileSync('bash', ['-c', command], {
          input: `${value}\n`,
          env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
        });
        expect(readFileSync(join(bin, 'received'), 'utf8')).toBe(value);
      } finally {
        rmSync(bin, { recursive: true });
      }
    },
  );
});

describe('an image repository', () => {
  const props: RepositoryProps = {
    repositoryName: 'shop/test/api',
    keepLast: 30,
    immutableTags: true,
    scanOnPush: true,
    protect: false,
  };
  const repository = (changes: Partial<RepositoryProps> = {}) =>
    synthModule((stack) => new Repository(stack, 'api', { ...props, ...changes }));

  test('scans each push and never overwrites a tag', () => {
    expect(theOnly(repository(), 'aws_ecr_repository')).toMatchObject({
      name: 'shop/test/api',
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: { scan_on_push: true },
    });
  });

  test('does neither when both are turned off', () => {
    expect(theOnly(repository({ immutableTags: false, scanOnPush: false }), 'aws_ecr_repository')).toMatchObject({
      image_tag_mutability: 'MUTABLE',
      image_scanning_configuration: { scan_on_push: false },
    });
  });

  test('is encrypted with the key it is given, or with AES-256', () => {
    expect(theOnly(repository({ keyArn: KEY_ARN }), 'aws_ecr_repository').encryption_configuration).toEqual([
      { encryption_type: 'KMS', kms_key: KEY_ARN },
    ]);
    expect(theOnly(repository(), 'aws_ecr_repository').encryption_configuration).toEqual([{ encryption_type: 'AES256' }]);
  });

  test('keeps the last images and drops untagged ones; the rule for any image comes last', () => {
    const { rules } = JSON.parse(theOnly(repository(), 'aws_ecr_lifecycle_policy').policy);
    expect(rules.map(({ selection }: any) => [selection.tagStatus, selection.countType, selection.countNumber])).toEqual([
      ['untagged', 'sinceImagePushed', 7],
      ['any', 'imageCountMoreThan', 30],
    ]);
  });

  test('cannot be destroyed under protect; goes with its images without', () => {
    expect(theOnly(repository({ protect: true }), 'aws_ecr_repository')).toMatchObject({
      force_delete: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(theOnly(repository(), 'aws_ecr_repository').force_delete).toBe(true);
  });

  test('has commands that push and release', () => {
    const url = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/test/api';
    const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const login = `aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin ${registry}`;
    const target = { region: REGION, registry, repositoryUrl: url };
    const push = (...platforms: readonly string[]) => pushCommand({ ...target, platforms });
    // On a laptop with an ARM processor, Docker would otherwise build what no x86_64 container can run.
    expect(push('linux/amd64')).toBe(`${login} && docker buildx build --platform linux/amd64 --tag ${url}:<tag> --push .`);
    expect(push('linux/amd64', 'linux/arm64')).toContain('--platform linux/amd64,linux/arm64 ');
    expect(push()).not.toContain('--platform');
    const image = { repository: 'docker.io/edoburu/pgbouncer', tag: 'v1', source: 'https://example.test' };
    expect(mirrorCommand({ ...target, image })).toBe(
      `${login} && docker buildx imagetools create --tag ${url}:v1 docker.io/edoburu/pgbouncer:v1`,
    );
    expect(releaseCommand(REGION, '/shop/test/images/api', url)).toBe(
      `aws ssm put-parameter --region eu-west-1 --name /shop/test/images/api --overwrite --value ${url}:<tag>`,
    );
  });
});

describe('an image parameter', () => {
  const parameter = (protect: boolean) =>
    theOnly(
      synthModule(
        (stack) => new ImageParameter(stack, 'api', { name: '/shop/test/images/api', initialImage: 'shop:1', protect }),
      ),
      'aws_ssm_parameter',
    );

  test('is ignored by Terraform after the first apply, under the name it was written by', () => {
    expect(parameter(false)).toMatchObject({
      name: '/shop/test/images/api',
      type: 'String',
      insecure_value: 'shop:1',
      lifecycle: { ignore_changes: ['insecure_value'] },
    });
    expect(parameter(false).value).toBeUndefined();
  });

  test('cannot be destroyed under protect, and can without', () => {
    expect(parameter(true).lifecycle).toEqual({ prevent_destroy: true, ignore_changes: ['insecure_value'] });
    expect(parameter(false).lifecycle.prevent_destroy).toBeUndefined();
  });
});

describe('log groups', () => {
  const groups = [{ key: 'shop-test-api', name: '/shop/test/api' }];

  test('keep their lines for the given days, encrypted with the given key', () => {
    const module = synthModule(
      (stack) => new LogGroups(stack, 'logs', { groups, retentionDays: 30, keyArn: KEY_ARN, protect: true }),
    );
    expect(module.resource?.aws_cloudwatch_log_group?.['logs_shop-test-api']).toMatchObject({
      name: '/shop/test/api',
      retention_in_days: 30,
      kms_key_id: KEY_ARN,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('without a key or protect have neither', () => {
    const group = theOnly(
      synthModule((stack) => new LogGroups(stack, 'logs', { groups, retentionDays: 30, protect: false })),
      'aws_cloudwatch_log_group',
    );
    expect([group.kms_key_id, group.lifecycle]).toEqual([undefined, undefined]);
  });
});

describe("the environment's key", () => {
  const key = (protect: boolean) =>
    synthModule(
      (stack) =>
        new EnvironmentKey(stack, 'key', {
          alias: 'shop-test',
          description: 'Data of shop-test',
          accountId: ACCOUNT,
          region: REGION,
          protect,
        }),
    );

  test('rotates, has its alias, and its deletion can be cancelled for 30 days', () => {
    expect(theOnly(key(true), 'aws_kms_key')).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
    expect(theOnly(key(true), 'aws_kms_alias')).toMatchObject({
      name: 'alias/shop-test',
      target_key_id: '${aws_kms_key.key_key.key_id}',
    });
    expect(theOnly(key(false), 'aws_kms_key').lifecycle).toBeUndefined();
  });

  test('allows services only on behalf of this account', () => {
    const statements: Record<string, any>[] = JSON.parse(theOnly(key(true), 'aws_kms_key').policy).Statement;
    const services = statements.filter(({ Principal }) => Principal.Service !== undefined);
    expect(services.map(({ Principal }) => Principal.Service[0])).toEqual([
      'logs.eu-west-1.amazonaws.com',
      'cloudwatch.amazonaws.com',
    ]);
    for (const { Condition, Action } of services) {
      expect(JSON.stringify(Condition)).toContain(ACCOUNT);
      expect(Action).not.toContain('kms:*');
    }
    expect(statements.filter(({ Principal }) => Principal.AWS !== undefined).map(({ Principal }) => Principal.AWS)).toEqual([
      [`arn:aws:iam::${ACCOUNT}:root`],
    ]);
  });
});

describe('the backup plan', () => {
  const props: BackupPlanProps = {
    environment: 'shop-test',
    resourceArns: ['arn:aws:rds:eu-west-1:123456789012:db:shop-test'],
    dailyRetentionDays: 35,
    hour: 5,
    protect: false,
  };
  const plan = (changes: Partial<BackupPlanProps> = {}) =>
    synthModule((stack) => new BackupPlan(stack, 'backup', { ...props, ...changes }));

  test('copies daily, and monthly only where asked', () => {
    expect(theOnly(plan(), 'aws_backup_plan').rule).toEqual([
      expect.objectContaining({ rule_name: 'daily', schedule: 'cron(0 5 * * ? *)', lifecycle: { delete_after: 35 } }),
    ]);
    expect(theOnly(plan({ monthlyRetentionDays: 365 }), 'aws_backup_plan').rule[1]).toMatchObject({
      rule_name: 'monthly',
      schedule: 'cron(0 5 1 * ? *)',
      lifecycle: { delete_after: 365 },
    });
  });

  test('copies exactly what it is given, into its own vault, with the roles of AWS Backup', () => {
    const module = plan({ keyArn: KEY_ARN });
    expect(theOnly(module, 'aws_backup_selection').resources).toEqual(props.resourceArns);
    expect(theOnly(module, 'aws_backup_vault')).toMatchObject({ name: 'shop-test', kms_key_arn: KEY_ARN });
    expect(resourcesOf(module, 'aws_iam_role_policy_attachment').map(({ policy_arn }) => policy_arn)).toEqual([
      'arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup',
      'arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores',
    ]);
  });

  test('keeps the vault under protect, and deletes it with its copies without', () => {
    expect(theOnly(plan({ protect: true }), 'aws_backup_vault')).toMatchObject({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(theOnly(plan(), 'aws_backup_vault').force_destroy).toBe(true);
  });

  test('starts outside the windows of the database and the hour before them', () => {
    expect(backupHour(['01:00-02:00', 'sun:03:00-sun:04:00'])).toBe(5);
    expect(backupHour(['05:00-06:00'])).toBe(7);
    expect(backupHour(['06:00-06:30', 'mon:08:00-mon:09:00'])).toBe(10);
    expect(backupHour(['23:30-05:30'])).toBe(6);
  });
});
