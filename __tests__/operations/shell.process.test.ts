/** Shells on every tier: where they are opened, and what is refused. */
import { ExitMarker } from '../../src/operations/session/exit-marker';
import { runShellSession } from '../../src/operations/session/shell-session';
import { openShell } from '../../src/operations/shell';
import type { ShellRequest } from '../../src/operations/shell-request';
import type { EnvironmentInput } from '../../src/config';
import { boxed } from '../support/boxed';
import { deployed, type Published } from '../support/deployed';
import { localTerminal } from '../support/local-terminal';
import { onTier } from '../support/rich';
import { StubAgent } from '../support/stub-agent';
import { AwsFailure, startStubAws, type Answers, type StubAws } from '../support/stub-aws';

let aws: StubAws;
let agent: StubAgent | undefined;
afterEach(async () => {
  await aws.stop();
  await agent?.stop();
  agent = undefined;
});

/** Runs what a session is asked to run in a real shell. */
async function agentFor(line: string): Promise<StubAgent> {
  agent = await StubAgent.start({ plugin: { command: ['sh', '-c', line] } });
  return agent;
}

async function open(input: EnvironmentInput, answers: Answers, published: Published, request: Partial<ShellRequest> = {}) {
  // The session is that of a stub, which runs the command that AWS is asked for.
  agent = await StubAgent.start({ plugin: { command: ['sh', '-c', request.command?.join(' ') ?? 'echo shell'] } });
  const lines: string[] = [];
  const terminal = localTerminal();
  aws = await startStubAws({ TerminateSession: () => ({}), ...answers });
  const target = deployed(input, aws.endpoint, published);
  const options = { place: 'api', command: [], terminal, report: (line: string) => void lines.push(line), ...request };
  const exitCode = openShell(target, options);
  return { exitCode: await exitCode, shown: terminal.shown(), lines };
}

const withExec = (tier: string): EnvironmentInput => onTier(tier, (environment) => (environment.services.api.exec = true));

const task = (id: string, startedAt: number, lastStatus = 'RUNNING') => ({
  taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/shop-test/${id}`,
  startedAt,
  lastStatus,
  containers: [{ name: 'api', runtimeId: `${id}-1` }],
});

const CLUSTER: Published = {
  'compute-fargate': { clusterName: 'shop-test', services: { api: { name: 'shop-test-api' } }, workers: {} },
};

/** Two running tasks and one that is still starting. */
const TASKS: Answers = {
  ListTasks: () => ({ taskArns: ['old', 'new', 'starting'] }),
  DescribeTasks: () => ({ tasks: [task('old', 100), task('new', 200), task('starting', 300, 'PENDING')] }),
};

describe('on Fargate', () => {
  const session = () => ({ session: { ...agent!.offer } });

  test('a shell is opened in the newest task that runs', async () => {
    const { exitCode, shown, lines } = await open(withExec('fargate'), { ...TASKS, ExecuteCommand: session }, CLUSTER);
    expect({ exitCode, shown: shown.trim(), lines }).toEqual({ exitCode: 0, shown: 'shell', lines: ['task new of api'] });
    expect(aws.calls.find(({ name }) => name === 'ExecuteCommand')?.input).toEqual({
      cluster: 'shop-test',
      task: 'new',
      container: 'api',
      command: '/bin/sh',
      interactive: true,
    });
    expect(aws.calls.at(-1)).toEqual({ name: 'TerminateSession', input: { SessionId: 'session-1' } });
  });

  test('another task is chosen by the beginning of its id', async () => {
    const { lines } = await open(withExec('fargate'), { ...TASKS, ExecuteCommand: session }, CLUSTER, { task: 'ol' });
    expect(lines).toEqual(['task old of api']);
  });

  test('a task that does not run is refused with those that do', async () => {
    const ended = open(withExec('fargate'), TASKS, CLUSTER, { task: 'starting' });
    await expect(ended).rejects.toThrow('api has no starting\n  fix   running: new, old');
  });

  test.each([
    [['echo', "it's  here"], "it's  here", 0],
    [['sh', '-c', 'echo "$0"; exit 9', 'a b'], 'a b', 9],
  ])('the command %j arrives word by word, and ends with its own exit code', async (command, output, exitCode) => {
    let line = '';
    aws = await startStubAws({
      ...TASKS,
      TerminateSession: () => ({}),
      ExecuteCommand: (input) => {
        line = input.command;
        return new AwsFailure('ServerException', 'only its command is wanted');
      },
    });
    const target = deployed(withExec('fargate'), aws.endpoint, CLUSTER);
    const terminal = localTerminal();
    await openShell(target, { place: 'api', command, terminal, report: () => undefined }).catch(() => undefined);
    await aws.stop();
    // ECS splits the command as a shell does, and runs it.
    const { offer } = await agentFor(line);
    aws = await startStubAws({});
    const marker = new ExitMarker(/terrace-exit-([0-9a-f]+)-/.exec(line)![1]!);
    const resume = (): Promise<undefined> => Promise.resolve(undefined);
    const ended = await runShellSession(offer, { terminal, marker, resume, report: () => undefined });
    expect({ ended, shown: terminal.shown().trim() }).toEqual({ ended: exitCode, shown: output });
  });

  test('a task whose agent does not answer yet is explained', async () => {
    const answers = { ...TASKS, ExecuteCommand: () => new AwsFailure('TargetNotConnectedException', 'not connected') };
    await expect(open(withExec('fargate'), answers, CLUSTER)).rejects.toThrow(
      /task new does not answer.*\n  fix   wait, or deploy api/,
    );
  });
});

describe('what is refused, before anything is called', () => {
  const refused = (place: string, input: EnvironmentInput) => open(input, {}, CLUSTER, { place });

  test.each(['fargate', 'kubernetes'])('a shell without exec: true on %s', async (tier) => {
    const input = withExec(tier);
    delete (input.services as any).api.exec;
    await expect(refused('api', input)).rejects.toThrow(/api of shop-test admits no shell\n  fix   set exec: true/);
    expect(aws.calls).toEqual([]);
  });

  test.each([
    ['sync', /sync of shop-test is a job.*\n  fix   npm run run -- shop-test sync/],
    ['apy', /no service or worker apy\n  fix   it has: api, runner/],
    ['host', /tasks on Fargate have no host/],
  ])('%s', async (place, text) => {
    await expect(refused(place, withExec('fargate'))).rejects.toThrow(text);
    expect(aws.calls).toEqual([]);
  });
});

describe('on a box', () => {
  const BOX: Published = { 'compute-box': { instanceId: 'i-0123' } };
  const input = (): EnvironmentInput => {
    const environment = boxed();
    return { ...environment, services: { api: { ...environment.services!.api!, exec: true } } };
  };
  const started = () => ({ SessionId: 'session-1', StreamUrl: agent!.offer.streamUrl, TokenValue: 'token-1' });
  const asked = () => aws.calls.find(({ name }) => name === 'StartSession')?.input;

  test('a shell on the host is a session of Systems Manager', async () => {
    const { lines } = await open(input(), { StartSession: started }, BOX, { place: 'host' });
    expect(lines).toEqual(['host i-0123']);
    expect(asked()).toEqual({ Target: 'i-0123' });
  });

  test('a shell in a container is one of Compose on the host', async () => {
    await open(input(), { StartSession: started }, BOX);
    expect(asked()).toEqual({
      Target: 'i-0123',
      DocumentName: 'AWS-StartInteractiveCommand',
      Parameters: { command: ['sudo docker compose --project-directory /opt/shop exec -T api /bin/sh'] },
    });
  });

  test('a host that is not connected is explained', async () => {
    const answers = { StartSession: () => new AwsFailure('TargetNotConnected', 'i-0123 is not connected') };
    await expect(open(input(), answers, BOX, { place: 'host' })).rejects.toThrow(/not connected to Systems Manager\n  fix/);
  });
});

test('on Kubernetes, a shell on a node needs a cluster', async () => {
  const ended = open(withExec('kubernetes'), {}, {}, { place: 'host' });
  await expect(ended).rejects.toThrow('shop-test-compute-kubernetes is not deployed');
});
