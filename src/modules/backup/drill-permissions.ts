/** What the state machines of restore drills and their containers may do: only with what a drill has restored. Pure. */
import { RESTORE_NAMESPACE } from '../../contracts/restore-metrics';
import type { Statement } from '../iam/policy';

/** How AWS Backup names the instances that it restores for a test. Source: AWS Backup developer guide, "Restore testing inferred metadata". */
export const RESTORED_INSTANCES = 'awsbackup-restore-test-*';

/** The tag of everything that it restores for a test. */
const RESTORED = { Null: { 'aws:ResourceTag/awsbackup-restore-test': 'false' } };

export interface DrillRights {
  readonly region: string;
  readonly accountId: string;
  readonly clusterArn: string;
  readonly clusterName: string;
  /** Of the task definitions. */
  readonly family: string;
  readonly executionRoleArn: string;
  readonly logGroupArn: string;
  readonly subnetId: string;
  readonly restoredSecurityGroupId: string;
  readonly hasDatabase: boolean;
  readonly hasFiles: boolean;
}

const arnOf =
  ({ region, accountId }: Pick<DrillRights, 'region' | 'accountId'>) =>
  (service: string, resource: string): string =>
    `arn:aws:${service}:${region}:${accountId}:${resource}`;

/** Of the state machine that validates. */
export function drillStatements(rights: DrillRights): readonly Statement[] {
  const arn = arnOf(rights);
  return [
    ...(rights.hasDatabase ? passwordStatements(rights) : []),
    ...(rights.hasFiles ? mountStatements(rights) : []),
    // Neither has a resource that a policy could name; what the task may do is decided by the roles that may be passed.
    { sid: 'DescribeTheTask', actions: ['ecs:DeregisterTaskDefinition', 'ecs:RegisterTaskDefinition'], resources: ['*'] },
    {
      sid: 'RunTheTask',
      actions: ['ecs:RunTask'],
      resources: [arn('ecs', `task-definition/${rights.family}:*`)],
      conditions: { ArnEquals: { 'ecs:cluster': rights.clusterArn } },
    },
    {
      sid: 'WatchAndStopTasks',
      actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
      resources: [arn('ecs', `task/${rights.clusterName}/*`)],
    },
    {
      sid: 'PassItsRole',
      actions: ['iam:PassRole'],
      resources: [rights.executionRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
    {
      sid: 'LearnThatTheTaskEnded',
      actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      resources: [arn('events', 'rule/StepFunctionsGetEventsForECSTaskRule')],
    },
    // A restore job has no ARN.
    { sid: 'TellTheVerdict', actions: ['backup:PutRestoreValidationResult'], resources: ['*'] },
  ];
}

/** RDS creates the secret with the rights of its caller. Source: RDS user guide, "Permissions required for Secrets Manager integration". */
function passwordStatements(rights: DrillRights): readonly Statement[] {
  const arn = arnOf(rights);
  return [
    {
      sid: 'SetThePassword',
      actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
      resources: [arn('rds', `db:${RESTORED_INSTANCES}`)],
    },
    {
      sid: 'LetRdsKeepThePassword',
      actions: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
      resources: [arn('secretsmanager', 'secret:rds!db-*')],
    },
    {
      sid: 'SeeTheKeyOfSecrets',
      actions: ['kms:DescribeKey'],
      resources: [arn('kms', 'key/*')],
      conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/aws/secretsmanager' } },
    },
  ];
}

/** Source: EFS user guide, "Creating and managing mount targets": EFS acts on network interfaces with the rights of its caller. */
function mountStatements(rights: DrillRights): readonly Statement[] {
  const arn = arnOf(rights);
  const { subnetId, restoredSecurityGroupId } = rights;
  const subnetArn = arn('ec2', `subnet/${subnetId}`);
  return [
    {
      sid: 'MountWhatWasRestored',
      actions: [
        'elasticfilesystem:CreateMountTarget',
        'elasticfilesystem:DeleteMountTarget',
        'elasticfilesystem:DescribeMountTargets',
      ],
      resources: [arn('elasticfilesystem', 'file-system/*')],
      conditions: RESTORED,
    },
    {
      sid: 'AddItsInterface',
      actions: ['ec2:CreateNetworkInterface'],
      resources: [subnetArn, arn('ec2', `security-group/${restoredSecurityGroupId}`), arn('ec2', 'network-interface/*')],
    },
    {
      sid: 'RemoveItsInterface',
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [arn('ec2', 'network-interface/*')],
      conditions: { ArnEquals: { 'ec2:Subnet': subnetArn } },
    },
    // Neither has a resource that a policy could name.
    { sid: 'FindTheNetwork', actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*'] },
  ];
}

/** Of ECS when it starts the container: the log, and the password of a restored instance, never that of the live one. */
export function checkExecutionStatements(rights: Pick<DrillRights, 'region' | 'accountId' | 'logGroupArn' | 'hasDatabase'>) {
  const arn = arnOf(rights);
  const statements: readonly Statement[] = [
    { sid: 'WriteItsLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${rights.logGroupArn}:*`] },
    ...(rights.hasDatabase
      ? [
          {
            sid: 'ReadThePasswordOfTheRestored',
            actions: ['secretsmanager:GetSecretValue'],
            resources: [arn('secretsmanager', 'secret:rds!db-*')],
            // RDS puts this tag on the secrets that it manages, and no one else can: tags that begin with `aws:` are AWS's own.
            conditions: {
              StringLike: { 'aws:ResourceTag/aws:rds:primaryDBInstanceArn': arn('rds', `db:${RESTORED_INSTANCES}`) },
            },
          },
        ]
      : []),
  ];
  return statements;
}

/** Of the state machine that measures the age of the last proven restore. */
export function ageStatements(planArns: readonly string[]): readonly Statement[] {
  return [
    { sid: 'SeeThePlans', actions: ['backup:GetRestoreTestingPlan'], resources: planArns },
    // Neither has a resource that a policy could name.
    { sid: 'FindProofs', actions: ['backup:ListRestoreJobs'], resources: ['*'] },
    {
      sid: 'PublishTheAge',
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': RESTORE_NAMESPACE } },
    },
  ];
}
