/** AWS as a server on this machine, for what no emulator does: each test says what the calls that it expects answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An error of AWS: thrown or returned by an answer. */
export class AwsFailure extends Error {
  constructor(name: string, message = name) {
    super(message);
    this.name = name;
  }
}

export type Answer = (input: any) => unknown;

/** Call, such as `StartExecution`, to its answer. */
export type Answers = Readonly<Record<string, Answer>>;

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/**
 * Services that speak JSON (SSM, ECS, CloudWatch Logs, Step Functions, Secrets Manager, SQS), and who asks (STS). A call without an
 * answer fails the client with `UnknownOperationException`.
 */
export class StubAws {
  /** The calls so far, each with its input. */
  public readonly calls: { readonly name: string; readonly input: any }[] = [];
  private readonly server: Server;

  constructor(public answers: Answers = {}) {
    this.server = createServer((request, response) => void this.respond(request, response));
  }

  /** @returns its address */
  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this.endpoint;
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string') return void response.setHeader('content-type', 'text/xml').end(IDENTITY);
    const answer = this.answerTo(target.split('.').at(-1) ?? '', text === '' ? {} : JSON.parse(text));
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (!(answer instanceof Error)) return void response.end(JSON.stringify(answer));
    // What is no failure of AWS is a mistake of the test.
    const name = answer instanceof AwsFailure ? answer.name : 'InternalFailure';
    response.writeHead(400).end(JSON.stringify({ __type: name, message: answer.message }));
  }

  private answerTo(name: string, input: unknown): unknown {
    this.calls.push({ name, input });
    const answer = this.answers[name];
    if (answer === undefined) return new AwsFailure('UnknownOperationException', `the test knows no ${name}`);
    try {
      return answer(input) ?? {};
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

export async function startStubAws(answers: Answers): Promise<StubAws> {
  const aws = new StubAws(answers);
  await aws.start();
  return aws;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
