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
  const COPY = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-test-sync_release:1';

  const definition = jobWorkflow({
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-test',
    family: 'shop-test-sync',
    subnetIds: ['subnet-1', 'subnet-2'],
    securityGroupId: 'sg-1',
    concurrency: 'forbid',
    timeoutSeconds: 60,
    retries: 0,
  });
  const SUCCEEDED = { status: 'SUCCEEDED', output: '{"ExitCode":0}' };

  /** @param left ages in seconds of copies of earlier runs */
  function answers(end: object = SUCCEEDED, left: readonly number[] = []): Answers {
    return {
      ...execution(end),
      DescribeStateMachine: () => ({ definition: JSON.stringify(definition) }),
      ListTaskDefinitions: () => ({ taskDefinitionArns: left.map((age) => `old:${age}`) }),
      DescribeTaskDefinition: ({ taskDefinition }) =>
        String(taskDefinition).startsWith('old:')
          ? { taskDefinition: { registeredAt: Date.now() / 1000 - Number(String(taskDefinition).slice(4)) } }
          : RELEASED,
      RegisterTaskDefinition: () => ({ taskDefinition: { taskDefinitionArn: COPY } }),
      DeregisterTaskDefinition: () => ({}),
      ...log(['migrated']),
    };
  }

  const RELEASED = {
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
  };
  const inputsOf = (call: string) => aws.calls.filter(({ name }) => name === call).map(({ input }) => input);
  const deregistered = () => inputsOf('DeregisterTaskDefinition').map(({ taskDefinition }) => taskDefinition);

  test('runs a copy of its task definition with that image by the state machine, which limits its time', async () => {
    const { result, lines, called } = await run(answers(), { image: IMAGE });
    expect(result).toEqual({ exitCode: 0, id: EXECUTION });
    expect(lines).toEqual([`started ${EXECUTION}`, 'migrated']);
    expect(inputsOf('RegisterTaskDefinition')).toMatchObject([
      {
        family: 'shop-test-sync_release',
        taskRoleArn: 'task-role',
        executionRoleArn: 'execution-role',
        tags: [{ key: 'system', value: 'shop' }],
        containerDefinitions: [
          { name: 'sync', image: IMAGE, secrets: [{ name: 'KEY', valueFrom: 'arn' }] },
          { name: 'other', image: 'stays' },
        ],
      },
    ]);
    expect(inputsOf('StartExecution').map(({ input }) => JSON.parse(input))).toEqual([{ taskDefinition: COPY }]);
    expect(called).not.toContain('RunTask');
  });

  test('deregisters the copy when the run has ended, however it ended', async () => {
    for (const end of [
      SUCCEEDED,
      taskFailed({ ExitCode: 9 }),
      { status: 'SUCCEEDED', output: '{"skipped":"another run is active"}' },
    ]) {
      await run(answers(end), { image: IMAGE });
      expect(deregistered()).toEqual([COPY]);
      await aws.stop();
    }
    aws = await startStubAws({});
  });

  test('leaves the copy to a run that nobody watches to its end: it may not have started its task yet', async () => {
    await run(answers(), { image: IMAGE, detach: true });
    expect(deregistered()).toEqual([]);
    await aws.stop();
    const controller = new AbortController();
    const watched = { ...answers(), DescribeExecution: () => (controller.abort(), { status: 'RUNNING' }) };
    await expect(run(watched, { image: IMAGE, signal: controller.signal })).rejects.toThrow(Interrupted);
    expect(deregistered()).toEqual([]);
  });

  test('removes copies that were left, once no run of theirs can be under way', async () => {
    await run(answers(SUCCEEDED, [60, 1_000_000]), { image: IMAGE });
    expect(inputsOf('ListTaskDefinitions')).toEqual([{ familyPrefix: 'shop-test-sync_release', status: 'ACTIVE' }]);
    expect(deregistered()).toEqual(['old:1000000', COPY]);
  });

  test('is refused where the state machine is of a version that would run the released image', async () => {
    const { Begin, Run, ...others } = (definition as any).States;
    const earlier = {
      ...definition,
      States: {
        ...others,
        Begin: { ...Begin, Assign: { failedStarts: 0 } },
        Run: { ...Run, Arguments: { ...Run.Arguments, TaskDefinition: 'shop-test-sync' } },
      },
    };
    const old = { ...answers(), DescribeStateMachine: () => ({ definition: JSON.stringify(earlier) }) };
    await expect(run(old, { image: IMAGE })).rejects.toThrow('would run the released image\n  fix   deploy the environment');
    expect(aws.calls.map(({ name }) => name)).not.toContain('StartExecution');
  });
});
