/** Tasks of ECS as processes on this machine, for the place next to a database on Fargate. */
import { spawn, type ChildProcess } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { packed, SCRIPT_VARIABLE } from '../../src/operations/script-envelope';
import { jobWorkflow } from '../../src/tiers/fargate/job-workflow';
import { AwsFailure, type Answer } from './stub-aws';

export const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-test';
export const FAMILY = 'shop-test-database-init';

const SECRETS = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';
export const MASTER_SECRET = `${SECRETS}rds!db-master`;
export const OWN_SECRET = `${SECRETS}shop/test/database/app-a1b2c3`;

interface StubTask {
  readonly child: ChildProcess;
  readonly log: string[];
  exited: boolean;
}

/** Tasks of ECS as processes on this machine, whose log arrives in CloudWatch Logs in small pages. */
export class StubTasks {
  /** Of the job's container: the master's login of RDS, and one of an application. */
  public secrets = [
    { name: 'PGPASSWORD', valueFrom: `${MASTER_SECRET}:password::` },
    { name: 'APP_PASSWORD', valueFrom: `${OWN_SECRET}:password::` },
  ];
  /** Where the job's tasks run. */
  public network = { subnetIds: ['subnet-1'], securityGroupId: 'sg-1' };
  /** Versions of the application's secret, by label. */
  public readonly labels = new Map<string, Readonly<Record<string, string>>>();
  /** Task definitions of services, by their family, and where those run. */
  public readonly services = new Map<string, any>();
  public readonly registered = new Map<string, any>();
  private revisions = 0;
  private readonly tasks = new Map<string, StubTask>();
  /** How many tasks were stopped before their end. */
  public stopped = 0;

  /**
   * @param variables of every task, besides those of its definition
   * @param prepared what a script looks like in a file system of its own
   */
  constructor(
    private readonly variables: Readonly<Record<string, string>> = {},
    private readonly prepared: (script: string, run: number) => string = (script) => script,
  ) {}

  public readonly actions: Readonly<Record<string, Answer>> = {
    DescribeStateMachine: () => ({
      definition: JSON.stringify(
        jobWorkflow({
          clusterArn: CLUSTER,
          family: FAMILY,
          ...this.network,
          concurrency: 'forbid',
          timeoutSeconds: 600,
          retries: 0,
        }),
      ),
    }),
    DescribeServices: ({ services: [name] }) => ({
      services: this.services.has(name)
        ? [{ networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2'], securityGroups: ['sg-2'] } } }]
        : [],
    }),
    DescribeTaskDefinition: ({ taskDefinition: family }) => ({
      taskDefinition: this.services.get(family) ?? {
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
            secrets: this.secrets,
            logConfiguration: {
              logDriver: 'awslogs',
              options: { 'awslogs-group': '/shop/test/database-init', 'awslogs-stream-prefix': 'init' },
            },
          },
        ],
      },
    }),
    RegisterTaskDefinition: (input) => {
      const arn = `arn:aws:ecs:eu-west-1:123456789012:task-definition/${input.family}:${(this.revisions += 1)}`;
      this.registered.set(arn, input);
      return { taskDefinition: { taskDefinitionArn: arn } };
    },
    ListTaskDefinitions: ({ familyPrefix }) => ({
      taskDefinitionArns: [...this.registered].filter(([, { family }]) => family === familyPrefix).map(([arn]) => arn),
    }),
    DeregisterTaskDefinition: ({ taskDefinition }) => void this.registered.delete(taskDefinition),
    RunTask: (input) => {
      const [container] = this.registered.get(input.taskDefinition).containerDefinitions;
      const variables = container.environment.map(({ name, value }: any) => [
        name,
        name === SCRIPT_VARIABLE ? this.preparedScript(value) : value,
      ]);
      const secrets = container.secrets.map(({ name, valueFrom }: any) => [name, this.valueOf(valueFrom)]);
      const [program, ...args] = [...container.entryPoint, ...container.command];
      const task: StubTask = {
        log: [],
        exited: false,
        child: spawn(program, args, {
          detached: true,
          env: {
            PATH: process.env.PATH,
            ...Object.fromEntries(secrets.filter(([, value]: any) => value !== undefined)),
            ...Object.fromEntries(variables),
            ...this.variables,
          },
        }),
      };
      let text = '';
      for (const stream of [task.child.stdout, task.child.stderr])
        stream?.setEncoding('utf8').on('data', (piece: string) => {
          const lines = `${text}${piece}`.split('\n');
          text = lines.pop() ?? '';
          task.log.push(...lines);
        });
      task.child.on('close', () => (task.exited = true));
      const id = `0a1b${this.tasks.size}`;
      this.tasks.set(id, task);
      return { tasks: [{ taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/shop-test/${id}` }] };
    },
    DescribeTasks: ({ tasks: [arn] }) => {
      const lastStatus = this.task(arn).exited ? 'STOPPED' : 'RUNNING';
      return { tasks: [{ lastStatus, stoppedReason: 'Essential container exited' }] };
    },
    // All programs of a container end with it.
    StopTask: ({ task: arn }) => {
      const { child, exited } = this.task(arn);
      if (child.pid === undefined || exited) return;
      process.kill(-child.pid, 'SIGKILL');
      this.stopped += 1;
    },
    GetLogEvents: ({ logStreamName, nextToken = '0' }) => {
      const { log } = this.task(logStreamName);
      if (log.length === 0) throw new AwsFailure('ResourceNotFoundException');
      expect(logStreamName).toMatch(/^(init\/database-init|api\/api)\/0a1b/);
      const from = Number(nextToken);
      const page = log.slice(from, from + 2);
      return { events: page.map((message) => ({ message })), nextForwardToken: String(from + page.length) };
    },
    DescribeSecret: ({ SecretId }) =>
      SecretId === MASTER_SECRET ? { OwningService: 'rds' } : { VersionIdsToStages: this.versions },
    PutSecretValue: ({ SecretId, SecretString, VersionStages: [label] }) => {
      if (SecretId !== OWN_SECRET) throw new AwsFailure('InvalidRequestException');
      this.labels.set(label, JSON.parse(SecretString));
      return { VersionId: `version-of-${label}` };
    },
    UpdateSecretVersionStage: ({ VersionStage, RemoveFromVersionId }) => {
      if (RemoveFromVersionId === `version-of-${VersionStage}`) this.labels.delete(VersionStage);
    },
  };

  private get versions(): Readonly<Record<string, readonly string[]>> {
    const own = [...this.labels.keys()].map((label) => [`version-of-${label}`, [label]] as const);
    return Object.fromEntries([['current', ['AWSCURRENT']], ...own]);
  }

  /** @param name of the task or of its log, which end with the id */
  private task(name: string): StubTask {
    const found = this.tasks.get(name.split('/').at(-1) ?? '');
    if (found === undefined) throw new AwsFailure('InvalidParameterException');
    return found;
  }

  /** As ECS reads it: `arn:key:label:version`. */
  private valueOf(reference: string): string | undefined {
    const [key = '', label = ''] = reference.slice(OWN_SECRET.length + 1).split(':');
    return reference.startsWith(OWN_SECRET) ? this.labels.get(label)?.[key] : undefined;
  }

  private preparedScript(value: string): string {
    const script = gunzipSync(Buffer.from(value, 'base64')).toString('utf8');
    return packed(this.prepared(script, this.tasks.size));
  }
}
