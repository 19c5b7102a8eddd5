/**
 * The exit code of a command in a session of Systems Manager, which returns only what the terminal shows: the command prints its code
 * with a word that nothing else prints, and the word is taken out of the output. Where no person reads along, another word says from
 * when on the terminal echoes nothing. Pure.
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

  /** Resolves once the command may be sent its input: before, the terminal would echo it into the output. */
  public readonly begun: Promise<void>;

  private readonly word: string;
  private readonly beginning: string;
  private begin: () => void = () => undefined;
  private hasBegun = false;
  private held = '';

  /** @param nonce letters and digits that nobody can foresee */
  constructor(nonce: string) {
    this.word = `terrace-exit-${nonce}-`;
    this.beginning = `terrace-begin-${nonce}.`;
    this.begun = new Promise((resolve) => {
      this.begin = () => {
        this.hasBegun = true;
        resolve();
      };
    });
  }

  /** The line of a shell that runs the command and prints the mark. @param isTerminal whether a person reads along */
  public line(command: string, isTerminal: boolean): string {
    if (isTerminal) this.begin();
    const first = isTerminal ? '' : `${PLAIN_TERMINAL}printf ${this.beginning}; `;
    return `${first}${command}; printf ${this.word}%d. $?`;
  }

  /** The output without the mark. What could be the beginning of one is held back. */
  public filter(bytes: Buffer): Buffer {
    // One character for each byte, so that no character of several bytes is cut.
    const text = this.withoutBeginning(this.held + bytes.toString('latin1'));
    if (!this.hasBegun) {
      this.held = text;
      return Buffer.alloc(0);
    }
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

  /** What comes before the command is none of its output. */
  private withoutBeginning(text: string): string {
    const start = this.hasBegun ? -1 : text.indexOf(this.beginning);
    if (start === -1) return text;
    this.begin();
    return text.slice(start + this.beginning.length);
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
