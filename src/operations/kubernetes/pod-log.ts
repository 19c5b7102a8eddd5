/** What a container of a pod writes, read again and again; each line is returned once. */
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClusterCalls } from './renewed-connection';

/** The lines of one container. */
export class PodLog {
  /** The time of the newest line that was returned, and how many lines have it. */
  private newest = '';
  private sameTime = 0;

  constructor(
    private readonly connection: () => Promise<ClusterCalls>,
    private readonly pod: string,
    private readonly container: string,
  ) {}

  /** The lines that have come since the last call. */
  public async next(): Promise<readonly string[]> {
    const { config, namespace, client } = await this.connection();
    const text = new Collected();
    // In whole seconds: Kubernetes ignores the rest. The lines of that second come again.
    const sinceTime = this.newest === '' ? undefined : `${this.newest.slice(0, 19)}Z`;
    await new client.Log(config).log(namespace, this.pod, this.container, text, { timestamps: true, sinceTime });
    await finished(text);
    return this.unseen(text.lines());
  }

  private unseen(lines: readonly string[]): readonly string[] {
    let skip = this.sameTime;
    return lines.flatMap((line) => {
      const space = line.indexOf(' ');
      const time = line.slice(0, space);
      if (time < this.newest) return [];
      if (time === this.newest && skip > 0) {
        skip -= 1;
        return [];
      }
      this.sameTime = time === this.newest ? this.sameTime + 1 : 1;
      this.newest = time;
      skip = 0;
      return [line.slice(space + 1)];
    });
  }
}

/** Keeps what is written to it. */
class Collected extends Writable {
  private readonly chunks: Buffer[] = [];

  public override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  public lines(): readonly string[] {
    return Buffer.concat(this.chunks)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
  }
}
