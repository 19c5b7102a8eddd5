/** The permissions of a release on Fargate. Pure. */
import { resourceName } from '../../config/names';
import type { ArnOf, PolicyStatement, Rolled } from '../release/releaser';
import type { Target } from '../target';

/** What a role needs to roll services of ECS, and to see why they fail. */
export function fargateStatements(
  { environment, name }: Pick<Target, 'environment' | 'name'>,
  cluster: string,
  rolled: readonly Rolled[],
  arn: ArnOf,
): readonly PolicyStatement[] {
  const { services, workers, jobs } = environment.workloads;
  const groups = [...services, ...workers, ...jobs]
    .filter(({ key }) => rolled.some((one) => one.key === key))
    .flatMap(({ logs, sidecars }) => [logs, ...sidecars.map((one) => one.logs)].map(({ group }) => group));
  const roles = rolled.flatMap(({ key }) => ['execution', 'task'].map((end) => resourceName(name, `${key}-${end}`, 'iamRole')));
  const account = arn('iam', '').split(':')[4] ?? '';
  return [
    {
      // ECS knows no resource for these.
      Sid: 'Revisions',
      Action: ['ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'],
      Resource: ['*'],
    },
    {
      Sid: 'TagRevisions',
      Action: ['ecs:TagResource'],
      Resource: rolled.map((one) => arn('ecs', `task-definition/${one.name}:*`)),
    },
    {
      Sid: 'PassTheirRoles',
      Action: ['iam:PassRole'],
      Resource: roles.map((role) => `arn:aws:iam::${account}:role/${role}`),
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
    {
      Sid: 'RollServices',
      Action: ['ecs:DescribeServices', 'ecs:UpdateService'],
      Resource: [arn('ecs', `service/${cluster}/*`)],
    },
    {
      Sid: 'ListTasks',
      Action: ['ecs:ListTasks'],
      Resource: ['*'],
      Condition: { ArnEquals: { 'ecs:cluster': arn('ecs', `cluster/${cluster}`) } },
    },
    { Sid: 'SeeWhyTasksStop', Action: ['ecs:DescribeTasks'], Resource: [arn('ecs', `task/${cluster}/*`)] },
    {
      Sid: 'ReadTheirLogs',
      Action: ['logs:GetLogEvents'],
      Resource: [...new Set(groups)].map((group) => arn('logs', `log-group:${group}:log-stream:*`)),
    },
  ];
}
