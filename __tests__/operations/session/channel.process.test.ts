import { randomBytes } from 'node:crypto';
import { DataChannel } from '../../../src/operations/session/data-channel';
import { ExitMarker } from '../../../src/operations/session/exit-marker';
import { runShellSession } from '../../../src/operations/session/shell-session';
import { localTerminal } from '../../support/local-terminal';
import { StubAgent, type Faults, type StubAgentOptions } from '../../support/stub-agent';

const UNRELIABLE: Faults = { lost: 0.1, repeated: 0.1, delayed: 0.3, seed: 7 };

let agent: StubAgent;
afterEach(() => agent.stop());

const over = (): Promise<undefined> => Promise.resolve(undefined);

/** A channel to a stub, and what it receives. */
async function opened(options: StubAgentOptions, resume: () => Promise<string | undefined> = over) {
  agent = await StubAgent.start(options);
  const received: Buffer[] = [];
  const channel = new DataChannel(agent.offer, { resume, receive: (_type, payload) => void received.push(payload) });
  await channel.opened;
  return { channel, received, all: () => Buffer.concat(received) };
}

/** Waits until something is so. */
async function until(condition: () => boolean, milliseconds = 20_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !condition();) {
    if (Date.now() > end) throw new Error('not in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a channel', () => {
  test.each([
    ['that is reliable', {}],
    ['that loses, repeats and reorders', UNRELIABLE],
  ])('%s delivers every byte once and in order, in both directions', async (_what, faults) => {
    const output = Array.from({ length: 200 }, () => randomBytes(500));
    const { channel, all } = await opened({ plugin: { output }, faults });
    await until(() => all().length >= 100_000);
    expect(all()).toEqual(Buffer.concat(output));
    channel.terminate();
  });

  test('breaks and is resumed with a new token: nothing is lost', async () => {
    const { channel, all } = await opened({ plugin: { command: ['cat'] } }, () => Promise.resolve('token-2'));
    channel.write(Buffer.from('before\n'));
    await until(() => all().includes('before\r\nbefore'));
    agent.breakConnection();
    channel.write(Buffer.from('between\n'));
    await until(() => all().includes('between\r\nbetween'));
    expect(agent.tokens).toEqual(['token-1', 'token-2']);
    channel.terminate();
  });

  test('that cannot be resumed has ended', async () => {
    const { channel } = await opened({ plugin: { command: ['cat'] } });
    agent.breakConnection();
    expect(await channel.closed).toBe('the session has ended');
  });

  test('ends with the reason that the other side gives', async () => {
    const { channel } = await opened({ plugin: { command: ['cat'] } });
    agent.closeChannel('idle for 20 minutes');
    expect(await channel.closed).toBe('idle for 20 minutes');
  });

  test('sends nothing while the other side asks it to wait, and everything afterwards', async () => {
    const { channel, all } = await opened({ plugin: { command: ['cat'] } });
    agent.publish(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    channel.write(Buffer.from('held\n'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(agent.duringPause).toBe(0);
    agent.publish(false);
    await until(() => all().includes('held\r\nheld'));
    channel.terminate();
  });

  test('that is ended here tells the agent', async () => {
    const { channel } = await opened({ plugin: { command: ['cat'] } });
    channel.terminate();
    await until(() => agent.flags.length > 0);
    expect(agent.flags).toEqual([2]);
    expect(await channel.closed).toBe('');
  });

  test('that an account encrypts with a key of its own is refused, and both sides are told why', async () => {
    const actions = [{ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'key' } }];
    await expect(opened({ plugin: { command: ['cat'] }, actions })).rejects.toThrow(/encrypt sessions with a KMS key/);
    await until(() => agent.response !== undefined);
    expect(agent.response.Errors[0]).toMatch(/KMS/);
  });
});

describe('a shell', () => {
  test('runs in a real terminal: what is typed, Ctrl-C, its size, and its end', async () => {
    agent = await StubAgent.start({ plugin: { command: ['sh'] }, faults: UNRELIABLE, welcome: 'everything is recorded' });
    const local = localTerminal({ columns: 117, rows: 33 });
    const lines: string[] = [];
    const ended = runShellSession(agent.offer, { terminal: local, resume: over, report: (line) => void lines.push(line) });
    await until(() => local.shown().includes('$ '));
    local.type('stty size; echo $((40 + 2))\r');
    await until(() => local.shown().includes('42'));
    expect(local.shown()).toContain('33 117');
    local.type('cat\r');
    local.type('read-by-cat\r');
    await until(() => local.shown().split('read-by-cat').length === 3);
    local.type('\u0003');
    await until(() => local.shown().endsWith('$ '));
    local.type('echo after-$((1 + 1))\r');
    await until(() => local.shown().includes('after-2'));
    Object.assign(local.output, { columns: 60 }).emit('resize');
    await until(() => agent.sizes.length > 1);
    expect(agent.sizes).toEqual([
      { cols: 117, rows: 33 },
      { cols: 60, rows: 33 },
    ]);
    local.type('exit 3\r');
    expect(await ended).toBe(0);
    expect(lines).toEqual(['everything is recorded']);
  });

  test('that is broken off leaves the terminal as it was', async () => {
    agent = await StubAgent.start({ plugin: { command: ['sh'] } });
    const controller = new AbortController();
    const local = localTerminal({ columns: 80, rows: 24 });
    const modes: boolean[] = [];
    Object.assign(local.input, { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
    const ended = runShellSession(agent.offer, {
      terminal: local,
      resume: over,
      report: () => undefined,
      signal: controller.signal,
    });
    await until(() => local.shown().includes('$ '));
    controller.abort();
    expect(await ended).toBe(0);
    expect(modes).toEqual([true, false]);
  });
});

describe('a command', () => {
  async function run(command: string, input?: string, before = '') {
    const marker = new ExitMarker('a1b2');
    const line = `${before}${marker.line(command, false)}`;
    agent = await StubAgent.start({ plugin: { command: ['sh', '-c', line] }, faults: UNRELIABLE });
    const local = localTerminal();
    const ended = runShellSession(agent.offer, { terminal: local, marker, resume: over, report: () => undefined });
    if (input !== undefined) {
      local.type(input);
      local.end();
    }
    return { exitCode: await ended, shown: local.shown() };
  }

  test.each([
    ['true', 0],
    ['sh -c "exit 42"', 42],
    ['no-such-program', 127],
  ])('%s ends with %d', async (command, exitCode) => {
    expect((await run(command)).exitCode).toBe(exitCode);
  });

  test('shows its output without the mark, and with its own ends of lines', async () => {
    const { shown } = await run("printf 'one\\ntwo\\n'");
    expect(shown).toBe('one\ntwo\n');
  });

  test('reads what is piped to it, which nobody echoes', async () => {
    const { exitCode, shown } = await run('sleep 0.3; wc -l', 'one\ntwo\n');
    expect({ exitCode, shown: shown.trim() }).toEqual({ exitCode: 0, shown: '2' });
  });

  test('is sent nothing before its terminal has stopped to echo', async () => {
    const { exitCode, shown } = await run('wc -l', 'one\ntwo\n', 'sleep 1.5; ');
    expect({ exitCode, shown: shown.trim() }).toEqual({ exitCode: 0, shown: '2' });
  });

  test('that the session ends before has no exit code, and that is an error', async () => {
    agent = await StubAgent.start({ plugin: { command: ['sh', '-c', 'exit 1'] } });
    const ended = runShellSession(agent.offer, {
      terminal: localTerminal(),
      marker: new ExitMarker('a1b2'),
      resume: over,
      report: () => undefined,
    });
    await expect(ended).rejects.toThrow(/before the command.*\n.*no \/bin\/sh/);
  });
});
