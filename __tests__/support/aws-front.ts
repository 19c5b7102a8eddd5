/** One address for everything of AWS: actions of a stub, and an emulator for the rest. The network to it can be cut. */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { StubAws, type Answer } from './stub-aws';

export class AwsFront {
  private readonly stub: StubAws;
  private readonly server: Server;
  private stubAt = '';
  private isCut = false;
  /** From the request on for which it says yes, nobody is answered any more. */
  public cutAt: (request: IncomingMessage) => boolean = () => false;

  /** @param emulator its address */
  constructor(
    private readonly actions: Readonly<Record<string, Answer>>,
    private readonly emulator: string,
  ) {
    this.stub = new StubAws(actions);
    this.server = createServer((from, to) => {
      this.isCut ||= this.cutAt(from);
      if (this.isCut) return void from.socket.destroy();
      const action = String(from.headers['x-amz-target']).split('.').at(-1) ?? '';
      const address = action in this.actions ? this.stubAt : this.emulator;
      const passed = request(new URL(from.url ?? '/', address), { method: from.method, headers: from.headers }, (answer) => {
        to.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(to);
      });
      passed.on('error', () => from.socket.destroy());
      from.pipe(passed);
    });
  }

  public get wasCut(): boolean {
    return this.isCut;
  }

  public mend(): void {
    this.isCut = false;
    this.cutAt = () => false;
  }

  /** @throws Error before it listens */
  public get endpoint(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** @returns its address */
  public async start(): Promise<string> {
    this.stubAt = await this.stub.start();
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this.endpoint;
  }

  /** What the stub was asked. */
  public get calls(): StubAws['calls'] {
    return this.stub.calls;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.stub.stop();
  }
}
