/** The data channel of a session of Systems Manager: ordered bytes in both directions over a websocket that may break. */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket, { type RawData } from 'ws';
import { CommandError } from '../../cli/errors';
import { Arrivals } from './arrivals';
import { Departures } from './departures';
import { answerHandshake, CLIENT_VERSION } from './handshake';
import { acknowledgement, decode, encode, FLAG, PAYLOAD, type SessionMessage } from './message';

/** A session that AWS has started, as its calls return it. */
export interface SessionOffer {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

export interface DataChannelOptions {
  /** Receives what the other side sends, in order: a type of `PAYLOAD`, and its bytes. */
  readonly receive: (payloadType: number, payload: Buffer) => void;
  /** Asks for a new token after the websocket broke; undefined when the session is over. */
  readonly resume: () => Promise<string | undefined>;
  /** Receives what the account wants people to read at the start of a session. */
  readonly report?: (text: string) => void;
}

/** Source: the same constants of the Session Manager plugin. */
const LOOK_MILLIS = 100;
const PING_MILLIS = 300_000;
const PAYLOAD_BYTES = 1024;

/** Messages without acknowledgement, above which a writer should wait. */
const WINDOW = 2000;

const RECONNECTIONS = 5;

/** In which the service answers the end of a websocket. */
const CLOSING_MILLIS = 1000;

interface Events {
  /** Everything that is written can be sent: writers go on. */
  readonly drain: [];
}

export class DataChannel {
  /** Fulfilled when the agent is ready. @throws CommandError when it refuses, or ends the session before */
  public readonly opened: Promise<void>;
  /** Fulfilled when the session has ended, with the reason that the other side gives, which is often empty. */
  public readonly closed: Promise<string>;

  private readonly events = new EventEmitter<Events>();
  private readonly arrivals = new Arrivals<SessionMessage>();
  private readonly departures = new Departures();
  private readonly timers: readonly NodeJS.Timeout[];
  private socket?: WebSocket;
  private sequence = 0;
  /** Messages of a pause: they are sent when the other side wants to hear again. */
  private held: SessionMessage[] = [];
  private isHeld = false;
  private isFull = false;
  private isEnded = false;
  private open!: () => void;
  private fail!: (error: Error) => void;
  private end!: (reason: string) => void;

  constructor(
    private readonly offer: SessionOffer,
    private readonly options: DataChannelOptions,
  ) {
    this.closed = new Promise((resolve) => (this.end = resolve));
    this.opened = new Promise((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
    // Whoever waits for the end only is told there.
    this.opened.catch(() => undefined);
    this.connect(offer.tokenValue);
    this.timers = [setInterval(() => this.look(), LOOK_MILLIS), setInterval(() => this.socket?.ping(), PING_MILLIS)];
  }

  /** Sends bytes, in as many messages as they need. */
  public write(bytes: Buffer): void {
    for (let start = 0; start < bytes.length; start += PAYLOAD_BYTES)
      this.send(PAYLOAD.output, bytes.subarray(start, start + PAYLOAD_BYTES));
  }

  /** The size of the terminal. */
  public resize(columns: number, rows: number): void {
    this.send(PAYLOAD.size, Buffer.from(JSON.stringify({ cols: columns, rows })));
  }

  /** Whether so much is on its way that a writer should wait for `drained`. */
  public get isBusy(): boolean {
    return this.departures.size + this.held.length > WINDOW;
  }

  /** Fulfilled when a writer can go on, or the session has ended. */
  public async drained(): Promise<void> {
    while (this.isBusy && !this.isEnded) await once(this.events, 'drain');
  }

  /** Stops receiving until it is called with false: the other side waits, because nothing is acknowledged. */
  public pauseReceiving(isFull: boolean): void {
    this.isFull = isFull;
    if (isFull) this.socket?.pause();
    else this.socket?.resume();
  }

  /** Asks the agent to end the session, and ends this side. */
  public terminate(): void {
    if (this.isEnded) return;
    const flag = Buffer.alloc(4);
    flag.writeUInt32BE(FLAG.terminateSession);
    this.send(PAYLOAD.flag, flag);
    this.finish('');
  }

  private connect(token: string): void {
    if (this.isEnded) return;
    const socket = new WebSocket(this.offer.streamUrl);
    this.socket = socket;
    socket.on('open', () => {
      const opening = {
        MessageSchemaVersion: '1.0',
        RequestId: randomUUID(),
        TokenValue: token,
        ClientId: randomUUID(),
        ClientVersion: CLIENT_VERSION,
      };
      socket.send(JSON.stringify(opening));
      if (this.isFull) socket.pause();
    });
    socket.on('message', (data, isBinary) => isBinary && socket === this.socket && this.handle(bytesOf(data)));
    // An error is followed by the end of the connection.
    socket.on('error', () => undefined);
    socket.on('close', () => socket === this.socket && void this.reconnect());
  }

  private async reconnect(): Promise<void> {
    for (let attempt = 0; attempt < RECONNECTIONS && !this.isEnded; attempt += 1) {
      await sleep(attempt === 0 ? 0 : LOOK_MILLIS * 2 ** attempt);
      try {
        const token = await this.options.resume();
        if (token !== undefined && token !== '') this.connect(token);
        else this.finish('the session has ended');
        return;
      } catch {
        // The network may be back at the next attempt.
      }
    }
    this.finish('the connection is lost');
  }

  private handle(frame: Buffer): void {
    const message = decode(frame);
    if (message === undefined || this.isEnded) return;
    switch (message.type) {
      case 'output_stream_data':
        this.handleStream(message);
        return;
      case 'acknowledge':
        this.handleAcknowledgement(message.payload);
        return;
      case 'channel_closed':
        this.finish(reasonOf(message.payload));
        return;
      case 'pause_publication':
        this.isHeld = true;
        return;
      case 'start_publication':
        this.release();
        return;
    }
  }

  private handleStream(message: SessionMessage): void {
    const ordered = this.arrivals.take(message);
    if (ordered === undefined) return;
    this.transmit(acknowledgement(message));
    for (const { payloadType, payload } of ordered) this.deliver(payloadType, payload);
  }

  private deliver(payloadType: number, payload: Buffer): void {
    switch (payloadType) {
      case PAYLOAD.handshakeRequest: {
        const { payload: answer, refusal } = answerHandshake(payload);
        this.send(PAYLOAD.handshakeResponse, answer);
        if (refusal !== undefined) this.finish(refusal);
        return;
      }
      case PAYLOAD.handshakeComplete: {
        const { CustomerMessage: text = '' } = JSON.parse(payload.toString('utf8')) as { readonly CustomerMessage?: string };
        if (text !== '') this.options.report?.(text);
        this.open();
        return;
      }
      default:
        // Old agents begin without a handshake.
        this.open();
        this.options.receive(payloadType, payload);
    }
  }

  private handleAcknowledgement(payload: Buffer): void {
    const { AcknowledgedMessageSequenceNumber: sequence } = JSON.parse(payload.toString('utf8')) as {
      readonly AcknowledgedMessageSequenceNumber?: number;
    };
    if (sequence !== undefined) this.departures.acknowledge(sequence, performance.now());
    if (!this.isBusy) this.events.emit('drain');
  }

  private send(payloadType: number, payload: Buffer): void {
    if (this.isEnded) return;
    const message: SessionMessage = {
      type: 'input_stream_data',
      sequence: this.sequence,
      id: randomUUID(),
      payloadType,
      payload,
    };
    this.sequence += 1;
    if (this.isHeld) this.held.push(message);
    else this.depart(message);
  }

  private depart(message: SessionMessage): void {
    const frame = encode(message);
    this.departures.add(message.sequence, frame, performance.now());
    this.transmit(frame);
  }

  private release(): void {
    this.isHeld = false;
    for (const message of this.held.splice(0)) this.depart(message);
  }

  private look(): void {
    const now = performance.now();
    if (this.departures.isGivenUp(now)) {
      this.finish('the other side does not answer any more');
      return;
    }
    if (this.isHeld || this.socket?.readyState !== WebSocket.OPEN) return;
    for (const frame of this.departures.overdue(now)) this.transmit(frame);
  }

  /** What a broken connection does not transmit is repeated over the next one. */
  private transmit(frame: Buffer): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  private finish(reason: string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    for (const timer of this.timers) clearInterval(timer);
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    // A process does not wait for a service that does not answer.
    setTimeout(() => socket?.terminate(), CLOSING_MILLIS).unref();
    this.fail(new CommandError(reason === '' ? 'the session ended before it began' : reason));
    this.end(reason);
    this.events.emit('drain');
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function reasonOf(payload: Buffer): string {
  try {
    const { Output: output = '' } = JSON.parse(payload.toString('utf8')) as { readonly Output?: string };
    return output;
  } catch {
    return '';
  }
}
