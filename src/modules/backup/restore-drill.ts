/**
 * The weekly restore drill of an environment, apart from everything that serves:
 *
 *   AWS Backup restores --event--> Step Functions: a container reads it all --> AWS Backup keeps the verdict, and deletes it
 *   every six hours      ----------> Step Functions: age of the last good verdict --> CloudWatch
 *
 * It runs on a cluster of its own, which costs nothing while no container runs, so that it is the same on every tier.
 */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { resourceName, restoreDrillName } from '../../config/names';
import type { ResolvedRestoreDrill } from '../../config/resolved/environment';
import { RESTORE_METRICS_HOURS, type DrilledResource } from '../../contracts/restore-metrics';
import { ServiceRole } from '../iam/service-role';
import { createEventWorkflow } from '../workflow/event-workflow';
import { ageWorkflow, type DrilledPlan } from './age-workflow';
import { DrillNetwork } from './drill-network';
import { ageStatements, checkExecutionStatements, drillStatements } from './drill-permissions';
import { drillWorkflow } from './drill-workflow';
import { RestoreTesting, type RestoreTestingProps } from './restore-testing';

export interface RestoreDrillProps extends Pick<RestoreTestingProps, 'environment' | 'vaultArn' | 'roleArn' | 'subnetGroupName'> {
  readonly region: string;
  readonly accountId: string;
  readonly drill: ResolvedRestoreDrill;
  /** What is restored, by its name in metrics, and its ARN. Not empty. */
  readonly resources: readonly { readonly resource: DrilledResource; readonly arn: string }[];
  readonly vpcId: string;
  /** Where the containers run: private, or public where there is no other way out of the network. */
  readonly subnetId: string;
  /** The group of the VPC's interface endpoints. */
  readonly endpointSecurityGroupId?: string;
  readonly log: { readonly name: string; readonly retentionDays: number; readonly keyArn?: string };
}

export class RestoreDrill extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreDrillProps,
  ) {
    super(scope, id);
    const { environment, resources } = props;
    const network = new DrillNetwork(this, 'network', {
      ...props,
      database: props.drill.database !== undefined,
      files: props.drill.fileSystems.length > 0,
    });
    const plans = resources.map(
      ({ resource, arn: resourceArn }) =>
        new RestoreTesting(this, resource, { ...props, resource, resourceArn, securityGroupId: network.restoredId }).plan,
    );
    this.createValidation(plans, network, new EcsCluster(this, 'cluster', { name: restoreDrillName(environment) }).arn);
    this.createAge(plans);
  }

  private createValidation(plans: readonly DrilledPlan[], network: DrillNetwork, clusterArn: string): void {
    const { environment, region, accountId, drill, subnetId, log } = this.props;
    const name = restoreDrillName(environment);
    const group = new CloudwatchLogGroup(this, 'log', {
      name: log.name,
      retentionInDays: log.retentionDays,
      kmsKeyId: log.keyArn,
    });
    const [hasDatabase, hasFiles] = [drill.database !== undefined, drill.fileSystems.length > 0];
    const rights = { region, accountId, logGroupArn: group.arn, hasDatabase, hasFiles };
    const executionRoleArn = this.createExecutionRole(checkExecutionStatements(rights));
    const common = { clusterArn, family: name, executionRoleArn, subnetId, restoredSecurityGroupId: network.restoredId };
    createEventWorkflow(this, {
      environment,
      region,
      accountId,
      subject: 'drill',
      rule: {
        id: 'restored',
        name: 'restore-drill',
        description: `AWS Backup has restored something of ${environment} for a drill: it is validated`,
        pattern: {
          source: ['aws.backup'],
          'detail-type': ['Restore Job State Change'],
          detail: { status: ['COMPLETED'], restoreTestingPlanArn: plans.map(({ planArn }) => planArn) },
        },
        purpose: 'Starts the validation of restore drills',
      },
      stateMachine: {
        id: 'validation',
        name: 'restore-drill',
        definition: drillWorkflow({
          ...common,
          environment,
          logGroupName: log.name,
          region,
          publicAddress: drill.publicAddress,
          securityGroupId: network.checkId,
          database: drill.database,
          files: hasFiles ? drill.files : undefined,
        }),
        role: 'validate',
        purpose: 'Validates what a restore drill has restored',
        statements: drillStatements({ ...rights, ...common, clusterName: name }),
      },
    });
  }

  private createExecutionRole(statements: ReturnType<typeof checkExecutionStatements>): string {
    const { environment, accountId } = this.props;
    return new ServiceRole(this, 'execution', {
      name: resourceName(environment, 'drill-execution', 'iamRole'),
      description: `Starts the containers of restore drills of ${environment}`,
      service: 'ecs-tasks.amazonaws.com',
      trustConditions: { StringEquals: { 'aws:SourceAccount': accountId } },
      statements,
    }).arn;
  }

  private createAge(plans: readonly DrilledPlan[]): void {
    const { environment, region, accountId } = this.props;
    const name = resourceName(environment, 'restore-age', 'stateMachine');
    const role = new ServiceRole(this, 'age-role', {
      name: resourceName(environment, 'restore-age', 'iamRole'),
      description: `Measures the age of the last proven restore of ${environment}`,
      service: 'states.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': `arn:aws:states:${region}:${accountId}:stateMachine:${name}` },
      },
      statements: ageStatements(plans.map(({ planArn }) => planArn)),
    });
    const machine = new SfnStateMachine(this, 'age', {
      name,
      roleArn: role.arn,
      definition: JSON.stringify(ageWorkflow(environment, plans)),
    });
    const start = new ServiceRole(this, 'age-schedule-role', {
      name: resourceName(environment, 'restore-age-schedule', 'iamRole'),
      description: `Starts the measurement of the last proven restore of ${environment}`,
      service: 'scheduler.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnEquals: { 'aws:SourceArn': `arn:aws:scheduler:${region}:${accountId}:schedule-group/default` },
      },
      statements: [{ sid: 'StartThis', actions: ['states:StartExecution'], resources: [machine.arn] }],
    });
    new SchedulerSchedule(this, 'age-schedule', {
      name: resourceName(environment, 'restore-age', 'scheduler'),
      description: `The age of the last proven restore of ${environment} is measured`,
      scheduleExpression: `rate(${RESTORE_METRICS_HOURS} hours)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: machine.arn, roleArn: start.arn },
    });
  }
}
