/** The IAM policy of a role that releases an environment and does nothing else, such as the one of an application's pipeline. */
import { resourceName } from '../../config/names';
import { environmentState } from '../../terraform/environment-state';
import { rolledBy, type Rolled } from '../releases';
import { checkAccount, type Target } from '../target';
import { publishedImages } from './plan';
import { recordName } from './record';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

type Arn = (service: string, resource: string) => string;

/**
 * Without what jobs before a release need: the job of a tier is started by its own command. On Kubernetes the API of the cluster asks
 * for rights of its own (docs/images.md).
 */
export async function releasePolicy(target: Target): Promise<PolicyDocument> {
  const { environment } = target;
  const account = await checkAccount(target);
  const arn: Arn = (service, resource) => `arn:aws:${service}:${environment.identity.region}:${account}:${resource}`;
  const keys = environment.data.images.map(({ key }) => key);
  const images = [...(await publishedImages(target, keys)).values()];
  const rolled = rolledBy(target, keys);
  const statements = [
    ...stateStatements(target, arn),
    {
      Sid: 'ReadImages',
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: images.map(({ repositoryArn }) => repositoryArn),
    },
    {
      Sid: 'WriteImageParameters',
      Action: ['ssm:GetParameterHistory', 'ssm:PutParameter'],
      Resource: images.map(({ parameterName }) => arn('ssm', `parameter${parameterName}`)),
    },
    {
      Sid: 'HoldTheRecord',
      Action: ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
      Resource: [arn('ssm', `parameter${recordName(environment.identity)}`)],
    },
    ...(environment.sleep === undefined
      ? []
      : [
          {
            Sid: 'SeeWhetherAsleep',
            Action: ['ssm:GetParameter'],
            Resource: [arn('ssm', `parameter${environment.sleep.parameterName}`)],
          },
        ]),
    ...(await tierStatements(target, rolled, arn)),
  ];
  return { Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) };
}

/** The states of the stacks whose outputs are read. States elsewhere than in S3 are no matter of IAM. */
function stateStatements({ environment }: Target, arn: Arn): readonly Omit<Statement, 'Effect'>[] {
  const { backend, tier } = environment;
  if (backend.kind !== 's3') return [];
  const { bucket, region } = backend.store;
  const compute =
    tier.kind === 'kubernetes' ? (['compute-kubernetes', 'workloads'] as const) : ([`compute-${tier.kind}`] as const);
  const keys = (['data', ...compute] as const).map((kind) => environmentState(environment, kind).stateKey);
  const key = arn('kms', 'key/*').replace(`:${environment.identity.region}:`, `:${region}:`);
  return [
    { Sid: 'ReadOutputs', Action: ['s3:GetObject'], Resource: keys.map((one) => `arn:aws:s3:::${bucket}/${one}`) },
    {
      Sid: 'DecryptStates',
      Action: ['kms:Decrypt'],
      Resource: [key],
      Condition: {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] },
      },
    },
  ];
}

async function tierStatements(
  target: Target,
  rolled: readonly Rolled[],
  arn: Arn,
): Promise<readonly Omit<Statement, 'Effect'>[]> {
  switch (target.environment.tier.kind) {
    case 'fargate':
      return fargateStatements(target, (await target.published('compute-fargate'))?.clusterName ?? '', rolled, arn);
    case 'kubernetes':
      return [];
    case 'box':
      return boxStatements((await target.published('compute-box'))?.instanceId, target.name, arn);
  }
}

function fargateStatements(
  { environment, name }: Target,
  cluster: string,
  rolled: readonly Rolled[],
  arn: Arn,
): readonly Omit<Statement, 'Effect'>[] {
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

function boxStatements(instanceId: string | undefined, environment: string, arn: Arn): readonly Omit<Statement, 'Effect'>[] {
  const document = arn('ssm', 'document/AWS-RunShellScript').replace(/:\d{12}:/, '::');
  return [
    { Sid: 'ShellDocument', Action: ['ssm:SendCommand'], Resource: [document] },
    {
      Sid: 'RunOnHosts',
      Action: ['ssm:SendCommand'],
      Resource: [arn('ec2', `instance/${instanceId ?? '*'}`)],
      ...(instanceId === undefined ? { Condition: { StringEquals: { 'ssm:resourceTag/environment': environment } } } : {}),
    },
    { Sid: 'WaitForHosts', Action: ['ssm:GetCommandInvocation'], Resource: ['*'] },
    ...(instanceId === undefined
      ? [{ Sid: 'FindHosts', Action: ['autoscaling:DescribeAutoScalingGroups'], Resource: ['*'] }]
      : []),
  ];
}
