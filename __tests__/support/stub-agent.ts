/**
 * The other side of a session of Systems Manager: a websocket that frames like the agent, and behind it a shell or a port. It can
 * lose, repeat and reorder messages, pause, and break the connection. Its framing is written apart from that of the product.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { randomNumbers } from './random-numbers';

export interface Faults {
  /** Parts of all messages, in both directions. */
  readonly lost?: number;
  readonly repeated?: number;
  readonly delayed?: number;
  readonly seed?: number;
}

export interface StubAgentOptions {
  /** A shell in a terminal, the command of a shell, or a socket that stands for a port. */
  readonly plugin: { readonly command: readonly string[] } | { readonly socket: string } | { readonly output: readonly Buffer[] };
  readonly faults?: Faults;
  /** Further actions of the handshake. */
  readonly actions?: readonly object[];
  readonly welcome?: string;
}

interface Frame {
  readonly type: string;
  readonly sequence: number;
  readonly payloadType: number;
  readonly payload: Buffer;
  readonly id: string;
}

const [OUTPUT, SIZE, REQUEST, RESPONSE, COMPLETE, FLAG] = [1, 3, 5, 6, 7, 10];

export class StubAgent {
  /** The tokens that clients came with. */
  public readonly tokens: string[] = [];
  public readonly sizes: object[] = [];
  public readonly flags: number[] = [];
  public response?: any;
  /** The number of stream messages that arrived while publication was paused. */
  public duringPause = 0;

  private readonly server: WebSocketServer;
  private readonly random: () => number;
  private socket?: WebSocket;
  private sequence = 0;
  private expected = 0;
  private readonly early = new Map<number, Frame>();
  private readonly unacknowledged = new Map<number, Buffer>();
  private readonly timer: NodeJS.Timeout;
  private terminal?: ChildProcess;
  private readonly connections = new Map<number, Socket>();
  private rest = Buffer.alloc(0);
  private isPaused = false;

  private constructor(private readonly options: StubAgentOptions) {
    this.random = randomNumbers(options.faults?.seed ?? 1);
    this.server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    this.server.on('connection', (socket) => this.welcome(socket));
    this.timer = setInterval(() => {
      for (const frame of [...this.unacknowledged.values()].slice(0, 50)) this.send(frame);
    }, 50);
  }

  public static async start(options: StubAgentOptions): Promise<StubAgent> {
    const agent = new StubAgent(options);
    if (agent.server.address() === null) await new Promise((resolve) => agent.server.once('listening', resolve));
    return agent;
  }

  public get offer() {
    const { port } = this.server.address() as AddressInfo;
    return { sessionId: 'session-1', streamUrl: `ws://127.0.0.1:${port}/channel`, tokenValue: 'token-1' };
  }

  /** The channel is closed, as the service does it. */
  public closeChannel(reason: string): void {
    const payload = Buffer.from(JSON.stringify({ SessionId: 'session-1', Output: reason }));
    this.socket?.send(frameOf({ type: 'channel_closed', sequence: 0, payloadType: 0, payload }));
  }

  /** The connection breaks without a word. */
  public breakConnection(): void {
    this.socket?.terminate();
  }

  public publish(isPaused: boolean): void {
    this.isPaused = isPaused;
    const type = isPaused ? 'pause_publication' : 'start_publication';
    this.socket?.send(frameOf({ type, sequence: 0, payloadType: 0, payload: Buffer.alloc(0) }));
  }

  /** Sends stream data. */
  public stream(payloadType: number, payload: Buffer): void {
    const frame = frameOf({ type: 'output_stream_data', sequence: this.sequence, payloadType, payload });
    this.unacknowledged.set(this.sequence, frame);
    this.sequence += 1;
    this.send(frame);
  }

  public async stop(): Promise<void> {
    clearInterval(this.timer);
    this.terminal?.disconnect();
    for (const socket of this.connections.values()) socket.destroy();
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private welcome(socket: WebSocket): void {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        this.unless(() => this.handle(parse(data)));
        return;
      }
      this.tokens.push(JSON.parse(data.toString()).TokenValue);
      if (this.tokens.length > 1) return;
      const type = 'socket' in this.options.plugin ? 'Port' : 'Standard_Stream';
      const actions = [{ ActionType: 'SessionType', ActionParameters: { SessionType: type } }, ...(this.options.actions ?? [])];
      const request = { AgentVersion: '3.3.987.0', RequestedClientActions: actions };
      this.stream(REQUEST, Buffer.from(JSON.stringify(request)));
    });
  }

  private send(frame: Buffer): void {
    this.unless(() => this.socket?.readyState === WebSocket.OPEN && this.socket.send(frame));
  }

  /** Does something, unless a fault comes between. */
  private unless(action: () => void): void {
    const { lost = 0, repeated = 0, delayed = 0 } = this.options.faults ?? {};
    if (this.random() < lost) return;
    if (this.random() < repeated) action();
    if (this.random() < delayed) setTimeout(action, this.random() * 30);
    else action();
  }

  private handle(frame: Frame): void {
    if (frame.type === 'acknowledge') {
      this.unacknowledged.delete(JSON.parse(frame.payload.toString()).AcknowledgedMessageSequenceNumber);
      return;
    }
    if (this.isPaused) this.duringPause += 1;
    const content = {
      AcknowledgedMessageType: frame.type,
      AcknowledgedMessageId: frame.id,
      AcknowledgedMessageSequenceNumber: frame.sequence,
      IsSequentialMessage: true,
    };
    this.send(frameOf({ type: 'acknowledge', sequence: 0, payloadType: 0, payload: Buffer.from(JSON.stringify(content)) }));
    if (frame.sequence >= this.expected) this.early.set(frame.sequence, frame);
    for (let next = this.early.get(this.expected); next !== undefined; next = this.early.get(this.expected)) {
      this.early.delete(this.expected);
      this.expected += 1;
      this.input(next);
    }
  }

  private input({ payloadType, payload }: Frame): void {
    if (payloadType === RESPONSE) {
      this.response = JSON.parse(payload.toString());
      if (this.response.Errors.length > 0) return;
      const done = { HandshakeTimeToComplete: 1, CustomerMessage: this.options.welcome ?? '' };
      this.stream(COMPLETE, Buffer.from(JSON.stringify(done)));
      this.startPlugin();
    } else if (payloadType === SIZE) {
      const size = JSON.parse(payload.toString());
      this.sizes.push(size);
      this.terminal?.send({ columns: size.cols, rows: size.rows });
    } else if (payloadType === FLAG) {
      this.flags.push(payload.readUInt32BE(0));
    } else if ('socket' in this.options.plugin) {
      this.demultiplex(payload, this.options.plugin.socket);
    } else {
      this.terminal?.send({ data: payload.toString('utf8') });
    }
  }

  private startPlugin(): void {
    const { plugin } = this.options;
    if ('output' in plugin) for (const payload of plugin.output) this.stream(OUTPUT, payload);
    if (!('command' in plugin)) return;
    this.terminal = fork(join(__dirname, 'terminal-process.js'), plugin.command, { stdio: 'inherit' });
    this.terminal.on('message', ({ data, ended }: { data?: string; ended?: boolean }) => {
      if (data !== undefined) this.stream(OUTPUT, Buffer.from(data));
      if (ended) this.endPlugin();
    });
  }

  /** Once everything has arrived. */
  private endPlugin(): void {
    this.terminal = undefined;
    const timer = setInterval(() => {
      if (this.unacknowledged.size > 0) return;
      clearInterval(timer);
      this.closeChannel('');
    }, 10);
  }

  /** Version 1 of smux, the server's side. */
  private demultiplex(bytes: Buffer, path: string): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= 8 && this.rest.length >= 8 + this.rest.readUInt16LE(2)) {
      const length = this.rest.readUInt16LE(2);
      const [command, id, data] = [this.rest[1], this.rest.readUInt32LE(4), this.rest.subarray(8, 8 + length)];
      this.rest = this.rest.subarray(8 + length);
      if (command === 0) this.dial(id, path);
      if (command === 1) this.connections.get(id)?.end();
      if (command === 2) this.connections.get(id)?.write(data);
    }
  }

  private dial(id: number, path: string): void {
    const socket = connect({ path });
    this.connections.set(id, socket);
    const frame = (command: number, data: Buffer = Buffer.alloc(0)): void => {
      const header = Buffer.from([1, command, 0, 0, 0, 0, 0, 0]);
      header.writeUInt16LE(data.length, 2);
      header.writeUInt32LE(id, 4);
      const whole = Buffer.concat([header, data]);
      // In pieces that have nothing to do with the frames.
      for (let at = 0; at < whole.length; at += 1400) this.stream(OUTPUT, whole.subarray(at, at + 1400));
    };
    socket.on('data', (data) => {
      for (let at = 0; at < data.length; at += 32_768) frame(2, data.subarray(at, at + 32_768));
      // The agent sends nothing more while too much is on its way.
      if (this.unacknowledged.size > 500) socket.pause();
      const timer = setInterval(() => {
        if (this.unacknowledged.size > 100) return;
        clearInterval(timer);
        socket.resume();
      }, 1);
    });
    socket.on('end', () => frame(1));
    socket.on('error', () => {
      this.stream(FLAG, Buffer.from([0, 0, 0, 3]));
      frame(1);
    });
  }
}

function frameOf(frame: Omit<Frame, 'id'>): Buffer {
  const header = Buffer.alloc(120);
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  header.writeInt32BE(116, 0);
  header.write(frame.type.padEnd(32, '\0'), 4);
  header.writeInt32BE(1, 36);
  header.writeBigInt64BE(BigInt(Date.now()), 40);
  header.writeBigInt64BE(BigInt(frame.sequence), 48);
  Buffer.concat([id.subarray(8), id.subarray(0, 8)]).copy(header, 64);
  createHash('sha256').update(frame.payload).digest().copy(header, 80);
  header.writeInt32BE(frame.payloadType, 112);
  header.writeInt32BE(frame.payload.length, 116);
  return Buffer.concat([header, frame.payload]);
}

function parse(data: Buffer): Frame {
  const payload = data.subarray(data.readInt32BE(0) + 4);
  if (payload.length !== data.readInt32BE(116)) throw new Error('the length of the payload is wrong');
  if (!createHash('sha256').update(payload).digest().equals(data.subarray(80, 112))) throw new Error('the digest is wrong');
  const id = Buffer.concat([data.subarray(72, 80), data.subarray(64, 72)]).toString('hex');
  return {
    type: data.toString('latin1', 4, 36).trimEnd(),
    sequence: Number(data.readBigInt64BE(48)),
    payloadType: data.readInt32BE(112),
    payload,
    id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  };
}
