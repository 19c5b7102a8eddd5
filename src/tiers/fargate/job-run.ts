/**
 * Runs a job: a Step Functions state machine that starts its task, waits for the end, and enforces its time limit. Schedule and
 * people start executions of it.
 *
 * It writes no log: Step Functions keeps the history of each execution for 90 days at no cost, and the container's log is in the
 * log group of the job. A run has about five state transitions, of which 4,000 a month are free and each further 1,000 cost
 * $0.025 (AWS Step Functions pricing, us-east-1, 2026-11).
 */
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { imageRunFamily, jobStateMachineName, resourceName } from '../../config/names';
import type { Statement } from '../../modules/iam/policy';
import { ServiceRole } from '../../modules/iam/service-role';
import { jobWorkflow, type JobWorkflowProps } from './job-workflow';

export interface JobRunProps extends JobWorkflowProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  /** The job's key in the environment, such as `pricing-sync`. */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  /** The family's ARN without a revision. */
  readonly taskDefinitionArnWithoutRevision: string;
  /** The task's role and its execution role: the only roles that a run may pass to ECS. */
  readonly passRoleArns: readonly string[];
  /** Without which a run fails: when the state machine exists, the job can run. @default [] */
  readonly after?: readonly ITerraformDependable[];
}

/** The state machine of one job and its role. */
export class JobRun extends Construct {
  public readonly stateMachineArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: JobRunProps,
  ) {
    super(scope, id);
    const { environment, name, after = [] } = props;
    const role = this.createRole();
    this.stateMachineArn = new SfnStateMachine(this, 'machine', {
      name: jobStateMachineName(environment, name),
      roleArn: role.arn,
      definition: JSON.stringify(jobWorkflow(props)),
      // Step Functions creates its managed EventBridge rule with this role, and refuses the state machine without the right.
      dependsOn: [...role.grants, ...after],
    }).arn;
  }

  private createRole(): ServiceRole {
    const { environment, name, region, accountId } = this.props;
    return new ServiceRole(this, 'role', {
      name: resourceName(environment, `${name}-run`, 'iamRole'),
      description: `Runs the job ${name} of ${environment}`,
      service: 'states.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: {
          'aws:SourceArn': `arn:aws:states:${region}:${accountId}:stateMachine:${jobStateMachineName(environment, name)}`,
        },
      },
      statements: this.statements(),
    });
  }

  /** Source: Step Functions developer guide, "Run Amazon ECS or Fargate tasks", IAM policies for .sync. */
  private statements(): readonly Statement[] {
    const { clusterArn, clusterName, region, accountId, passRoleArns, sleepParameterName } = this.props;
    const family = this.props.taskDefinitionArnWithoutRevision;
    const inCluster = { ArnEquals: { 'ecs:cluster': clusterArn } };
    return [
      // AWS checks the ARN as the call names it, without revision, and as ECS resolves it, with one.
      {
        sid: 'RunThisJob',
        actions: ['ecs:RunTask'],
        resources: [family, `${family}:*`, `${imageRunFamily(family)}:*`],
        conditions: inCluster,
      },
      {
        sid: 'WatchAndStopTasks',
        actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
        resources: [`arn:aws:ecs:${region}:${accountId}:task/${clusterName}/*`],
      },
      ...(sleepParameterName === undefined
        ? []
        : [
            {
              sid: 'SeeWhetherAsleep',
              actions: ['ssm:GetParameter'],
              resources: [`arn:aws:ssm:${region}:${accountId}:parameter${sleepParameterName}`],
            },
          ]),
      // ListTasks has no resource that a policy could name.
      { sid: 'FindTasks', actions: ['ecs:ListTasks'], resources: ['*'], conditions: inCluster },
      {
        sid: 'PassItsRoles',
        actions: ['iam:PassRole'],
        resources: passRoleArns,
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      {
        sid: 'LearnThatTheTaskEnded',
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [`arn:aws:events:${region}:${accountId}:rule/StepFunctionsGetEventsForECSTaskRule`],
      },
    ];
  }
}
