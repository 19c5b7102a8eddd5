/** AWS as a server on this machine: each test says what the calls that it expects answer. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a call answers: its result, or an error of AWS. */
export type Answer = object | AwsFailure;

export class AwsFailure {
  constructor(
    public readonly name: string,
    public readonly message: string,
  ) {}
}

/** Call, such as `StartExecution`, to its answer. */
export type Answers = Readonly<Record<string, (input: any) => Answer>>;

export interface StubAws {
  readonly endpoint: string;
  /** The calls so far, each with its input. */
  readonly calls: readonly { readonly name: string; readonly input: any }[];
  readonly stop: () => Promise<void>;
}

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>test</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** Knows who asks, and besides only the given calls; any other fails the client with `UnknownOperationException`. */
export async function startStubAws(answers: Answers): Promise<StubAws> {
  const calls: { name: string; input: any }[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const name = String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1)!;
      if (name === '') return response.setHeader('content-type', 'text/xml').end(IDENTITY);
      const input = JSON.parse(text);
      calls.push({ name, input });
      const answer = answers[name]?.(input) ?? new AwsFailure('UnknownOperationException', `the test knows no ${name}`);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      if (!(answer instanceof AwsFailure)) return response.end(JSON.stringify(answer));
      return response.writeHead(400).end(JSON.stringify({ __type: answer.name, message: answer.message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
