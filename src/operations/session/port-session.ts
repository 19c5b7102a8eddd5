/** Forwards connections of this machine through a session to a port that the other side reaches. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { CommandError } from '../../cli/errors';
import { DataChannel, type DataChannelOptions, type SessionOffer } from './data-channel';
import { FLAG, PAYLOAD } from './message';
import { Multiplexer } from './multiplexer';

export interface PortSessionOptions extends Pick<DataChannelOptions, 'resume'> {
  /** @default any free port */
  readonly localPort?: number;
  /** Receives what happens. */
  readonly report: (line: string) => void;
}

/** Bytes that wait for a slow reader on this machine, above which nothing more is received. */
const SLOW_BYTES = 8 * 1024 * 1024;

/** An open port on this machine. */
export class PortSession {
  private readonly channel: DataChannel;
  private readonly multiplexer: Multiplexer;
  private readonly sockets = new Map<number, Socket>();
  private readonly server: Server;

  private constructor(
    offer: SessionOffer,
    private readonly options: PortSessionOptions,
  ) {
    this.channel = new DataChannel(offer, {
      resume: options.resume,
      report: options.report,
      receive: (type, payload) => this.receive(type, payload),
    });
    this.multiplexer = new Multiplexer({
      transmit: (bytes) => this.channel.write(bytes),
      data: (connection, bytes) => this.deliver(connection, bytes),
      end: (connection) => void this.sockets.get(connection)?.end(),
    });
    // Half-open connections: the other side may still answer when a client has sent everything.
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    void this.channel.closed.then(() => this.closeLocal());
  }

  /** @throws CommandError when the session or the port cannot be opened */
  public static async open(offer: SessionOffer, options: PortSessionOptions): Promise<PortSession> {
    const session = new PortSession(offer, options);
    await session.channel.opened;
    try {
      await session.listen(options.localPort ?? 0);
    } catch (error) {
      session.close();
      throw new CommandError(
        `the port ${options.localPort} of this machine cannot be opened: ${(error as Error).message}\n  fix   choose another one with --port`,
      );
    }
    return session;
  }

  /** On 127.0.0.1. */
  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Fulfilled with the reason, when the session has ended. */
  public get closed(): Promise<string> {
    return this.channel.closed;
  }

  public close(): void {
    this.channel.terminate();
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  private accept(socket: Socket): void {
    const connection = this.multiplexer.open();
    this.sockets.set(connection, socket);
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.multiplexer.write(connection, bytes);
      if (!this.channel.isBusy) return;
      socket.pause();
      void this.channel.drained().then(() => socket.resume());
    });
    socket.on('end', () => this.multiplexer.end(connection));
    socket.on('error', () => this.multiplexer.end(connection));
    socket.on('close', () => this.sockets.delete(connection));
  }

  private receive(type: number, payload: Buffer): void {
    if (type === PAYLOAD.output) this.multiplexer.receive(payload);
    else if (type === PAYLOAD.flag && payload.length >= 4 && payload.readUInt32BE(0) === FLAG.cannotConnectToPort)
      this.options.report('the other side cannot connect to its destination: does it run, and is the port open to it?');
  }

  private deliver(connection: number, bytes: Buffer): void {
    const socket = this.sockets.get(connection);
    if (socket === undefined) return;
    socket.write(bytes);
    if (socket.writableLength < SLOW_BYTES) return;
    this.channel.pauseReceiving(true);
    const resume = (): void => {
      socket.off('drain', resume).off('close', resume);
      this.channel.pauseReceiving(false);
    };
    socket.on('drain', resume).on('close', resume);
  }

  private closeLocal(): void {
    this.server.close();
    for (const socket of this.sockets.values()) socket.destroy();
  }
}
