/** A stub of AWS's services that speak JSON: answers each action of `X-Amz-Target` as a test says, and records the calls. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Input to output; what it throws is the error of AWS with this name. */
export type Actions = Readonly<Record<string, (input: any) => unknown>>;

export class AwsFailure extends Error {
  constructor(name: string, message = name) {
    super(message);
    this.name = name;
  }
}

export class StubAws {
  public actions: Actions = {};
  /** `PutSecretValue`, with its input. */
  public readonly calls: { readonly action: string; readonly input: any }[] = [];
  private server: Server | undefined;

  public async start(): Promise<string> {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
        const { status, body } = this.answer(action, text === '' ? {} : JSON.parse(text));
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private answer(action: string, input: unknown): { readonly status: number; readonly body: unknown } {
    this.calls.push({ action, input });
    try {
      const act = this.actions[action];
      if (act === undefined) throw new AwsFailure('UnknownOperationException', `this test knows no ${action}`);
      return { status: 200, body: act(input) };
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      return { status: 400, body: { __type: error.name, message: error.message } };
    }
  }
}
