/** A local HTTP server with the answers of a test, which records its requests. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Undefined is 404. */
export type Respond = (asked: Asked) => Answer | undefined;

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

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
        const { status, text, ...answer } = recorder.take({
          method,
          path: url,
          headers,
          body: Buffer.concat(chunks).toString('latin1'),
        });
        response.writeHead(status, answer.headers).end(text);
      });
    });
    return recorder;
  }

  /** Records a request and answers it: one that the server has read, or one that needs no connection. */
  public take(asked: Asked): { readonly status: number; readonly text: string; readonly headers: Record<string, string> } {
    this.asked.push(asked);
    const { status = 200, body = {}, headers = {} } = this.respond(asked) ?? { status: 404, body: { message: 'Not Found' } };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, text, headers: { 'Content-Type': 'application/json', ...headers } };
  }

  /** Removes the recorded requests and sets the answers. */
  public answer(respond: Respond): void {
    this.asked.length = 0;
    this.respond = respond;
  }

  /** The recorded requests other than GET. */
  public writes(): readonly string[] {
    return this.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
