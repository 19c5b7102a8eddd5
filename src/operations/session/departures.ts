/** Keeps what was sent until it is acknowledged, and says what has to be sent again. Pure: its time is given. */

interface Sent {
  readonly frame: Buffer;
  /** Milliseconds. */
  readonly first: number;
  last: number;
}

/** Milliseconds. */
const SHORTEST_TIMEOUT = 200;
const LONGEST_TIMEOUT = 1000;

/** After this, nobody is there: five minutes, as in the Session Manager plugin. */
const GIVEN_UP_MILLIS = 300_000;

/** The oldest that are repeated at once: the agent needs them before it can use the others. */
const REPEATED_AT_ONCE = 16;

export class Departures {
  private readonly sent = new Map<number, Sent>();
  /** Smoothed round trip and its variation, as TCP calculates them (RFC 6298). */
  private roundTrip?: number;
  private variation = 0;

  /** The number of messages that wait for an acknowledgement. */
  public get size(): number {
    return this.sent.size;
  }

  public add(sequence: number, frame: Buffer, now: number): void {
    this.sent.set(sequence, { frame, first: now, last: now });
  }

  public acknowledge(sequence: number, now: number): void {
    const message = this.sent.get(sequence);
    if (message === undefined) return;
    this.sent.delete(sequence);
    // Which of several copies was acknowledged is not known: they say nothing about the round trip.
    if (message.first === message.last) this.measure(now - message.first);
  }

  /** The frames that are overdue, oldest first; from now on they count as sent again. */
  public overdue(now: number): readonly Buffer[] {
    const frames: Buffer[] = [];
    for (const message of this.sent.values()) {
      if (frames.length === REPEATED_AT_ONCE) break;
      if (now - message.last < this.timeout) continue;
      message.last = now;
      frames.push(message.frame);
    }
    return frames;
  }

  /** Whether the oldest message is still not acknowledged after five minutes. */
  public isGivenUp(now: number): boolean {
    const [oldest] = this.sent.values();
    return oldest !== undefined && now - oldest.first > GIVEN_UP_MILLIS;
  }

  private get timeout(): number {
    if (this.roundTrip === undefined) return LONGEST_TIMEOUT;
    return Math.min(LONGEST_TIMEOUT, Math.max(SHORTEST_TIMEOUT, this.roundTrip + 4 * this.variation));
  }

  private measure(sample: number): void {
    if (this.roundTrip === undefined) {
      this.roundTrip = sample;
      this.variation = sample / 2;
      return;
    }
    this.variation = 0.75 * this.variation + 0.25 * Math.abs(this.roundTrip - sample);
    this.roundTrip = 0.875 * this.roundTrip + 0.125 * sample;
  }
}
