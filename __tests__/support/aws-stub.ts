/** APIs of AWS on loopback, for what no emulator does: each action is answered by a function of the test. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (input: any) => unknown;

/** Thrown by an action: an error of AWS. */
export class AwsRefusal extends Error {
  constructor(
    public readonly code: string,
    message = code,
  ) {
    super(message);
  }
}

/** Services that speak JSON (SSM, ECS, CloudWatch Logs, Step Functions, Secrets Manager, SQS), and STS. */
export class AwsStub {
  public readonly calls: { readonly action: string; readonly input: any }[] = [];
  private readonly server: Server;

  /** @param actions `SendCommand` to what it answers */
  constructor(private readonly actions: Readonly<Record<string, Answer>>) {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const target = request.headers['x-amz-target'];
        if (typeof target !== 'string') {
          response.setHeader('content-type', 'text/xml');
          response.end(
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/admin/ann</Arn><UserId>U</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>',
          );
          return;
        }
        const action = target.split('.').at(-1) ?? '';
        const input: unknown = JSON.parse(body === '' ? '{}' : body);
        this.calls.push({ action, input });
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        try {
          const answer = this.actions[action];
          if (answer === undefined) throw new AwsRefusal('UnknownOperationException', `the stub knows no ${action}`);
          response.end(JSON.stringify(answer(input) ?? {}));
        } catch (error) {
          response.statusCode = 400;
          response.end(
            JSON.stringify({ __type: error instanceof AwsRefusal ? error.code : 'InternalFailure', message: String(error) }),
          );
        }
      });
    });
  }

  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Credentials that the stub does not look at. @returns puts back what was there */
export function withTestCredentials(): () => void {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  return () => {
    process.env = before;
  };
}
