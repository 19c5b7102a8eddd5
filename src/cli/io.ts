/** Where the program reads its settings and writes its output: the process, or a test. */

export interface TextSink {
  write(text: string): unknown;
  /** Whether it is a terminal; only there are lines overwritten. */
  readonly isTTY?: boolean;
}

export interface Io {
  /** Reports. */
  readonly stdout: TextSink;
  /** Progress and problems. */
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
}
