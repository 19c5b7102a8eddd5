/** A store of parts behind HTTP, as S3 behind presigned addresses. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoredPart, TransferStore } from '../../src/operations/move/postgres';

export class PartStore implements TransferStore {
  public readonly parts = new Map<string, Buffer>();
  public readonly puts: string[] = [];
  /** Names of parts whose connection is cut once in the middle. */
  public readonly cut = new Set<string>();
  /** Told of each object that has arrived. */
  public onPut: (name: string) => void = () => undefined;
  private constructor(private readonly server: Server) {}

  public static async start(): Promise<PartStore> {
    const server = createServer((request, response) => {
      const name = decodeURIComponent(new URL(request.url ?? '/', 'http://store').pathname.slice(1));
      if (request.method === 'GET') {
        const content = store.parts.get(name);
        response.writeHead(content === undefined ? 404 : 200, { 'content-length': String(content?.length ?? 0) });
        response.end(content);
        return;
      }
      if (store.cut.delete(name)) return void request.socket.destroy();
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        store.puts.push(name);
        store.onPut(name);
        store.parts.set(name, Buffer.concat(chunks));
        response.end();
      });
    });
    const store = new PartStore(server);
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    return store;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  public addressToPut(name: string): Promise<string> {
    return Promise.resolve(this.address(name));
  }

  public addressToGet(name: string): Promise<string> {
    return Promise.resolve(this.address(name));
  }

  public list(): Promise<readonly StoredPart[]> {
    return Promise.resolve([...this.parts].map(([name, content]) => ({ name, bytes: content.length })));
  }

  public clear(beginning = ''): Promise<void> {
    for (const name of this.parts.keys()) if (name.startsWith(beginning)) this.parts.delete(name);
    return Promise.resolve();
  }

  private address(name: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${encodeURIComponent(name)}?signature=secret`;
  }
}
