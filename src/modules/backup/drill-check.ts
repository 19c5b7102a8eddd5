/** The container that reads what a drill has restored, as states of the drill's workflow. Pure. */
import type { RestoreCheck } from '../../config/resolved/environment';
import { call, type States } from '../sleep/steps';

/** The longest that reading takes. */
export const CHECK_HOURS = 10;

/** Throttling and short outages: 5, 10, 20, 40, 80 seconds apart. */
export const RETRY_CALLS = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 }];

/** AWS Backup keeps at most this many characters of a verdict. */
const MESSAGE_CHARACTERS = 200;

export interface DrillWorkflowProps {
  readonly environment: string;
  readonly clusterArn: string;
  /** Of the task definitions. */
  readonly family: string;
  readonly executionRoleArn: string;
  readonly logGroupName: string;
  readonly region: string;
  /** One, because a mount target serves one zone. */
  readonly subnetId: string;
  readonly publicAddress: boolean;
  /** Of the containers. */
  readonly securityGroupId: string;
  /** Of what is restored: mount targets get it. */
  readonly restoredSecurityGroupId: string;
  readonly database?: RestoreCheck;
  readonly files?: RestoreCheck;
}

/** Where a failed call leads, with the reason as the message of the verdict. */
export const failed = ({ logGroupName }: Pick<DrillWorkflowProps, 'logGroupName'>, next: string) => ({
  Catch: [
    {
      ErrorEquals: ['States.ALL'],
      Assign: {
        verdict: 'FAILED',
        // The cause of a failed task is its whole description.
        message: `{% $states.errorOutput.Error = 'States.TaskFailed' ? 'the check failed: its reason is in the log group ${logGroupName}' : $substring($states.errorOutput.Error & ': ' & $states.errorOutput.Cause, 0, ${MESSAGE_CHARACTERS}) %}`,
      },
      Next: next,
    },
  ],
});

const variables = (environment: Readonly<Record<string, string>>) =>
  Object.entries(environment).map(([Name, Value]) => ({ Name, Value }));

function databaseContainer({ image, script, environment }: RestoreCheck): object {
  return {
    Image: image,
    Command: ['sh', '-ceu', script],
    Environment: [...variables(environment), { Name: 'PGHOST', Value: '{% $host %}' }, { Name: 'PGUSER', Value: '{% $user %}' }],
    Secrets: [{ Name: 'PGPASSWORD', ValueFrom: "{% $secret & ':password::' %}" }],
    // The user `postgres` of the Alpine image.
    User: '70',
  };
}

const ROOT = '/restored';

/** Root of the container reads every file, whoever owns it; the volume is mounted without the right to write. */
function fileContainer({ image, script, environment }: RestoreCheck): object {
  return {
    Image: image,
    Command: ['sh', '-ceu', script],
    Environment: [...variables({ ...environment, ROOT }), { Name: 'EXPECTED_BYTES', Value: '{% $bytes %}' }],
    User: '0',
    MountPoints: [{ SourceVolume: 'restored', ContainerPath: ROOT, ReadOnly: true }],
  };
}

const FILE_VOLUMES = [
  { Name: 'restored', EfsVolumeConfiguration: { FileSystemId: '{% $restored %}', TransitEncryption: 'ENABLED' } },
];

/** Registers a task definition for this run, runs it, and takes it away; `taskDefinition` and the verdict are assigned. */
export function checkStates(suffix: 'Database' | 'Files', props: DrillWorkflowProps, check: RestoreCheck): States {
  const { family, executionRoleArn, logGroupName, region, clusterArn, subnetId, securityGroupId, publicAddress } = props;
  const name = (state: string): string => `${state}${suffix}`;
  const cleanUp = suffix === 'Files' ? 'FindMounts' : 'Tell';
  const logs = { 'awslogs-group': logGroupName, 'awslogs-region': region, 'awslogs-stream-prefix': suffix.toLowerCase() };
  return {
    [name('Register')]: call(
      'ecs:registerTaskDefinition',
      {
        Family: family,
        NetworkMode: 'awsvpc',
        RequiresCompatibilities: ['FARGATE'],
        Cpu: '256',
        Memory: '512',
        ExecutionRoleArn: executionRoleArn,
        RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
        ContainerDefinitions: [
          {
            Name: 'check',
            Essential: true,
            ReadonlyRootFilesystem: true,
            LogConfiguration: { LogDriver: 'awslogs', Options: logs },
            ...(suffix === 'Files' ? fileContainer(check) : databaseContainer(check)),
          },
        ],
        ...(suffix === 'Files' ? { Volumes: FILE_VOLUMES } : {}),
      },
      {
        Assign: { taskDefinition: '{% $states.result.TaskDefinition.TaskDefinitionArn %}' },
        Retry: RETRY_CALLS,
        ...failed(props, cleanUp),
        Next: name('Run'),
      },
    ),
    [name('Run')]: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      TimeoutSeconds: CHECK_HOURS * 3600,
      Arguments: {
        Cluster: clusterArn,
        TaskDefinition: '{% $taskDefinition %}',
        LaunchType: 'FARGATE',
        PlatformVersion: 'LATEST',
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: [subnetId],
            SecurityGroups: [securityGroupId],
            AssignPublicIp: publicAddress ? 'ENABLED' : 'DISABLED',
          },
        },
      },
      Assign: { verdict: 'SUCCESSFUL', message: 'everything that was restored could be read, and is what was copied' },
      Output: {},
      ...failed(props, name('Deregister')),
      Next: name('Deregister'),
    },
    [name('Deregister')]: call(
      'ecs:deregisterTaskDefinition',
      { TaskDefinition: '{% $taskDefinition %}' },
      // Left behind, it is a description without a password that nothing runs: the verdict stands.
      { Retry: RETRY_CALLS, Catch: [{ ErrorEquals: ['States.ALL'], Next: cleanUp }], Next: cleanUp },
    ),
  };
}
