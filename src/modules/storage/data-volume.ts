/**
 * The volume that outlives its host: PostgreSQL, Redis, uploads and the backups of the last days lie here.
 *
 * It belongs to data, so that a host can be replaced, or a tier exchanged, while it stays. Snapshots are daily and
 * incremental; they are what is left when a zone is lost.
 */
import { DlmLifecyclePolicy } from '@cdktf/provider-aws/lib/dlm-lifecycle-policy';
import { EbsVolume } from '@cdktf/provider-aws/lib/ebs-volume';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import { ServiceRole } from '../iam/service-role';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** When the daily snapshot is taken, in UTC: an hour after the nightly dumps begin, so that it holds them too. */
const SNAPSHOT_TIME = '03:00';

/** The tag that the snapshot policy finds the volume by; tags of the provider stand on too much else. */
const SNAPSHOT_TAG = 'snapshots';

export interface DataVolumeProps {
  /** The environment's name. */
  readonly environment: string;
  /** GB; grows in place. The host grows the file system by itself. */
  readonly sizeGb: number;
  /** Full zone name: only instances of this zone can attach it. Changing it replaces the volume. */
  readonly zone: string;
  /** Days that daily snapshots stay. */
  readonly snapshotRetentionDays: number;
  /** The environment's key; without one, the AWS-managed key of EBS. Changing it replaces the volume. */
  readonly keyArn?: string;
  /** `prevent_destroy`, and a last snapshot when the volume is deleted all the same. */
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
    this.takeSnapshots();
  }

  /** gp3's baseline (3000 IOPS, 125 MB/s) is not written down: it is the same for every size. */
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

  private takeSnapshots(): void {
    const { environment, snapshotRetentionDays } = this.props;
    const role = this.snapshotRole();
    new DlmLifecyclePolicy(this, 'snapshots', {
      // Letters, digits, hyphens, underscores and spaces only.
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

  /** What AWS's own policy for Data Lifecycle Manager allows on everything, only for this volume and its snapshots. */
  private snapshotRole(): ServiceRole {
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
          // EC2's describing actions know no resources.
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
