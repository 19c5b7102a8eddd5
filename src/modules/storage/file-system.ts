/** One EFS file system: encrypted, and mounted only over TLS and by IAM identities. */
import { EfsAccessPoint } from '@cdktf/provider-aws/lib/efs-access-point';
import { EfsBackupPolicy } from '@cdktf/provider-aws/lib/efs-backup-policy';
import { EfsFileSystem } from '@cdktf/provider-aws/lib/efs-file-system';
import { EfsFileSystemPolicy } from '@cdktf/provider-aws/lib/efs-file-system-policy';
import { EfsMountTarget } from '@cdktf/provider-aws/lib/efs-mount-target';
import { Construct } from 'constructs';
import type { ResolvedFileSystem } from '../../config/resolved/environment';
import { policyJson, tlsOnly } from '../iam/policy';
import { keepWhenProtected } from '../../terraform/lifecycle';

export interface FileSystemProps extends Pick<ResolvedFileSystem, 'name' | 'coldAfterDays' | 'warmOnRead' | 'accessPoints'> {
  /** Daily copies in AWS's own backup plan, kept for 35 days. Off where the environment's backup plan copies the file system. */
  readonly automaticBackup: boolean;
  /** The environment's key; without one, the AWS-managed key of EFS. Changing it replaces the file system. */
  readonly keyArn?: string;
  /** One subnet per zone; each gets a mount target. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** `prevent_destroy`. */
  readonly protect: boolean;
}

interface AccessPointHandover {
  readonly id: string;
  readonly arn: string;
}

/** A file system with a mount target per subnet and an access point per declared directory. */
export class FileSystem extends Construct {
  public readonly id: string;
  public readonly arn: string;
  /** Access point key to its id and ARN. */
  public readonly accessPoints: Readonly<Record<string, AccessPointHandover>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FileSystemProps,
  ) {
    super(scope, id);
    const fileSystem = this.createFileSystem();
    this.id = fileSystem.id;
    this.arn = fileSystem.arn;
    this.createMountTargets();
    this.accessPoints = this.createAccessPoints();
    this.createPolicy();
    if (props.automaticBackup) {
      new EfsBackupPolicy(this, 'backup', { fileSystemId: this.id, backupPolicy: { status: 'ENABLED' } });
    }
  }

  /** Elastic throughput has no burst credits that can run out; it is billed by data read and written. */
  private createFileSystem(): EfsFileSystem {
    const { name, keyArn, coldAfterDays, warmOnRead, protect } = this.props;
    const cold = { transitionToIa: `AFTER_${coldAfterDays}_${coldAfterDays === 1 ? 'DAY' : 'DAYS'}` };
    const warm = { transitionToPrimaryStorageClass: 'AFTER_1_ACCESS' };
    return new EfsFileSystem(this, 'file-system', {
      encrypted: true,
      kmsKeyId: keyArn,
      performanceMode: 'generalPurpose',
      throughputMode: 'elastic',
      lifecyclePolicy: warmOnRead ? [cold, warm] : [cold],
      tags: { Name: name },
      lifecycle: keepWhenProtected(protect),
    });
  }

  private createMountTargets(): void {
    this.props.subnetIds.forEach((subnetId, index) => {
      new EfsMountTarget(this, `mount-${index}`, {
        fileSystemId: this.id,
        subnetId,
        securityGroups: [this.props.securityGroupId],
      });
    });
  }

  private createAccessPoints(): Readonly<Record<string, AccessPointHandover>> {
    const { name, accessPoints } = this.props;
    const entries = Object.entries(accessPoints).map(([key, { path, userId, groupId, permissions }]) => {
      const accessPoint = new EfsAccessPoint(this, `access-${key}`, {
        fileSystemId: this.id,
        posixUser: { uid: userId, gid: groupId },
        rootDirectory: {
          path,
          // The root directory always exists.
          creationInfo: path === '/' ? undefined : { ownerUid: userId, ownerGid: groupId, permissions },
        },
        tags: { Name: `${name}-${key}` },
      });
      return [key, { id: accessPoint.id, arn: accessPoint.arn }] as const;
    });
    return Object.fromEntries(entries);
  }

  /**
   * By default everyone who reaches a mount target may mount as root. Any file system policy replaces that default: then only
   * identities whose IAM policies allow it may mount, which are containers, each through its access point.
   * Source: EFS user guide, "Using IAM to control access to file systems".
   */
  private createPolicy(): void {
    new EfsFileSystemPolicy(this, 'policy', {
      fileSystemId: this.id,
      policy: policyJson([tlsOnly(['*'], [this.arn], { AWS: ['*'] })]),
    });
  }
}
