import { spawn, type ChildProcess } from 'node:child_process';
import { parseEnvironment } from '../../../src/config';
import { databasePlaceOf } from '../../../src/operations/database-places';
import { jobWorkflow } from '../../../src/tiers/fargate/job-workflow';
import { AwsRefusal, AwsStub, withTestCredentials, type Answer } from '../../support/aws-stub';
import { example } from '../../support/example';
import { operated } from '../../support/operated';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-test';
const FAMILY = 'shop-test-database-init';
const OPTIONS = { timeoutSeconds: 60 };

jest.setTimeout(180_000);

/** Tasks of ECS as processes on this machine, whose log arrives in CloudWatch Logs in small pages. */
class StubTasks {
  public readonly registered = new Map<string, any>();
  public child?: ChildProcess;
  private log: string[] = [];
  private exited = false;

  public readonly actions: Readonly<Record<string, Answer>> = {
    DescribeStateMachine: () => ({
      definition: JSON.stringify(
        jobWorkflow({
          clusterArn: CLUSTER,
          family: FAMILY,
          subnetIds: ['subnet-1'],
          securityGroupId: 'sg-1',
          concurrency: 'forbid',
          timeoutSeconds: 600,
          retries: 0,
        }),
      ),
    }),
    DescribeTaskDefinition: () => ({
      taskDefinition: {
        family: FAMILY,
        taskRoleArn: 'role/task',
        executionRoleArn: 'role/execution',
        containerDefinitions: [
          {
            name: 'database-init',
            image: 'postgres',
            user: '70',
            readonlyRootFilesystem: true,
            environment: [{ name: 'PGDATABASE', value: 'shop' }],
            secrets: [{ name: 'PGPASSWORD', valueFrom: 'arn:master' }],
            logConfiguration: {
              logDriver: 'awslogs',
              options: { 'awslogs-group': '/shop/test/database-init', 'awslogs-stream-prefix': 'init' },
            },
          },
        ],
      },
    }),
    RegisterTaskDefinition: (input) => {
      const arn = `arn:aws:ecs:eu-west-1:123456789012:task-definition/${input.family}:1`;
      this.registered.set(arn, input);
      return { taskDefinition: { taskDefinitionArn: arn } };
    },
    DeregisterTaskDefinition: ({ taskDefinition }) => void this.registered.delete(taskDefinition),
    RunTask: (input) => {
      const [container] = this.registered.get(input.taskDefinition).containerDefinitions;
      const variables = container.environment.map(({ name, value }: any) => [name, value]);
      this.log = [];
      this.exited = false;
      const [program, ...args] = [...container.entryPoint, ...container.command];
      this.child = spawn(program, args, { env: { PATH: process.env.PATH, ...Object.fromEntries(variables) } });
      let text = '';
      for (const stream of [this.child.stdout, this.child.stderr])
        stream?.setEncoding('utf8').on('data', (piece: string) => {
          const lines = `${text}${piece}`.split('\n');
          text = lines.pop() ?? '';
          this.log.push(...lines);
        });
      this.child.on('close', () => (this.exited = true));
      return { tasks: [{ taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/shop-test/0a1b' }] };
    },
    DescribeTasks: () => ({
      tasks: [{ lastStatus: this.exited ? 'STOPPED' : 'RUNNING', stoppedReason: 'Essential container exited' }],
    }),
    StopTask: () => void this.child?.kill(),
    GetLogEvents: ({ logStreamName, nextToken = '0' }) => {
      if (this.log.length === 0) throw new AwsRefusal('ResourceNotFoundException');
      expect(logStreamName).toBe('init/database-init/0a1b');
      const from = Number(nextToken);
      const page = this.log.slice(from, from + 2);
      return { events: page.map((message) => ({ message })), nextForwardToken: String(from + page.length) };
    },
  };
}

describe('scripts next to the database of an environment on Fargate', () => {
  const restore = withTestCredentials();
  const tasks = new StubTasks();
  const aws = new AwsStub(tasks.actions);
  let endpoint = '';

  beforeAll(async () => {
    endpoint = await aws.start();
  });
  afterAll(async () => {
    await aws.stop();
    restore();
  });

  const placeOf = () => databasePlaceOf(operated(parseEnvironment(example()), endpoint));

  it('returns both outputs apart and complete, although they share a log that arrives in pages', async () => {
    const said: string[] = [];
    const place = await placeOf();
    const result = await place.run('seq 1 20000; echo "step one of $PGDATABASE" >&2; (exit 3)', {
      ...OPTIONS,
      report: (line) => said.push(line),
    });
    expect(result).toMatchObject({ exitCode: 3, stderr: 'step one of shop' });
    expect(result.stdout.split('\n')).toHaveLength(20001);
    expect(said).toEqual(['step one of shop']);
  });

  it('runs with the network, login and user of the job, with room to write, and leaves no task definition', async () => {
    await (await placeOf()).run('true', OPTIONS);
    const started = aws.calls.findLast(({ action }) => action === 'RunTask')?.input;
    expect(started).toMatchObject({
      cluster: CLUSTER,
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
      },
    });
    const definition = aws.calls.findLast(({ action }) => action === 'RegisterTaskDefinition')?.input;
    // Another family: the newest revision of the job's own is what the job runs.
    expect(definition.family).not.toBe(FAMILY);
    expect(definition).toMatchObject({ ephemeralStorage: { sizeInGiB: 200 }, taskRoleArn: 'role/task' });
    expect(definition.containerDefinitions[0]).toMatchObject({
      user: '70',
      readonlyRootFilesystem: false,
      secrets: [{ name: 'PGPASSWORD', valueFrom: 'arn:master' }],
    });
    expect(tasks.registered.size).toBe(0);
  });

  it('refuses secrets of a script, which the definition of a task would show', async () => {
    await expect((await placeOf()).run('true', { ...OPTIONS, secrets: { TOKEN: 'x' } })).rejects.toThrow('cannot run as a task');
  });

  it('stops the task of a person who interrupts', async () => {
    const controller = new AbortController();
    const run = (await placeOf()).run('echo begun >&2; sleep 300', {
      ...OPTIONS,
      signal: controller.signal,
      report: () => controller.abort(),
    });
    await expect(run).rejects.toThrow('interrupted');
    expect(tasks.child?.killed).toBe(true);
    expect(tasks.registered.size).toBe(0);
  });
});
