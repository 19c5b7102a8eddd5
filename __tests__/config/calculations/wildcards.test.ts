/** Patterns of IAM: what two of them have in common, and what a pattern matches. */
import { arnsOverlap, matchesPattern, patternsOverlap } from '../../../src/config/calculations/wildcards';

describe('two patterns', () => {
  it.each([
    ['lambda:*', 'lambda:UpdateFunctionCode'],
    ['lambda:Update*', 'lambda:*Code'],
    ['*', 'iam:PassRole'],
    ['iam:P?ssRole', 'iam:PassRole'],
    ['a*c', 'a*b*c'],
    ['**', ''],
  ])('have a text in common: %s and %s', (one, other) => {
    expect(patternsOverlap(one, other)).toBe(true);
    expect(patternsOverlap(other, one)).toBe(true);
  });

  it.each([
    ['lambda:Get*', 'lambda:UpdateFunctionCode'],
    ['iam:PassRole', 'iam:PassRoles'],
    ['a?', 'a'],
    ['*a', '*b'],
    ['', 'a'],
  ])('have none in common: %s and %s', (one, other) => {
    expect(patternsOverlap(one, other)).toBe(false);
    expect(patternsOverlap(other, one)).toBe(false);
  });
});

describe('two ARNs', () => {
  const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';

  it('are compared part by part: an asterisk of the region does not reach into the name', () => {
    expect(arnsOverlap('arn:aws:secretsmanager:*:*:secret:rds!*', `${secret}/shop/prod/users/*`)).toBe(false);
    expect(arnsOverlap('arn:aws:secretsmanager:*:*:secret:rds!*', `${secret}*`)).toBe(true);
  });

  it('have everything in common with an asterisk, and with one that ends early', () => {
    for (const wide of ['*', 'arn:*', 'arn:aws:s3:*', 'arn:aws:s3:::*'])
      expect(arnsOverlap('arn:aws:s3:::state/*', wide)).toBe(true);
    expect(arnsOverlap('arn:aws:s3:::state', 'arn:aws:s3')).toBe(false);
  });
});

test('a wildcard in the text is not matched by a narrower pattern', () => {
  expect(matchesPattern('iam:Get*', 'iam:GetRole')).toBe(true);
  expect(matchesPattern('iam:Get*', 'iam:Get*')).toBe(true);
  expect(matchesPattern('iam:Get*', 'iam:*')).toBe(false);
  expect(matchesPattern('a.c', 'abc')).toBe(false);
});

test('two patterns overlap exactly when some text matches both: every pair of up to three characters', () => {
  const upTo = (length: number, letters: readonly string[]): readonly string[] =>
    length === 0 ? [''] : ['', ...letters.flatMap((letter) => upTo(length - 1, letters).map((rest) => letter + rest))];
  const patterns = upTo(3, ['a', 'b', '*', '?']);
  // What two of these have in common, they have in common within six characters.
  const texts = upTo(6, ['a', 'b']);
  const matched = patterns.map((pattern) => new Set(texts.filter((text) => matchesPattern(pattern, text))));
  const wrong = patterns.flatMap((one, index) =>
    patterns.filter((other, place) => {
      const inCommon = [...(matched[index] ?? [])].some((text) => matched[place]?.has(text));
      return patternsOverlap(one, other) !== inCommon;
    }),
  );
  expect(wrong).toEqual([]);
});
