/** Quoting for the shell and for env files. */
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { dotenvLine, shellQuote } from '../../../../src/tiers/box/host/text';

describe('quoting', () => {
  test('any text is one word for the shell', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((text) => !text.includes('\0')),
          { minLength: 1, maxLength: 20 },
        ),
        (texts) => {
          const printed = execFileSync('bash', ['-c', `printf '%s\\0' ${texts.map(shellQuote).join(' ')}`], { encoding: 'utf8' });
          expect(printed.split('\0').slice(0, -1)).toEqual(texts);
        },
      ),
      { numRuns: 10 },
    );
  });

  test('a line of an env file keeps quotes, dollar signs and line feeds', () => {
    expect(dotenvLine('A', `it's $5\n"more"`)).toBe(`A='it\\'s $5\n"more"'`);
  });

  test('a backslash that an env file cannot hold is refused by the name of its variable', () => {
    expect(() => dotenvLine('PATTERN', 'ends with \\')).toThrow('variable PATTERN');
    expect(() => dotenvLine('PATTERN', "\\'")).toThrow('variable PATTERN');
    expect(dotenvLine('PATTERN', '\\d+')).toBe("PATTERN='\\d+'");
  });
});
