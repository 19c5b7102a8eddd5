/** The API of a Kubernetes cluster as a server on this machine: each test says what its paths answer. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ClusterRequest {
  /** `GET` */
  readonly method: string;
  /** Without the namespace: `jobs/sync-1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: any;
  readonly token: string;
}

export interface ClusterAnswer {
  /** @default 200 */
  readonly status?: number;
  /** Text, or an object that is sent as JSON. */
  readonly body: string | object;
}

export interface StubCluster {
  readonly endpoint: string;
  readonly server: Server;
  readonly requests: readonly ClusterRequest[];
  readonly stop: () => Promise<void>;
}

/** @param answer undefined: there is no such object */
export async function startStubCluster(answer: (request: ClusterRequest) => ClusterAnswer | undefined): Promise<StubCluster> {
  const requests: ClusterRequest[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const url = new URL(request.url ?? '/', 'http://cluster');
      const asked: ClusterRequest = {
        method: request.method ?? 'GET',
        path: url.pathname.replace(/^.*\/namespaces\/[^/]+\//, ''),
        query: url.searchParams,
        body: text === '' ? undefined : JSON.parse(text),
        token: request.headers.authorization ?? '',
      };
      requests.push(asked);
      const { status = 200, body } = answer(asked) ?? { status: 404, body: failure(404, `${asked.path} not found`) };
      response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    requests,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** As Kubernetes answers what it refuses. */
export function failure(code: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
