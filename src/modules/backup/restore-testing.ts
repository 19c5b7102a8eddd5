/** When AWS Backup restores the newest copy of a resource, and where to: beside the live one, and reachable from nothing but the drill. */
import { BackupRestoreTestingPlan } from '@cdktf/provider-aws/lib/backup-restore-testing-plan';
import { BackupRestoreTestingSelection } from '@cdktf/provider-aws/lib/backup-restore-testing-selection';
import { Construct } from 'constructs';
import { restoreTestingPlanName } from '../../config/names';
import type { ResolvedRestoreDrill } from '../../config/resolved/environment';
import { DRILLED_DATABASE, type DrilledResource } from '../../contracts/restore-metrics';
import type { DrilledPlan } from './age-workflow';
import { CHECK_HOURS } from './drill-check';

/** Hours within which AWS Backup starts a test after its time. */
const START_HOURS = 1;

/** A copy of this week: an older one would prove nothing about the backups that are made now. */
const SELECTION_DAYS = 7;

/** Until what was restored is deleted without a verdict: for preparation, reading and telling. */
const VALIDATION_HOURS = CHECK_HOURS + 3;

export interface RestoreTestingProps {
  readonly environment: string;
  readonly resource: DrilledResource;
  readonly resourceArn: string;
  readonly drill: Pick<ResolvedRestoreDrill, 'weekday' | 'hour'>;
  readonly vaultArn: string;
  /** Restores. */
  readonly roleArn: string;
  /** Of a database: where its instance is, and the group that admits nothing but the check. */
  readonly subnetGroupName?: string;
  readonly securityGroupId: string;
}

/** A plan for each resource: the restores of a plan, and their verdicts, are then those of the resource. */
export class RestoreTesting extends Construct {
  public readonly plan: DrilledPlan;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreTestingProps,
  ) {
    super(scope, id);
    const { environment, resource, drill, vaultArn } = props;
    const plan = new BackupRestoreTestingPlan(this, 'plan', {
      name: restoreTestingPlanName(environment, resource),
      scheduleExpression: `cron(0 ${drill.hour} ? * ${drill.weekday.toUpperCase()} *)`,
      startWindowHours: START_HOURS,
      recoveryPointSelection: [
        {
          algorithm: 'LATEST_WITHIN_WINDOW',
          includeVaults: [vaultArn],
          recoveryPointTypes: ['SNAPSHOT'],
          selectionWindowDays: SELECTION_DAYS,
        },
      ],
    });
    this.plan = { resource, planName: plan.name, planArn: plan.arn };
    this.createSelection(plan.name);
  }

  private createSelection(restoreTestingPlanName: string): void {
    const { resource, resourceArn, roleArn, subnetGroupName, securityGroupId } = this.props;
    const isDatabase = resource === DRILLED_DATABASE;
    new BackupRestoreTestingSelection(this, 'selection', {
      name: resource.replaceAll('-', '_'),
      restoreTestingPlanName,
      protectedResourceType: isDatabase ? 'RDS' : 'EFS',
      protectedResourceArns: [resourceArn],
      iamRoleArn: roleArn,
      validationWindowHours: VALIDATION_HOURS,
      // Source: AWS Backup developer guide, "Restore testing inferred metadata".
      restoreMetadataOverrides:
        isDatabase && subnetGroupName !== undefined
          ? {
              dbSubnetGroupName: subnetGroupName,
              vpcSecurityGroupIds: JSON.stringify([securityGroupId]),
              multiAz: 'false',
              publiclyAccessible: 'false',
            }
          : undefined,
    });
  }
}
