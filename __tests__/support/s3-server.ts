/** A stub of S3 on this machine: lists and returns the objects of one bucket, or refuses everything. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubObject {
  /** Written as JSON. */
  readonly content: unknown;
  /** ISO 8601. @default 2026-01-01 */
  readonly written?: string;
}

export class StubS3 {
  public objects: Readonly<Record<string, StubObject>> = {};
  /** Whether every request is refused. */
  public denied = false;
  private server: Server | undefined;

  public async start(): Promise<string> {
    const server = createServer(({ url = '' }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://s3');
      const [status, body] = this.answer(decodeURIComponent(pathname), searchParams);
      response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** Lists one object a page, as S3 does with a thousand. */
  private answer(path: string, query: URLSearchParams): readonly [status: number, body: string] {
    if (this.denied) return [403, '<Error><Code>AccessDenied</Code><Message>not authorized to list</Message></Error>'];
    const [, , ...key] = path.split('/');
    if (key.join('/') === '') {
      const keys = Object.keys(this.objects).filter((one) => one.startsWith(query.get('prefix') ?? ''));
      const from = Number(query.get('continuation-token') ?? 0);
      const contents = keys
        .slice(from, from + 1)
        .map((one) => `<Contents><Key>${one}</Key><LastModified>${this.writtenAt(one)}</LastModified></Contents>`);
      const isTruncated = from + 1 < keys.length;
      const next = isTruncated ? `<NextContinuationToken>${from + 1}</NextContinuationToken>` : '';
      return [
        200,
        `<ListBucketResult><IsTruncated>${String(isTruncated)}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
      ];
    }
    const found = this.objects[key.join('/')];
    return found === undefined
      ? [404, '<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>']
      : [200, JSON.stringify(found.content)];
  }

  private writtenAt(key: string): string {
    return this.objects[key]?.written ?? '2026-01-01T00:00:00.000Z';
  }
}
