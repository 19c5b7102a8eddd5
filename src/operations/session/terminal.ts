/** Connects this terminal, or whatever standard input and output are, to a program elsewhere. */
import type { Readable, Writable } from 'node:stream';

/** Standard input and output of this process, or those of a test. */
export interface LocalTerminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
}

/** The program's side. */
export interface RemoteProgram {
  readonly write: (bytes: Buffer) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Nothing more is typed. */
  readonly end: () => void;
}

/** Whether a person sits here. */
export function isInteractive({ input, output }: LocalTerminal): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/**
 * Sends what is typed, Ctrl-C included, and the size of the terminal.
 * @returns to be called at the end: the terminal is as before
 */
export function connectTerminal({ input, output }: LocalTerminal, { write, resize, end }: RemoteProgram): () => void {
  const sendSize = (): void => {
    if (output.columns !== undefined && output.rows !== undefined) resize(output.columns, output.rows);
  };
  const type = (bytes: Buffer | string): void => write(Buffer.from(bytes));
  const isRaw = input.isTTY === true && input.setRawMode !== undefined;
  if (isRaw) input.setRawMode?.(true);
  input.on('data', type).on('end', end);
  output.on('resize', sendSize);
  sendSize();
  return () => {
    input.off('data', type).off('end', end);
    output.off('resize', sendSize);
    if (isRaw) input.setRawMode?.(false);
    // Otherwise the process waits for the next key.
    input.pause();
  };
}
