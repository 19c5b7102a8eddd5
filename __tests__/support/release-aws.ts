/**
 * AWS as a release sees it, on this machine: parameters with their history, images, and services of ECS whose deployments go on with
 * each look at them. What becomes of a deployment is decided by the tag of its image.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, any>;

/**
 * - `steady`: after some looks.
 * - `breaker`: its tasks stop, and the circuit breaker of ECS brings the former revision back.
 * - `never`: its tasks never become healthy, and there is no circuit breaker.
 * - `fails`: the deployment fails, and nothing is brought back.
 * - `replaced`: somebody deploys another image meanwhile.
 * - `applied`: Terraform deploys a revision with other changes and the same images meanwhile.
 */
export type Fate = 'steady' | 'breaker' | 'never' | 'fails' | 'replaced' | 'applied';

const ACCOUNT = '123456789012';
const ARN = `arn:aws:ecs:eu-west-1:${ACCOUNT}`;

export class ReleaseAws {
  /** `<service>.<operation>` of each call. */
  public readonly calls: string[] = [];
  /** Called before each call is answered. */
  public onCall: (operation: string, count: number) => void = () => undefined;
  /** Looks after which the fate of a deployment is decided. */
  public looks = 3;
  /** Calls from this one on are refused, as with credentials that have expired. */
  public refusedFrom = Infinity;
  public readonly parameters = new Map<string, { value: string; description?: string }[]>();
  /** `<repository>:<tag>` to the platforms of the image. */
  public readonly images = new Map<string, readonly string[]>();
  public readonly revisions = new Map<string, Json[]>();
  public readonly services = new Map<string, Json>();
  public fate: (tag: string, family: string) => Fate = () => 'steady';
  /** Families of which somebody has deployed another revision. */
  private readonly replaced = new Set<string>();

  private constructor(private readonly server: Server) {}

  public static async start(): Promise<ReleaseAws> {
    const server = createServer((request, response) => {
      void aws.answer(request).then(({ status, body, type }) => {
        response.writeHead(status, { 'Content-Type': type });
        response.end(body);
      });
    });
    const aws = new ReleaseAws(server);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return aws;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((ended) => this.server.close(ended));
  }

  public parameter(name: string): string | undefined {
    return this.parameters.get(name)?.at(-1)?.value;
  }

  /** A service with its first revision, which runs. @param containers name to image */
  public addTask(family: string, containers: Readonly<Record<string, string>>, service?: string): void {
    this.register({
      family,
      taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/${family}`,
      containerDefinitions: Object.entries(containers).map(([name, image]) => ({
        name,
        image,
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': `/shop/${name}`, 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': name },
        },
      })),
      tags: [{ key: 'system', value: 'shop' }],
    });
    if (service === undefined) return;
    const taskDefinition = this.newest(family).taskDefinitionArn as string;
    this.services.set(service, { family, looks: 0, tasks: [], deployments: [deployment(taskDefinition, 'COMPLETED')] });
  }

  /** The newest active revision of a family. */
  public newest(family: string): Json {
    return this.revisions.get(family)?.findLast(({ status }) => status === 'ACTIVE') ?? {};
  }

  public imagesOf(revision: Json): Record<string, string> {
    return Object.fromEntries(
      (revision.containerDefinitions as Json[]).map(({ name, image }) => [name as string, image as string]),
    );
  }

  /** What the tasks of a service run that ECS works towards. */
  public running(service: string): Record<string, string> {
    return this.imagesOf(this.byArn(this.services.get(service)?.deployments[0].taskDefinition as string));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: string; type: string }> {
    const body = await textOf(request);
    const type = 'application/x-amz-json-1.1';
    if (request.method === 'GET') return { status: 200, body: JSON.stringify({ os: 'linux', architecture: 'arm64' }), type };
    const target = request.headers['x-amz-target'] as string | undefined;
    const operation = target?.split('.')[1] ?? new URLSearchParams(body).get('Action') ?? '';
    this.onCall(operation, this.calls.push(operation));
    if (this.calls.length >= this.refusedFrom) return { status: 400, body: failure('AccessDeniedException', 'no'), type };
    if (target === undefined) return { status: 200, body: IDENTITY, type: 'text/xml' };
    try {
      const handler = (this as unknown as Record<string, (input: Json) => Json>)[operation];
      if (handler === undefined) throw new Failure('UnknownOperationException', operation);
      return { status: 200, body: JSON.stringify(handler.call(this, JSON.parse(body) as Json)), type };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { status: 400, body: failure(error.name, error.message), type };
    }
  }

  // Parameters.

  protected GetParameter({ Name }: Json): Json {
    const versions = this.parameters.get(Name as string);
    if (versions === undefined) throw new Failure('ParameterNotFound', '');
    return { Parameter: { Name, Value: versions.at(-1)?.value, Version: versions.length } };
  }

  /** Two a page, so that pages are followed. */
  protected GetParameterHistory({ Name, NextToken = '0' }: Json): Json {
    const versions = this.parameters.get(Name as string);
    if (versions === undefined) throw new Failure('ParameterNotFound', '');
    const start = Number(NextToken);
    const Parameters = versions.slice(start, start + 2).map(({ value, description }, index) => ({
      Name,
      Value: value,
      Description: description,
      Version: start + index + 1,
      LastModifiedDate: 1_790_000_000 + start + index,
      LastModifiedUser: `arn:aws:iam::${ACCOUNT}:user/ana`,
    }));
    return { Parameters, NextToken: start + 2 < versions.length ? String(start + 2) : undefined };
  }

  protected PutParameter({ Name, Value, Overwrite, Description }: Json): Json {
    const versions = this.parameters.get(Name as string) ?? [];
    if (versions.length > 0 && Overwrite !== true) throw new Failure('ParameterAlreadyExists', '');
    this.parameters.set(Name as string, [...versions, { value: Value as string, description: Description as string }]);
    return { Version: versions.length + 1 };
  }

  protected DeleteParameter({ Name }: Json): Json {
    if (!this.parameters.delete(Name as string)) throw new Failure('ParameterNotFound', '');
    return {};
  }

  // Hosts.

  /** What a host does with a line. */
  public host: (instance: string, line: string) => { exitCode: number; output: string } = () => ({ exitCode: 0, output: '' });
  private readonly invocations: { exitCode: number; output: string }[] = [];

  protected SendCommand({ InstanceIds, Parameters }: Json): Json {
    const line = String((Parameters as Json).commands[0]);
    return { Command: { CommandId: String(this.invocations.push(this.host(String(InstanceIds[0]), line)) - 1) } };
  }

  protected GetCommandInvocation({ CommandId }: Json): Json {
    const { exitCode = -1, output = '' } = this.invocations[Number(CommandId)] ?? {};
    return {
      Status: exitCode === 0 ? 'Success' : 'Failed',
      StatusDetails: 'Failed',
      ResponseCode: exitCode,
      StandardOutputContent: output,
    };
  }

  // Images. One with a single platform has it in its configuration, which is always that of arm64.

  protected BatchGetImage({ repositoryName, imageIds }: Json): Json {
    const found = (imageIds as Json[]).flatMap(({ imageTag, imageDigest }) => {
      const known = [...this.images].find(([name]) => name === `${repositoryName}:${imageTag}` || digestOf(name) === imageDigest);
      if (known === undefined) return [];
      const [name, platforms] = known;
      const manifests = [...platforms, 'unknown/unknown'].map((one) => {
        const [os, architecture] = one.split('/');
        return { platform: { os, architecture } };
      });
      const manifest = platforms.length === 1 ? { config: { digest: 'sha256:configuration' } } : { manifests };
      return [{ imageId: { imageTag, imageDigest: digestOf(name) }, imageManifest: JSON.stringify(manifest) }];
    });
    return { images: found, failures: [] };
  }

  protected GetDownloadUrlForLayer(): Json {
    return { downloadUrl: `${this.url}/configuration` };
  }

  // Tasks.

  protected DescribeTaskDefinition({ taskDefinition, include = [] }: Json): Json {
    const id = taskDefinition as string;
    const [family, number] = id.slice(id.lastIndexOf('/') + 1).split(':');
    const revision =
      number === undefined ? this.newest(family as string) : this.revisions.get(family as string)?.[Number(number) - 1];
    if (revision?.taskDefinitionArn === undefined) throw new Failure('ClientException', 'Unable to describe task definition.');
    const { tags, ...definition } = revision;
    return { taskDefinition: definition, ...((include as string[]).includes('TAGS') ? { tags } : {}) };
  }

  protected RegisterTaskDefinition(input: Json): Json {
    for (const name of ['taskDefinitionArn', 'revision', 'status', 'registeredAt', 'compatibilities'])
      if (name in input) throw new Failure('ClientException', `${name} cannot be registered`);
    return { taskDefinition: this.register(input) };
  }

  protected DeregisterTaskDefinition({ taskDefinition }: Json): Json {
    this.byArn(taskDefinition as string).status = 'INACTIVE';
    return {};
  }

  protected UpdateService({ service: name, taskDefinition }: Json): Json {
    const service = this.service(name as string);
    if (this.byArn(taskDefinition as string).status !== 'ACTIVE')
      throw new Failure('ClientException', 'TaskDefinition is inactive');
    this.deploy(service, taskDefinition as string);
    return {};
  }

  protected DescribeServices({ services }: Json): Json {
    const found = (services as string[]).flatMap((serviceName) => {
      const service = this.services.get(serviceName);
      if (service === undefined) return [];
      this.advance(service);
      const { deployments, events = [] } = service;
      const runningCount = (deployments as Json[]).reduce((sum, one) => sum + Number(one.runningCount), 0);
      return [{ serviceName, status: 'ACTIVE', desiredCount: 2, runningCount, deployments, events }];
    });
    return { services: found };
  }

  protected ListTasks({ serviceName, desiredStatus }: Json): Json {
    return {
      taskArns:
        desiredStatus === 'STOPPED'
          ? (this.service(serviceName as string).tasks as Json[]).map(({ taskArn }) => taskArn as string)
          : [],
    };
  }

  protected DescribeTasks({ tasks }: Json): Json {
    const all = [...this.services.values()].flatMap((service) => service.tasks as Json[]);
    return { tasks: all.filter(({ taskArn }) => (tasks as string[]).includes(taskArn as string)) };
  }

  protected GetLogEvents({ logGroupName, logStreamName }: Json): Json {
    return { events: [{ message: `${logGroupName} ${logStreamName}: cannot connect to the database\n` }] };
  }

  private register(input: Json): Json {
    const all = this.revisions.get(input.family as string) ?? [];
    const revision = all.length + 1;
    const taskDefinitionArn = `${ARN}:task-definition/${input.family}:${revision}`;
    const registered = { ...structuredClone(input), taskDefinitionArn, revision, status: 'ACTIVE', compatibilities: ['FARGATE'] };
    this.revisions.set(input.family as string, [...all, registered]);
    return registered;
  }

  private byArn(arn: string): Json {
    const [family = '', number = ''] = arn.slice(arn.lastIndexOf('/') + 1).split(':');
    return this.revisions.get(family)?.[Number(number) - 1] ?? {};
  }

  private service(name: string): Json {
    const service = this.services.get(name);
    if (service === undefined) throw new Failure('ServiceNotFoundException', name);
    return service;
  }

  private deploy(service: Json, taskDefinition: string): void {
    const before = (service.deployments as Json[]).map((one) => ({ ...one, status: 'ACTIVE' }));
    service.deployments = [deployment(taskDefinition, 'IN_PROGRESS'), ...before];
    service.looks = 0;
  }

  private advance(service: Json): void {
    const [primary] = service.deployments as Json[];
    if (primary?.rolloutState !== 'IN_PROGRESS') return;
    service.looks = Number(service.looks) + 1;
    const revision = this.byArn(primary.taskDefinition as string);
    const [image = ''] = Object.values(this.imagesOf(revision));
    const fate = this.fateOf(image.slice(image.lastIndexOf(':') + 1), service.family as string);
    if (service.looks < this.looks) return;
    if (fate === 'never') return;
    if (fate === 'steady') service.deployments = [deployment(primary.taskDefinition as string, 'COMPLETED')];
    else if (fate === 'fails' || fate === 'breaker') this.fail(service, primary, fate);
    else this.replace(service, revision, fate);
  }

  private fateOf(tag: string, family: string): Fate {
    return this.replaced.has(family) ? 'steady' : this.fate(tag, family);
  }

  private fail(service: Json, primary: Json, fate: Fate): void {
    const reason = 'ECS deployment circuit breaker: tasks failed to start.';
    Object.assign(primary, { rolloutState: 'FAILED', rolloutStateReason: reason, failedTasks: 3 });
    service.events = [{ message: '(service api) is unable to consistently start tasks successfully.' }];
    service.tasks = [
      {
        taskArn: `${ARN}:task/shop-test/0a1b2c`,
        taskDefinitionArn: primary.taskDefinition,
        lastStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [
          {
            name: Object.keys(this.imagesOf(this.byArn(primary.taskDefinition as string)))[0],
            exitCode: 17,
            reason: 'OutOfMemoryError',
          },
        ],
      },
    ];
    if (fate === 'fails') return;
    const former = (service.deployments as Json[]).at(-1)?.taskDefinition as string;
    this.deploy(service, former);
    (service.deployments as Json[])[0]!.rolloutStateReason =
      'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.';
  }

  private replace(service: Json, revision: Json, fate: Fate): void {
    const { family, taskRoleArn, containerDefinitions, tags } = structuredClone(revision);
    const changed = (containerDefinitions as Json[]).map((one, index) =>
      fate === 'replaced'
        ? { ...one, image: index === 0 ? 'elsewhere:1' : (one.image as string) }
        : { ...one, environment: [{ name: 'LEVEL', value: 'debug' }] },
    );
    const registered = this.register({ family, taskRoleArn, containerDefinitions: changed, tags });
    service.deployments = [deployment(registered.taskDefinitionArn as string, fate === 'applied' ? 'COMPLETED' : 'IN_PROGRESS')];
    this.replaced.add(family as string);
  }
}

function deployment(taskDefinition: string, rolloutState: string): Json {
  const runningCount = rolloutState === 'COMPLETED' ? 2 : 0;
  return { status: 'PRIMARY', taskDefinition, rolloutState, desiredCount: 2, runningCount, failedTasks: 0 };
}

export function digestOf(name: string): string {
  return `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)}`;
}

class Failure extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const failure = (name: string, message: string): string => JSON.stringify({ __type: name, message });

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/ana</Arn><UserId>A</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
