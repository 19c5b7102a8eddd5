/**
 * The exit code of a command in a session of Systems Manager, which returns only what the terminal shows: the command prints its code
 * with a word that nothing else prints, and the word is taken out of the output. Pure.
 */

const SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word of a POSIX shell that is this text. */
export function shellWord(text: string): string {
  return SAFE_WORD.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Words of a POSIX shell. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** The terminal echoes nothing, and ends lines as the command does: for output that a program reads. */
const PLAIN_TERMINAL = 'stty -echo -onlcr 2> /dev/null; ';

export class ExitMarker {
  /** Of the command, once it has ended. */
  public exitCode?: number;

  private readonly word: string;
  private held = '';

  /** @param nonce letters and digits that nobody can foresee */
  constructor(nonce: string) {
    this.word = `terrace-exit-${nonce}-`;
  }

  /** The line of a shell that runs the command and prints the mark. @param isTerminal whether a person reads along */
  public line(command: string, isTerminal: boolean): string {
    return `${isTerminal ? '' : PLAIN_TERMINAL}${command}; printf ${this.word}%d. $?`;
  }

  /** The output without the mark. What could be the beginning of one is held back. */
  public filter(bytes: Buffer): Buffer {
    // One character for each byte, so that no character of several bytes is cut.
    const text = this.held + bytes.toString('latin1');
    const start = text.indexOf(this.word);
    if (start !== -1) {
      const [whole, code] = /^(\d+)\./.exec(text.slice(start + this.word.length)) ?? [];
      if (whole !== undefined) this.exitCode = Number(code);
      this.held = whole === undefined ? text.slice(start) : '';
      const after = whole === undefined ? '' : text.slice(start + this.word.length + whole.length);
      return Buffer.from(text.slice(0, start) + after, 'latin1');
    }
    const kept = this.beginningAtEnd(text);
    this.held = text.slice(text.length - kept);
    return Buffer.from(text.slice(0, text.length - kept), 'latin1');
  }

  /** What was held back, when nothing follows. */
  public rest(): Buffer {
    const rest = Buffer.from(this.held, 'latin1');
    this.held = '';
    return rest;
  }

  /** The length of the longest beginning of the mark that the text ends with. */
  private beginningAtEnd(text: string): number {
    for (let length = Math.min(this.word.length, text.length); length > 0; length -= 1)
      if (text.endsWith(this.word.slice(0, length))) return length;
    return 0;
  }
}
