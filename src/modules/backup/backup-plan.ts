/** Daily and monthly copies by AWS Backup, in a dedicated vault. */
import { BackupPlan as AwsBackupPlan, type BackupPlanRule } from '@cdktf/provider-aws/lib/backup-plan';
import { BackupSelection } from '@cdktf/provider-aws/lib/backup-selection';
import { BackupVault } from '@cdktf/provider-aws/lib/backup-vault';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import { ServiceRole } from '../iam/service-role';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** Minutes within which a copy must start (AWS's minimum is 60) and complete. */
const START_MINUTES = 60;
const COMPLETION_MINUTES = 480;

/** The policies that AWS Backup prescribes for copying and for restoring. */
const MANAGED_POLICIES = ['AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForRestores'];

export interface BackupPlanProps {
  /** The environment's name, and so the name of vault, plan and selection. */
  readonly environment: string;
  readonly resourceArns: readonly string[];
  readonly dailyRetentionDays: number;
  /** @default no monthly copies */
  readonly monthlyRetentionDays?: number;
  /** Hour of the day (UTC) at which copies start. */
  readonly hour: number;
  /** The environment's key; without one, the AWS-managed key of AWS Backup. */
  readonly keyArn?: string;
  /** `prevent_destroy`; without it a destroy deletes the copies too. */
  readonly protect: boolean;
}

/** A vault, a plan and the selection of resources. */
export class BackupPlan extends Construct {
  public readonly vaultArn: string;
  /** The role with which AWS Backup copies and restores. */
  public readonly roleArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupPlanProps,
  ) {
    super(scope, id);
    const { environment, resourceArns } = props;
    const vault = this.createVault();
    const plan = new AwsBackupPlan(this, 'plan', { name: environment, rule: this.rules(vault) });
    this.vaultArn = vault.arn;
    this.roleArn = this.createRole().arn;
    new BackupSelection(this, 'selection', {
      name: environment,
      planId: plan.id,
      iamRoleArn: this.roleArn,
      resources: [...resourceArns],
    });
  }

  private createVault(): BackupVault {
    const { environment, keyArn, protect } = this.props;
    return new BackupVault(this, 'vault', {
      name: environment,
      kmsKeyArn: keyArn,
      forceDestroy: !protect,
      lifecycle: keepWhenProtected(protect),
    });
  }

  private createRole(): ServiceRole {
    return new ServiceRole(this, 'role', {
      name: resourceName(this.props.environment, 'backup', 'iamRole'),
      description: 'AWS Backup copies and restores the data of the environment',
      service: 'backup.amazonaws.com',
      statements: [],
      managedPolicyArns: MANAGED_POLICIES.map((name) => `arn:aws:iam::aws:policy/service-role/${name}`),
    });
  }

  private rules(vault: BackupVault): BackupPlanRule[] {
    const { dailyRetentionDays, monthlyRetentionDays, hour } = this.props;
    const rule = (ruleName: string, days: string, deleteAfter: number): BackupPlanRule => ({
      ruleName,
      targetVaultName: vault.name,
      schedule: `cron(0 ${hour} ${days} * ? *)`,
      startWindow: START_MINUTES,
      completionWindow: COMPLETION_MINUTES,
      lifecycle: { deleteAfter },
    });
    const daily = rule('daily', '*', dailyRetentionDays);
    return monthlyRetentionDays === undefined ? [daily] : [daily, rule('monthly', '1', monthlyRetentionDays)];
  }
}
