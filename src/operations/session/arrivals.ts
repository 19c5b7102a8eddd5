/** Puts messages in the order of their sequence numbers: the channel may repeat them and change their order. Pure. */

/** Messages that are kept until an earlier one arrives; the agent sends what does not fit again. */
const CAPACITY = 10_000;

export class Arrivals<T extends { readonly sequence: number }> {
  private expected = 0;
  private readonly early = new Map<number, T>();

  /**
   * @returns what is next in order, oldest first; undefined when the message was not taken, so that it must not be acknowledged.
   * One that is here already is taken: its acknowledgement was lost.
   */
  public take(message: T): readonly T[] | undefined {
    const { sequence } = message;
    if (sequence < this.expected) return [];
    if (sequence > this.expected) {
      if (this.early.size >= CAPACITY && !this.early.has(sequence)) return undefined;
      this.early.set(sequence, message);
      return [];
    }
    const ordered: T[] = [];
    let next: T | undefined = message;
    while (next !== undefined) {
      ordered.push(next);
      this.expected += 1;
      next = this.early.get(this.expected);
      this.early.delete(this.expected);
    }
    return ordered;
  }
}
