/** An HTTP server on this machine that answers as a test says and remembers what it was asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** What to answer; undefined is 404. */
export type Respond = (asked: Asked) => { readonly status?: number; readonly body?: unknown } | undefined;

export class Recorder {
  public readonly asked: Asked[] = [];
  private respond: Respond = () => undefined;

  private constructor(
    private readonly server: Server,
    public readonly url: string,
  ) {}

  public static async start(): Promise<Recorder> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const recorder = new Recorder(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const asked = { method, path: url, headers, body: Buffer.concat(chunks).toString('latin1') };
        recorder.asked.push(asked);
        const { status = 200, body = {} } = recorder.respond(asked) ?? { status: 404, body: { message: 'Not Found' } };
        response
          .writeHead(status, { 'Content-Type': 'application/json' })
          .end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    return recorder;
  }

  /** Forgets what was asked and answers so from now on. */
  public answer(respond: Respond): void {
    this.asked.length = 0;
    this.respond = respond;
  }

  /** What was asked, without what only reads. */
  public writes(): readonly string[] {
    return this.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
