/** Where the program reads its settings and writes its words: the process, or a test. */

/** A place to write text to. */
export interface TextSink {
  write(text: string): unknown;
  /** Whether a person watches; only then are lines overwritten. */
  readonly isTTY?: boolean;
}

export interface Io {
  /** The report. */
  readonly stdout: TextSink;
  /** Progress and problems. */
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
}
