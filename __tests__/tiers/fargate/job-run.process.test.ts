/** What runs a job on Fargate: the workflow, its permissions, and the command that a person copies. */
import { JobRun, type JobRunProps } from '../../../src/tiers/fargate/job-run';
import { jobWorkflow, type JobWorkflowProps } from '../../../src/tiers/fargate/job-workflow';
import { runJobCommand } from '../../../src/tiers/fargate/run-job-command';
import { runCopied, survivesCopying } from '../../support/copied-command';
import { execute } from '../../support/state-machine';
import { synthModule, theOnly } from '../../support/synth';

const FAMILY = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-test-sync';
const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';

const props: JobRunProps = {
  environment: 'shop-test',
  name: 'sync',
  region: 'eu-west-1',
  accountId: '123456789012',
  clusterArn: CLUSTER,
  clusterName: 'shop',
  family: 'shop-test-sync',
  taskDefinitionArnWithoutRevision: FAMILY,
  subnetIds: ['subnet-1', 'subnet-2'],
  securityGroupId: 'sg-1',
  passRoleArns: ['arn:aws:iam::123456789012:role/execution', 'arn:aws:iam::123456789012:role/task'],
  concurrency: 'forbid',
  timeoutSeconds: 600,
  retries: 2,
};

type Active = Readonly<Record<string, readonly string[]>>;

const workflow = (changes: Partial<JobWorkflowProps> = {}) => jobWorkflow({ ...props, ...changes }) as any;

/** Every state of a workflow, those of maps included, with the workflow it belongs to. */
function statesOf(machine: any): readonly { name: string; state: any; machine: any }[] {
  return Object.entries<any>(machine.States).flatMap(([name, state]) => [
    { name, state, machine },
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);
}

describe('the run of a job', () => {
  it.each(['allow', 'forbid'] as const)('leads from each state to states that exist, and reaches them all: %s', (concurrency) => {
    const machine = workflow({ concurrency });
    const entries = statesOf(machine);
    const led = entries.flatMap(({ state, machine: { States } }) => {
      const next = [
        state.Next,
        state.Default,
        ...[...(state.Choices ?? []), ...(state.Catch ?? [])].map(({ Next }: any) => Next),
      ];
      const named = next.filter((name) => name !== undefined);
      for (const name of named) expect(Object.keys(States)).toContain(name);
      expect(named.length > 0 || state.End === true || ['Succeed', 'Fail'].includes(state.Type)).toBe(true);
      return named;
    });
    const starts = [machine.StartAt, ...entries.flatMap(({ state }) => state.ItemProcessor?.StartAt ?? [])];
    expect(entries.map(({ name }) => name).filter((name) => !led.includes(name) && !starts.includes(name))).toEqual([]);
  });

  it('is skipped while another task of the job is active, before its task is started', () => {
    const { States } = workflow();
    expect(States.Begin.Next).toBe('FindRuns');
    expect(States.FindRuns.Arguments).toEqual({ Cluster: CLUSTER, Family: 'shop-test-sync', DesiredStatus: 'RUNNING' });
    expect(States.IsRunning).toMatchObject({ Choices: [{ Next: 'Skipped' }], Default: 'Run' });
    expect(States.Skipped.Type).toBe('Succeed');
  });

  /** Runs the workflow. @param active family to its running tasks */
  async function executed(input: unknown, { active = {}, ...changes }: Partial<JobWorkflowProps> & { active?: Active } = {}) {
    const calls: [string, any][] = [];
    const execution = execute(workflow(changes), input, (action, args) => {
      calls.push([action, args]);
      if (action === 'ecs:listTasks') return { TaskArns: active[args.Family] ?? [] };
      if (action === 'ecs:describeTasks') return { Tasks: [{ TaskArn: args.Tasks[0], CreatedAt: '2020-01-01T00:00:00Z' }] };
      if (action === 'ecs:stopTask') return {};
      if (changes.timeoutSeconds === 0) throw new Error('States.Timeout');
      return { Containers: [{ ExitCode: 0 }] };
    });
    let step = await execution.next();
    while (step.done !== true) step = await execution.next();
    const of = (name: string) => calls.filter(([action]) => action.endsWith(name)).map(([, args]) => args);
    return { ended: step.value, ran: of('runTask.sync').map(({ TaskDefinition }) => TaskDefinition), stopped: of('stopTask') };
  }

  it('runs the newest task definition of the job, or the copy with another image that its input names', async () => {
    expect((await executed({})).ran).toEqual(['shop-test-sync']);
    expect((await executed({ startedBy: 'schedule' })).ran).toEqual(['shop-test-sync']);
    const copy = `${FAMILY}_release:3`;
    expect(await executed({ taskDefinition: copy })).toMatchObject({ ended: { status: 'SUCCEEDED' }, ran: [copy] });
  });

  it.each(['shop-test-sync', 'shop-test-sync_release'])('is skipped while a task of %s is active', async (family) => {
    for (const input of [{}, { taskDefinition: `${FAMILY}_release:3` }]) {
      const { ended, ran } = await executed(input, { active: { [family]: ['arn:1'] } });
      expect({ output: ended.output, ran }).toEqual({ output: { skipped: 'another run is active' }, ran: [] });
    }
  });

  it('stops tasks with another image at its limit too, although nobody watches', async () => {
    const active = { 'shop-test-sync': ['arn:1'], 'shop-test-sync_release': ['arn:2', 'arn:3'] };
    const { ended, stopped } = await executed({}, { active, concurrency: 'allow', timeoutSeconds: 0 });
    expect(ended).toMatchObject({ status: 'FAILED', state: 'TimedOut' });
    expect(stopped.map(({ Task }) => Task)).toEqual(['arn:1', 'arn:2', 'arn:3']);
  });

  it('is not skipped where runs may overlap', () => {
    const { States } = workflow({ concurrency: 'allow' });
    expect(States.Begin.Next).toBe('Run');
    expect(States).not.toHaveProperty('IsRunning');
  });

  it('ends at its limit: the task is stopped, and the run failed', () => {
    const { States } = workflow();
    expect(States.Run).toMatchObject({ Resource: 'arn:aws:states:::ecs:runTask.sync', TimeoutSeconds: 600 });
    expect(States.Run.Catch[0]).toEqual({ ErrorEquals: ['States.Timeout'], Next: 'FindLate' });
    expect(States.StopLate.ItemProcessor.States.IsLate.Choices[0].Condition).toContain('<= $millis() - 540000 ');
    expect(States.StopLate.ItemProcessor.States.Stop.Resource).toBe('arn:aws:states:::aws-sdk:ecs:stopTask');
    expect(States.StopLate.Next).toBe('TimedOut');
    expect(States.TimedOut).toMatchObject({ Type: 'Fail', Error: 'TimedOut' });
  });

  it('is tried again only while the task could not be started, as often as the environment says', () => {
    const { States } = workflow({ retries: 3 });
    const [{ Condition, Next }] = States.HasStarted.Choices;
    expect(Condition).toContain('$failedStarts < 3 and ');
    expect(Condition).toContain('TaskFailedToStart');
    expect(Next).toBe('Pause');
    expect(States.Pause.Assign.failedStarts).toContain('$failedStarts + 1');
    expect(States.HasStarted.Default).toBe('Failed');
    expect(States.Run.Retry).toBeUndefined();
  });

  it('reports the error of the task as its own', () =>
    expect(workflow().States.Failed).toMatchObject({ Type: 'Fail', Error: '{% $states.input.Error %}' }));

  it('contains nothing that Terraform would read as a template', () => expect(JSON.stringify(workflow())).not.toMatch(/[$%]\{/));

  it('is created after the permissions that Step Functions checks, and has these only', () => {
    const module = synthModule((stack) => void new JobRun(stack, 'run', props));
    const machine = theOnly(module, 'aws_sfn_state_machine');
    expect(machine.name).toBe('shop-test-sync-job');
    expect(machine.depends_on).toEqual(['aws_iam_role_policy.run_role_policy']);
    const statements = JSON.parse(theOnly(module, 'aws_iam_role_policy').policy).Statement;
    const granted = Object.fromEntries(
      statements.map(({ Action, Resource, Condition }: any) => [Action.join(), [Resource, Condition]]),
    );
    expect(granted).toEqual({
      'ecs:RunTask': [[FAMILY, `${FAMILY}:*`, `${FAMILY}_release:*`], { ArnEquals: { 'ecs:cluster': CLUSTER } }],
      'ecs:DescribeTasks,ecs:StopTask': [['arn:aws:ecs:eu-west-1:123456789012:task/shop/*'], undefined],
      'ecs:ListTasks': [['*'], { ArnEquals: { 'ecs:cluster': CLUSTER } }],
      'iam:PassRole': [props.passRoleArns, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }],
      'events:PutTargets,events:PutRule,events:DescribeRule': [
        ['arn:aws:events:eu-west-1:123456789012:rule/StepFunctionsGetEventsForECSTaskRule'],
        undefined,
      ],
    });
    const trust = JSON.parse(theOnly(module, 'aws_iam_role').assume_role_policy).Statement;
    expect(trust).toMatchObject([
      {
        Principal: { Service: ['states.amazonaws.com'] },
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': `arn:aws:states:eu-west-1:123456789012:stateMachine:${machine.name}` },
        },
      },
    ]);
  });
});

describe('the command that runs a job', () => {
  const command = runJobCommand({
    region: 'eu-west-1',
    stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:shop-test-sync-job',
    logGroup: '/shop/test/sync',
    logStreamPrefix: 'sync',
  });

  /** Against an execution that still runs at the first look. */
  const run = (status: string, detail: string, shell?: string, text = command) =>
    runCopied(
      text,
      'aws',
      [
        ['*start-execution*', 'arn:aws:states:execution:1'],
        ["*'--query status'*", ['RUNNING', status]],
        ['*describe-execution*', detail],
      ],
      shell,
    );
  const failed = (stopped: object) => run('FAILED', `States.TaskFailed\t${JSON.stringify({ Attempts: 1, ...stopped })}\tNone`);
  const ENDED = { Containers: [{ Name: 'sync', ExitCode: 3 }], StoppedReason: 'Essential container in task exited' };

  it.each(['sh', 'bash'])('waits, and ends with 0 when the job succeeded: %s', (shell) => {
    const { code, stdout, calls } = run('SUCCEEDED', 'None\tNone\t{"ExitCode":0}', shell);
    expect(code).toBe(0);
    expect(stdout).toContain('SUCCEEDED, exit code: 0');
    expect(stdout).toContain('Log: aws logs tail /shop/test/sync --region eu-west-1 --log-stream-name-prefix sync/');
    expect(calls.filter((call) => call.endsWith('--query status'))).toHaveLength(2);
  });

  it("ends with the job's exit code and prints the reason", () => {
    const { code, stdout } = failed(ENDED);
    expect(code).toBe(3);
    expect(stdout).toContain('FAILED, exit code: 3');
    expect(stdout).toContain('Reason:Essential container in task exited');
  });

  it('ends with 1 and the reason when the task never started', () => {
    const StoppedReason = 'CannotPullContainerError: pull image manifest has been retried 5 time(s)';
    const { code, stdout } = failed({ Containers: [{ Name: 'sync' }], StopCode: 'TaskFailedToStart', StoppedReason });
    expect(code).toBe(1);
    expect(stdout).toContain(`Reason:${StoppedReason}`);
  });

  it('reports the failures of RunTask', () => {
    const cause = JSON.stringify({ Failures: [{ Arn: 'arn:1', Reason: 'Capacity is unavailable at this time' }], Tasks: [] });
    const { code, stdout } = run('FAILED', `AmazonECS.Unknown\t${cause}\tNone`);
    expect(code).toBe(1);
    expect(stdout).toContain('Reason:Capacity is unavailable at this time');
  });

  it('ends with 1 when the run exceeded its limit', () => {
    const { code, stdout } = run('FAILED', 'TimedOut\tThe run exceeded timeoutSeconds (600) and was stopped\tNone');
    expect(code).toBe(1);
    expect(stdout).toContain('exceeded timeoutSeconds (600)');
  });

  it('ends with 75 when another run is active', () => {
    const { code, stdout } = run('SUCCEEDED', 'None\tNone\t{"skipped":"another run is active"}');
    expect(code).toBe(75);
    expect(stdout).toContain('nothing was started');
  });

  it('ends with 70 when the call is refused', () =>
    expect(runCopied(command, 'aws', [['*start-execution*', 254]]).code).toBe(70));

  it('is the same text with and without -raw, and leaves the shell open that it is pasted into', () => {
    expect(survivesCopying(command)).toBe(true);
    const { code, stdout } = run('FAILED', 'TimedOut\tlate\tNone', 'bash', `${command}; echo still here`);
    expect([code, stdout.trim().split('\n').at(-1)]).toEqual([0, 'still here']);
  });
});
