/** A mistake of the person at the keyboard, told in one line and without a stack trace. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** 1: what was asked for is not there. 2: the command was used wrongly. */
    public readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}
