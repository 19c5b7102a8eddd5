/** The data volume of a host. */
import { DataVolume } from '../../../src/modules/storage/data-volume';
import { synthModule, theOnly } from '../../support/synth';

describe('the data volume', () => {
  const volume = (protect: boolean, keyArn?: string) =>
    synthModule((stack) => {
      new DataVolume(stack, 'box', {
        environment: 'shop-test',
        sizeGb: 18,
        zone: 'eu-west-1a',
        snapshotRetentionDays: 7,
        keyArn,
        protect,
        accountId: '123456789012',
        region: 'eu-west-1',
      });
    });

  test('is encrypted gp3 at its baseline', () => {
    const made = theOnly(volume(false), 'aws_ebs_volume');
    expect(made).toMatchObject({ availability_zone: 'eu-west-1a', size: 18, type: 'gp3', encrypted: true });
    expect(made.iops).toBeUndefined();
    expect(made.kms_key_id).toBeUndefined();
    expect(theOnly(volume(true, 'arn:key'), 'aws_ebs_volume').kms_key_id).toBe('arn:key');
  });

  test('is kept under protect, with a last snapshot all the same', () => {
    expect(theOnly(volume(true), 'aws_ebs_volume')).toMatchObject({ final_snapshot: true, lifecycle: { prevent_destroy: true } });
    expect(theOnly(volume(false), 'aws_ebs_volume').lifecycle).toBeUndefined();
  });

  test('is copied every day, by a role that may copy this volume and no other', () => {
    const module = volume(false);
    const policy = theOnly(module, 'aws_dlm_lifecycle_policy');
    const [tag, value] = Object.entries(policy.policy_details.target_tags)[0]!;
    expect(theOnly(module, 'aws_ebs_volume').tags[tag]).toBe(value);
    expect(policy).toMatchObject({
      state: 'ENABLED',
      policy_details: { resource_types: ['VOLUME'], schedule: [{ retain_rule: { interval: 7, interval_unit: 'DAYS' } }] },
    });
    const statements: any[] = JSON.parse(theOnly(module, 'aws_iam_role_policy').policy).Statement;
    const copying = statements.find(({ Sid }) => Sid === 'CopyTheVolume');
    expect(copying.Condition).toEqual({ StringEquals: { [`aws:ResourceTag/${tag}`]: value } });
    for (const { Resource, Action } of statements) {
      if (Resource.includes('*')) for (const action of Action) expect(action).toMatch(/^ec2:Describe/);
    }
  });
});
