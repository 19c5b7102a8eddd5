/**
 * The data volume of the box: PostgreSQL, Redis, uploads and recent backups.
 *
 * It belongs to the data stack, so that replacing the host or changing the tier keeps it. Daily incremental snapshots survive
 * the loss of its zone.
 */
import { DlmLifecyclePolicy } from '@cdktf/provider-aws/lib/dlm-lifecycle-policy';
import { EbsVolume } from '@cdktf/provider-aws/lib/ebs-volume';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import { ServiceRole } from '../iam/service-role';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** UTC: an hour after the nightly dumps start, so that the snapshot includes them. */
const SNAPSHOT_TIME = '03:00';

/** The tag by which the snapshot policy selects the volume: the provider's default tags are on other volumes too. */
const SNAPSHOT_TAG = 'snapshots';

export interface DataVolumeProps {
  /** The environment's name. */
  readonly environment: string;
  /** GB. Grows in place, and the host then grows its file system. */
  readonly sizeGb: number;
  /** Full zone name; only instances in this zone can attach the volume. Changing it replaces the volume. */
  readonly zone: string;
  readonly snapshotRetentionDays: number;
  /** The environment's key; without one, the AWS-managed key of EBS. Changing it replaces the volume. */
  readonly keyArn?: string;
  /** `prevent_destroy`, and a final snapshot should the volume be deleted anyway. */
  readonly protect: boolean;
  readonly accountId: string;
  readonly region: string;
}

/** An encrypted gp3 volume with daily snapshots. */
export class DataVolume extends Construct {
  public readonly id: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DataVolumeProps,
  ) {
    super(scope, id);
    this.id = this.createVolume();
    this.createSnapshotPolicy();
  }

  /** Without IOPS and throughput: gp3's baseline (3000 IOPS, 125 MB/s) is the same for every size. */
  private createVolume(): string {
    const { environment, sizeGb, zone, keyArn, protect } = this.props;
    return new EbsVolume(this, 'volume', {
      availabilityZone: zone,
      size: sizeGb,
      type: 'gp3',
      encrypted: true,
      kmsKeyId: keyArn,
      finalSnapshot: protect,
      tags: { Name: `${environment}-data`, [SNAPSHOT_TAG]: this.policyName },
      lifecycle: keepWhenProtected(protect),
    }).id;
  }

  private createSnapshotPolicy(): void {
    const { environment, snapshotRetentionDays } = this.props;
    const role = this.createSnapshotRole();
    new DlmLifecyclePolicy(this, 'snapshots', {
      // Data Lifecycle Manager accepts only letters, digits, hyphens, underscores and spaces.
      description: `Daily snapshots of the data volume of ${environment}`,
      executionRoleArn: role.arn,
      state: 'ENABLED',
      policyDetails: {
        resourceTypes: ['VOLUME'],
        targetTags: { [SNAPSHOT_TAG]: this.policyName },
        schedule: [
          {
            name: 'daily',
            createRule: { interval: 24, intervalUnit: 'HOURS', times: [SNAPSHOT_TIME] },
            retainRule: { interval: snapshotRetentionDays, intervalUnit: 'DAYS' },
            copyTags: true,
            tagsToAdd: { 'made-by': 'data-lifecycle-manager' },
          },
        ],
      },
      tags: { Name: this.policyName },
      dependsOn: [...role.grants],
    });
  }

  /** AWSDataLifecycleManagerServiceRole, limited to this volume and its snapshots. */
  private createSnapshotRole(): ServiceRole {
    const { environment, accountId, region } = this.props;
    const snapshots = `arn:aws:ec2:${region}::snapshot/*`;
    const tagged = { [`aws:ResourceTag/${SNAPSHOT_TAG}`]: this.policyName };
    return new ServiceRole(this, 'snapshot-role', {
      name: resourceName(environment, 'data-snapshots', 'iamRole'),
      description: `Takes and deletes snapshots of the data volume of ${environment}`,
      service: 'dlm.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:dlm:${region}:${accountId}:policy/*` },
      },
      statements: [
        {
          sid: 'CopyTheVolume',
          actions: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots'],
          resources: [`arn:aws:ec2:${region}:${accountId}:volume/*`],
          conditions: { StringEquals: tagged },
        },
        { sid: 'IntoSnapshots', actions: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots'], resources: [snapshots] },
        { sid: 'TagThem', actions: ['ec2:CreateTags'], resources: [snapshots] },
        { sid: 'DeleteOldOnes', actions: ['ec2:DeleteSnapshot'], resources: [snapshots], conditions: { StringEquals: tagged } },
        {
          sid: 'FindThem',
          // EC2's Describe actions take no resource.
          actions: ['ec2:DescribeInstances', 'ec2:DescribeSnapshots', 'ec2:DescribeVolumes'],
          resources: ['*'],
        },
      ],
    });
  }

  private get policyName(): string {
    return `${this.props.environment}-data`;
  }
}
