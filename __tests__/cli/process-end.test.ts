/** The end of the process. */
import { EventEmitter } from 'node:events';
import { superviseEnd } from '../../src/cli/process-end';

function start() {
  const sink = () => Object.assign(new EventEmitter(), { text: '', write: (added: string) => void (stream.err.text += added) });
  const stream = { out: sink(), err: sink() };
  const events = new EventEmitter();
  const process = Object.assign(events, { stdout: stream.out, stderr: stream.err, exitCode: undefined, exit: () => undefined });
  const done = superviseEnd(process);
  const end = () => {
    events.emit('exit');
    return { exitCode: process.exitCode as unknown, said: stream.err.text };
  };
  return { done, end, emit: events.emit.bind(events), ...stream };
}

const fault = (code: string) => Object.assign(new Error(`${code}: a message, write`), { code });

test('a program that is done ends with its exit code', () => {
  const { done, end } = start();
  done(3);
  expect(end()).toEqual({ exitCode: 3, said: '' });
});

test('a program that is ended before it is done fails, and says so', () => {
  const { exitCode, said } = start().end();
  expect(exitCode).toBe(1);
  expect(said).toMatch(/^the program ended before it was done/);
});

test('a reader that stops early is no error', () => {
  const { done, end, out } = start();
  done(0);
  out.emit('error', fault('EPIPE'));
  expect(end()).toEqual({ exitCode: 0, said: '' });
});

test.each(['before', 'after'])('an output that cannot be written is told once, and fails: %s the program is done', (when) => {
  const { done, end, out } = start();
  if (when === 'after') done(0);
  out.emit('error', fault('ENOSPC'));
  out.emit('error', fault('ENOSPC'));
  if (when === 'before') done(0);
  expect(end()).toEqual({ exitCode: 1, said: 'standard output cannot be written: ENOSPC: a message, write\n' });
});

test('an error that nobody waits for fails in words, without a stack trace', () => {
  const { end, emit } = start();
  emit('unhandledRejection', new TypeError('shop is not defined'));
  const { exitCode, said } = end();
  expect(exitCode).toBe(1);
  expect(said).toMatch(/^TypeError: shop is not defined/);
  expect(said).not.toMatch(/^\s+at /m);
});
