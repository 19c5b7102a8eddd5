import { FargateJobs } from '../../../src/operations/fargate/jobs';
import { Interrupted } from '../../../src/aws/waiting';
import { jobWorkflow } from '../../../src/tiers/fargate/job-workflow';
import { deployed } from '../../support/deployed';
import { rich } from '../../support/rich';
import { AwsFailure, startStubAws, type Answers, type StubAws } from '../../support/stub-aws';

const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:shop-test-sync-job:x';
const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-test/0123456789abcdef';

let aws: StubAws;
afterEach(() => aws.stop());

/** One run through a stub of AWS. @param lines that CloudWatch Logs has at each look */
async function run(answers: Answers, options: { image?: string; detach?: boolean; signal?: AbortSignal } = {}) {
  aws = await startStubAws({ ...log([]), GetExecutionHistory: submitted, ...answers });
  const lines: string[] = [];
  const jobs = new FargateJobs(deployed(rich(), aws.endpoint), 0.01);
  const result = await jobs.run('sync', { report: (line) => void lines.push(line), ...options });
  return { result, lines, called: aws.calls.map(({ name }) => name) };
}

const submitted = () => ({
  events: [{ type: 'TaskSubmitted', taskSubmittedEventDetails: { output: JSON.stringify({ Tasks: [{ TaskArn: TASK }] }) } }],
});

function log(...looks: readonly (readonly string[])[]): Answers {
  let look = 0;
  return {
    FilterLogEvents: () => {
      const messages = looks.slice(0, (look += 1)).flat();
      return { events: messages.map((message, index) => ({ eventId: String(index), timestamp: index, message })) };
    },
  };
}

/** An execution that ends at the third look. */
function execution(end: object): Answers {
  let looks = 0;
  return {
    StartExecution: () => ({ executionArn: EXECUTION, startDate: 0 }),
    DescribeExecution: () => ((looks += 1) < 3 ? { status: 'RUNNING' } : end),
  };
}

const taskFailed = (container: object) => ({
  status: 'FAILED',
  error: 'States.TaskFailed',
  cause: JSON.stringify({ Containers: [{ Name: 'sync', ...container }], StoppedReason: 'Essential container in task exited' }),
});

describe('a run of the state machine', () => {
  test('shows the lines of its task once, in order, and ends with its exit code', async () => {
    const { result, lines } = await run({
      ...execution({ status: 'SUCCEEDED', output: '{"ExitCode":0}' }),
      ...log(['one'], ['two'], [], ['last']),
    });
    expect(result).toEqual({ exitCode: 0, id: EXECUTION });
    expect(lines).toEqual([`started ${EXECUTION}`, 'one', 'two', 'last']);
    const read = aws.calls.find(({ name }) => name === 'FilterLogEvents');
    expect(read?.input).toMatchObject({ logGroupName: '/shop/test/sync', logStreamNamePrefix: 'sync/sync/0123456789abcdef' });
  });

  test('starts the state machine that Terraform creates, under a name of its own', async () => {
    await run(execution({ status: 'SUCCEEDED', output: '{}' }));
    const start = aws.calls.find(({ name }) => name === 'StartExecution')?.input;
    expect(start.stateMachineArn).toBe('arn:aws:states:eu-west-1:123456789012:stateMachine:shop-test-sync-job');
    expect(start.name).toMatch(/^terrace-[0-9a-f-]{36}$/);
  });

  test.each([
    ['its own exit code', taskFailed({ ExitCode: 3 }), 3, 'Essential container in task exited'],
    ['why it was killed', taskFailed({ ExitCode: 137, Reason: 'OutOfMemoryError: killed' }), 137, 'OutOfMemoryError: killed'],
    ['1 without an exit code', taskFailed({ Reason: 'CannotPullContainerError' }), 1, 'CannotPullContainerError'],
    ['1 at its time limit', { status: 'FAILED', error: 'TimedOut', cause: 'too late' }, 1, 'TimedOut: too late'],
    ['1 when somebody stopped it', { status: 'ABORTED' }, 1, 'ABORTED'],
    [
      '75 while another run is active',
      { status: 'SUCCEEDED', output: '{"skipped":"another run is active"}' },
      75,
      'another run is active',
    ],
  ])('ends with %s', async (_what, end, exitCode, reason) => {
    const { result } = await run(execution(end));
    expect(result).toEqual({ exitCode, reason, id: EXECUTION, ...(exitCode === 75 ? { skipped: true } : {}) });
  });

  test('that is detached is started, and not watched', async () => {
    const { result, called } = await run(execution({}), { detach: true });
    expect(result).toEqual({ exitCode: 0, id: EXECUTION });
    expect(called).toEqual(['StartExecution']);
  });

  test('goes on when its watcher is interrupted: nothing stops it', async () => {
    const controller = new AbortController();
    const ended = run(
      {
        StartExecution: () => ({ executionArn: EXECUTION }),
        DescribeExecution: () => {
          controller.abort();
          return { status: 'RUNNING' };
        },
      },
      { signal: controller.signal },
    );
    await expect(ended).rejects.toThrow(Interrupted);
    expect(aws.calls.map(({ name }) => name)).not.toContain('StopExecution');
  });

  test('that AWS refuses is explained', async () => {
    const denied = new AwsFailure('AccessDeniedException', 'not authorized to perform states:StartExecution');
    await expect(run({ StartExecution: () => denied })).rejects.toThrow(
      'starting the job sync: AWS refuses it: not authorized to perform states:StartExecution',
    );
  });
});

test('a job that the environment does not have is refused with those that it has', async () => {
  aws = await startStubAws({});
  const jobs = new FargateJobs(deployed(rich(), aws.endpoint));
  await expect(jobs.run('snyc', { report: () => undefined })).rejects.toThrow(
    /no job snyc\n.*sync, database-init|no job snyc\n.*sync/,
  );
});

describe('a run with another image', () => {
  const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/test/api:next';
  const COPY = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-test-sync-release:1';

  /** An ECS whose task ends at the third look. */
  function ecs(container: object, others: { active?: string; refuse?: boolean } = {}): Answers {
    let looks = 0;
    const definition = jobWorkflow({
      clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-test',
      family: 'shop-test-sync',
      subnetIds: ['subnet-1', 'subnet-2'],
      securityGroupId: 'sg-1',
      concurrency: 'forbid',
      timeoutSeconds: 60,
      retries: 0,
    });
    return {
      DescribeStateMachine: () => ({ definition: JSON.stringify(definition) }),
      ListTasks: ({ family }) => ({ taskArns: family === others.active ? [TASK] : [] }),
      DescribeTaskDefinition: () => ({
        tags: [{ key: 'system', value: 'shop' }],
        taskDefinition: {
          taskDefinitionArn: 'x',
          revision: 4,
          cpu: '256',
          memory: '512',
          taskRoleArn: 'task-role',
          executionRoleArn: 'execution-role',
          containerDefinitions: [
            { name: 'sync', image: 'released', secrets: [{ name: 'KEY', valueFrom: 'arn' }] },
            { name: 'other', image: 'stays' },
          ],
        },
      }),
      RegisterTaskDefinition: () => ({ taskDefinition: { taskDefinitionArn: COPY } }),
      DeregisterTaskDefinition: () => ({}),
      RunTask: () => (others.refuse ? { failures: [{ reason: 'RESOURCE:CPU' }] } : { tasks: [{ taskArn: TASK }] }),
      DescribeTasks: () => ({
        tasks: [
          (looks += 1) < 3 ? { lastStatus: 'RUNNING' } : { lastStatus: 'STOPPED', containers: [{ name: 'sync', ...container }] },
        ],
      }),
      ...log(['migrated']),
    };
  }

  test('runs a copy of its task definition with that image, in the network of its own runs', async () => {
    const { result, lines } = await run(ecs({ exitCode: 0 }), { image: IMAGE });
    expect(result).toEqual({ exitCode: 0, id: TASK });
    expect(lines).toEqual([`started ${TASK}`, 'migrated']);
    const inputs = Object.fromEntries(aws.calls.map(({ name, input }) => [name, input]));
    expect(inputs.RegisterTaskDefinition).toMatchObject({
      taskRoleArn: 'task-role',
      executionRoleArn: 'execution-role',
      tags: [{ key: 'system', value: 'shop' }],
      containerDefinitions: [
        { name: 'sync', image: IMAGE, secrets: [{ name: 'KEY', valueFrom: 'arn' }] },
        { name: 'other', image: 'stays' },
      ],
    });
    expect(inputs.RunTask).toMatchObject({
      taskDefinition: COPY,
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
      },
    });
  });

  test('leaves nothing that a run of the schedule or a plan would see: another family, deregistered at once', async () => {
    const { called } = await run(ecs({ exitCode: 0 }), { image: IMAGE });
    const inputs = Object.fromEntries(aws.calls.map(({ name, input }) => [name, input]));
    expect(inputs.RegisterTaskDefinition.family).toBe('shop-test-sync-release');
    expect(inputs.DeregisterTaskDefinition.taskDefinition).toBe(COPY);
    expect(called.indexOf('DeregisterTaskDefinition')).toBe(called.indexOf('RunTask') + 1);
  });

  test('deregisters the copy as well when ECS does not start the task', async () => {
    await expect(run(ecs({}, { refuse: true }), { image: IMAGE })).rejects.toThrow('the job sync was not started: RESOURCE:CPU');
    expect(aws.calls.map(({ name }) => name)).toContain('DeregisterTaskDefinition');
  });

  test.each(['shop-test-sync', 'shop-test-sync-release'])('starts nothing while a task of %s runs', async (active) => {
    const { result, called } = await run(ecs({}, { active }), { image: IMAGE });
    expect(result).toEqual({ exitCode: 75, skipped: true, reason: 'another run is active' });
    expect(called).not.toContain('RunTask');
    expect(called).not.toContain('RegisterTaskDefinition');
  });

  test('is stopped at its time limit, once', async () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 30_000_000));
    const { result, called } = await run({ ...ecs({ exitCode: 137 }), StopTask: () => ({}) }, { image: IMAGE });
    clock.mockRestore();
    expect(result.exitCode).toBe(137);
    expect(called.filter((name) => name === 'StopTask')).toHaveLength(1);
  });

  test('ends with the exit code of its container', async () => {
    const { result } = await run(ecs({ exitCode: 9, reason: 'OutOfMemoryError' }), { image: IMAGE });
    expect(result).toEqual({ exitCode: 9, reason: 'OutOfMemoryError', id: TASK });
  });
});
