/**
 * Several connections in one stream of bytes, as agents multiplex forwarded ports: version 1 of the protocol of the Go package smux.
 *
 *   0 version, 1 | 1 command | 2 length of the data | 4 number of the connection | 8 data       integers are little-endian
 *
 * Source: https://github.com/xtaci/smux, frame.go.
 */

const COMMAND = { open: 0, end: 1, data: 2, nothing: 3 } as const;
const VERSION = 1;
const HEADER = 8;

/** The agent's longest frame is 32 KiB. */
const LONGEST = 16_384;

export interface MultiplexerOptions {
  /** Sends bytes to the other side. */
  readonly transmit: (bytes: Buffer) => void;
  /** Receives the data of a connection. */
  readonly data: (connection: number, bytes: Buffer) => void;
  /** The other side sends nothing more in a connection. */
  readonly end: (connection: number) => void;
}

/** The client's side: it opens connections, the agent does not. */
export class Multiplexer {
  /** Clients use odd numbers. */
  private next = 3;
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly options: MultiplexerOptions) {}

  /** @returns the number of the new connection */
  public open(): number {
    const connection = this.next;
    this.next += 2;
    this.options.transmit(frame(COMMAND.open, connection));
    return connection;
  }

  public write(connection: number, bytes: Buffer): void {
    for (let start = 0; start < bytes.length; start += LONGEST)
      this.options.transmit(frame(COMMAND.data, connection, bytes.subarray(start, start + LONGEST)));
  }

  /** Nothing more is sent in this connection. */
  public end(connection: number): void {
    this.options.transmit(frame(COMMAND.end, connection));
  }

  /** Takes bytes of the other side, in whatever pieces they come. @throws Error for what is not this protocol */
  public receive(bytes: Buffer): void {
    let buffer = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    while (buffer.length >= HEADER) {
      if (buffer[0] !== VERSION) throw new Error('the agent speaks another version of the multiplexing protocol');
      const end = HEADER + buffer.readUInt16LE(2);
      if (buffer.length < end) break;
      this.handle(buffer.readUInt8(1), buffer.readUInt32LE(4), buffer.subarray(HEADER, end));
      buffer = buffer.subarray(end);
    }
    this.rest = Buffer.from(buffer);
  }

  private handle(command: number, connection: number, data: Buffer): void {
    if (command === COMMAND.data) this.options.data(connection, data);
    if (command === COMMAND.end) this.options.end(connection);
  }
}

function frame(command: number, connection: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(VERSION, 0);
  header.writeUInt8(command, 1);
  header.writeUInt16LE(data.length, 2);
  header.writeUInt32LE(connection, 4);
  return Buffer.concat([header, data]);
}
