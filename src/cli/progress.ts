/** What is being worked on: a line that rewrites itself before a person, a line each in a log. */
import type { TextSink } from './io';

const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  private done = 0;

  constructor(
    private readonly sink: TextSink,
    private readonly total: number,
  ) {}

  /** Says what is begun. */
  public begin(name: string): void {
    this.done += 1;
    const line = `synthesising ${name} (${this.done} of ${this.total})`;
    this.sink.write(this.sink.isTTY === true ? `${CLEAR_LINE}${line}` : `${line}\n`);
  }

  /** Leaves the screen as if nothing had been said. */
  public end(): void {
    if (this.sink.isTTY === true) this.sink.write(CLEAR_LINE);
  }
}
