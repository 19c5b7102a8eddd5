/** What the workflow of sleep may do: exactly what it switches. Pure. */
import type { Statement } from '../iam/policy';
import type { SleepingResources } from './sleeping-resources';

export interface SleepRights {
  readonly region: string;
  readonly accountId: string;
  readonly parameterName: string;
  readonly resources: SleepingResources;
  /** The environment's key: a host whose disks it encrypts starts only with a grant for EC2. @default AWS's own keys */
  readonly keyArn?: string;
}

/** Statements without resources are left out. */
export function sleepStatements(rights: SleepRights): readonly Statement[] {
  const { region, accountId, parameterName, resources } = rights;
  const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const { services, nodeGroups, hostGroups, instanceIds, database, alarmNames, healthCheckIds } = resources;
  const groupArn = (name: string): string => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);
  const statements: readonly Statement[] = [
    {
      sid: 'RememberWhatIsWanted',
      actions: ['ssm:GetParameter', 'ssm:PutParameter'],
      resources: [arn('ssm', `parameter${parameterName}`)],
    },
    {
      sid: 'SwitchServices',
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: services.map(({ clusterName, name }) => arn('ecs', `service/${clusterName}/${name}`)),
    },
    {
      sid: 'SuspendScaling',
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: services.map(({ scalableTargetArn }) => scalableTargetArn),
    },
    {
      sid: 'SwitchNodes',
      actions: ['eks:DescribeNodegroup', 'eks:UpdateNodegroupConfig'],
      resources: nodeGroups.map((group) => group.arn),
    },
    {
      sid: 'SuspendLaunches',
      actions: ['autoscaling:ResumeProcesses', 'autoscaling:SuspendProcesses'],
      resources: nodeGroups.map(({ autoScalingGroupName }) => groupArn(autoScalingGroupName)),
    },
    {
      sid: 'SwitchHosts',
      actions: ['autoscaling:UpdateAutoScalingGroup'],
      resources: hostGroups.map(({ name }) => groupArn(name)),
    },
    {
      sid: 'SwitchTheHost',
      actions: ['ec2:StartInstances', 'ec2:StopInstances'],
      resources: instanceIds.map((id) => arn('ec2', `instance/${id}`)),
    },
    ...diskGrants(rights),
    {
      sid: 'SwitchTheDatabase',
      actions: ['rds:DescribeDBInstances', 'rds:StartDBInstance', 'rds:StopDBInstance'],
      resources: database === undefined ? [] : [arn('rds', `db:${database}`)],
    },
    {
      sid: 'MuteAlarms',
      actions: ['cloudwatch:DisableAlarmActions', 'cloudwatch:EnableAlarmActions'],
      resources: alarmNames.map((name) => arn('cloudwatch', `alarm:${name}`)),
    },
    {
      sid: 'PauseHealthChecks',
      actions: ['route53:UpdateHealthCheck'],
      resources: healthCheckIds.map((id) => `arn:aws:route53:::healthcheck/${id}`),
    },
  ];
  return statements.filter((statement) => statement.resources === undefined || statement.resources.length > 0);
}

/** Source: Amazon EBS user guide, "Required AWS KMS key policy for use with encrypted volumes". */
function diskGrants({ region, keyArn, resources: { instanceIds } }: SleepRights): readonly Statement[] {
  if (keyArn === undefined || instanceIds.length === 0) return [];
  return [
    {
      sid: 'LetEc2UseTheDisks',
      actions: ['kms:CreateGrant'],
      resources: [keyArn],
      conditions: {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
        StringEquals: { 'kms:ViaService': `ec2.${region}.amazonaws.com` },
      },
    },
  ];
}
