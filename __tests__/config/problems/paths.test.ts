/** Paths in readable form, and back. */
import fc from 'fast-check';
import { formatPath, parsePath } from '../../../src/config/problems/paths';
import { formatProblems, visible } from '../../../src/config/problems/problem';

test.each([
  ['services.api.routes[0].paths', ['services', 'api', 'routes', 0, 'paths']],
  ['acknowledge.single-nat["network.nat"]', ['acknowledge', 'single-nat', 'network.nat']],
  ['["a\\"b"].c', ['a"b', 'c']],
  ['', []],
])('%s has its segments', (path, segments) => expect(parsePath(path)).toEqual(segments));

test('every path is read back, or not at all where characters are shown as escapes', () => {
  const segment = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(20));
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const path = formatPath(segments);
      const isEscaped = segments.some(
        (each) => typeof each === 'string' && visible(JSON.stringify(each)) !== JSON.stringify(each),
      );
      if (!isEscaped) expect(parsePath(path)).toEqual(segments);
    }),
  );
});

test.each(['a b', '.a', 'a..b', '[x]', 'a = 1'])('what is no path has none: %s', (text) =>
  expect(parsePath(text)).toBeUndefined(),
);

test("an environment's name is shown without control characters", () =>
  expect(formatProblems('shop\u001b[31m\u202edev', [])).toBe('shop\\u{1b}[31m\\u{202e}dev: 0 problems'));
