/** Standard input and output of a command that opens a shell. */
import { PassThrough } from 'node:stream';
import type { LocalTerminal } from '../../src/operations/session/terminal';

export interface TestTerminal extends LocalTerminal {
  readonly shown: () => string;
  readonly type: (text: string) => void;
  /** Nothing more is typed. */
  readonly end: () => void;
}

/** @param size of a terminal; without it, input and output are pipes */
export function localTerminal(size?: { readonly columns: number; readonly rows: number }): TestTerminal {
  const input = Object.assign(new PassThrough(), size && { isTTY: true, setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), size && { isTTY: true, ...size });
  let shown = '';
  output.on('data', (bytes: Buffer) => (shown += bytes.toString('utf8')));
  return { input, output, shown: () => shown, type: (text) => void input.write(text), end: () => void input.end() };
}
