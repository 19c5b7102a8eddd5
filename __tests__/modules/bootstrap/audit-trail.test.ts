/** The account's audit trail in bootstrap: complete, tamper-evident, and protected from those it records. */
import { BootstrapStack } from '../../../src/stacks/bootstrap-stack';
import type { StateStore } from '../../../src/config/resolved/environment';
import { store } from '../../support/stores';
import { resourcesOf, synthApp, theOnly, type RootModule } from '../../support/synth';

const ACCOUNT = '123456789012';
const bootstrap = (cloudTrail: StateStore['singletons']['cloudTrail']): RootModule =>
  synthApp(
    (app) =>
      void new BootstrapStack(app, {
        store: store({ singletons: { ...store().singletons, cloudTrail } }),
        account: ACCOUNT,
        environments: [],
        tags: {},
      }),
  )['bootstrap-shop'] as RootModule;
const trail = bootstrap('create');
const statements = (json: string): readonly any[] => JSON.parse(json).Statement;
const TRAIL = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/shop-audit`;

describe('the trail', () => {
  it('records every region, and proves that no log was changed', () => {
    expect(theOnly(trail, 'aws_cloudtrail')).toMatchObject({
      name: 'shop-audit',
      is_multi_region_trail: true,
      include_global_service_events: true,
      enable_log_file_validation: true,
      kms_key_id: '${aws_kms_key.audit_key.arn}',
      lifecycle: { prevent_destroy: true },
      depends_on: ['aws_s3_bucket_policy.audit_logs_policy'],
    });
  });

  it('is created only where the account has none', () => {
    for (const choice of ['existing', 'none'] as const) {
      expect(resourcesOf(bootstrap(choice), 'aws_cloudtrail')).toEqual([]);
      expect(resourcesOf(bootstrap(choice), 'aws_s3_bucket')).toHaveLength(1);
    }
  });

  it('changes nothing else in bootstrap', () => {
    const { aws_cloudtrail: _trail, ...made } = trail.resource ?? {};
    for (const [type, blocks] of Object.entries(bootstrap('none').resource ?? {})) expect(made[type]).toMatchObject(blocks);
  });
});

describe('its bucket', () => {
  const of = (type: string) => trail.resource?.[type] as Record<string, any>;

  it('locks each log for the given days, and deletes it afterwards', () => {
    expect(of('aws_s3_bucket').audit_logs_bucket).toMatchObject({ object_lock_enabled: true, force_destroy: false });
    expect(of('aws_s3_bucket_object_lock_configuration').audit_logs_lock.rule).toEqual({
      default_retention: { mode: 'GOVERNANCE', days: 365 },
    });
    expect(of('aws_s3_bucket_lifecycle_configuration').audit_logs_lifecycle.rule[0].expiration).toEqual([{ days: 366 }]);
    expect(of('aws_s3_bucket_versioning').audit_logs_versioning.versioning_configuration.status).toBe('Enabled');
  });

  it('accepts logs of this trail only, under its account, and nothing without TLS', () => {
    const policy = statements(of('aws_s3_bucket_policy').audit_logs_policy.policy);
    expect(policy.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      expect.objectContaining({
        Action: ['s3:GetBucketAcl'],
        Condition: { StringEquals: { 'aws:SourceArn': TRAIL } },
      }),
      expect.objectContaining({
        Action: ['s3:PutObject'],
        Resource: [`arn:aws:s3:::shop-terraform-state-audit/AWSLogs/${ACCOUNT}/*`],
        Condition: { StringEquals: { 'aws:SourceArn': TRAIL, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    ]);
    expect(policy.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => Condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': '1.2' } },
    ]);
  });

  it('is encrypted with a key that only this trail encrypts with, and with no key of a customer', () => {
    expect(of('aws_s3_bucket_server_side_encryption_configuration').audit_logs_encryption.rule).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: '${aws_kms_key.audit_key.arn}' },
        bucket_key_enabled: true,
        blocked_encryption_types: ['SSE-C'],
      },
    ]);
    const grants = statements(of('aws_kms_key').audit_key.policy).filter(({ Principal }) => Principal.Service !== undefined);
    for (const { Condition } of grants) expect(Condition.StringEquals['aws:SourceArn']).toBe(TRAIL);
    expect(grants.flatMap(({ Action }) => Action).sort()).toEqual(['kms:DescribeKey', 'kms:GenerateDataKey*']);
  });
});
