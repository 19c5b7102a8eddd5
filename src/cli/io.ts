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

/** Without lines that are overwritten where the environment asks for plain text: `NO_COLOR`, `TERM=dumb`. */
export function plainWhereAsked(io: Io): Io {
  if ((io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb') return io;
  const plain = (sink: TextSink): TextSink => ({ write: (text) => sink.write(text), isTTY: false });
  return { stdout: plain(io.stdout), stderr: plain(io.stderr), env: io.env };
}
