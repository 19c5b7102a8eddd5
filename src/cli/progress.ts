/** Progress: one line that is overwritten on a terminal, one line for each step in a log. */
import type { TextSink } from './io';

const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  private done = 0;

  constructor(
    private readonly sink: TextSink,
    private readonly total: number,
  ) {}

  /** Reports the start of a step. */
  public begin(name: string): void {
    this.done += 1;
    const line = `synthesising ${name} (${this.done} of ${this.total})`;
    this.sink.write(this.sink.isTTY === true ? `${CLEAR_LINE}${line}` : `${line}\n`);
  }

  /** Clears the line on a terminal. */
  public end(): void {
    if (this.sink.isTTY === true) this.sink.write(CLEAR_LINE);
  }
}
