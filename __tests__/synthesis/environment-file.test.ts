/** Environment files: a fault of any kind in one is an error of this file. */
import { readEnvironmentFile } from '../../src/synthesis/environment-file';

const read = (load: () => unknown) => readEnvironmentFile('shop-dev', () => Promise.resolve().then(load) as never);

describe('a file is read', () => {
  it('when it exports an object', async () => {
    const described = { name: 'shop-dev' };
    expect(await read(() => ({ default: described, extend: 1 }))).toEqual({ description: described, extend: 1 });
  });

  it('without a change of the process afterwards', async () => {
    const exit = Object.getOwnPropertyDescriptor(process, 'exit');
    const listeners = process.listeners('unhandledRejection');
    const exits = process.listenerCount('exit');
    await read(() => ({ default: {} }));
    expect(Object.getOwnPropertyDescriptor(process, 'exit')).toEqual(exit);
    expect(process.listeners('unhandledRejection')).toEqual(listeners);
    expect(process.listenerCount('exit')).toBe(exits);
  });
});

describe('a file is refused, in words', () => {
  it.each<readonly [what: string, exported: object, message: RegExp]>([
    [
      'no default export',
      { shop: {} },
      /no default export: it exports shop; write `export default .* instead of `export const shop`/,
    ],
    ['no export', {}, /it exports nothing/],
    ['a promise', { default: Promise.resolve({}) }, /the default export is a promise/],
    ['a function', { default: () => ({}) }, /the default export is a function: call it/],
  ])('that has %s', async (_what, exported, message) => {
    await expect(read(() => exported)).rejects.toThrow(message);
  });

  it('that calls process.exit, which ends nothing and is no success', async () => {
    const load = () => {
      process.exit(0);
    };
    await expect(read(load)).rejects.toThrow(/it calls process\.exit/);
  });

  it('that throws', async () => {
    const load = () => {
      throw new TypeError('shop is not defined');
    };
    await expect(read(load)).rejects.toThrow(/shop is not defined/);
  });
});
