/** YAML that Kubernetes reads back as the same values. */
import { parse } from 'yaml';
import { toYaml } from '../../../src/tiers/kubernetes/yaml';

test.each([
  ['yes', '"yes"'],
  ['0755', '"0755"'],
  ['1e3', '"1e3"'],
  ['12:30', '"12:30"'],
  ['null', '"null"'],
  ['', '""'],
  ['*/5 * * * *', '"*/5 * * * *"'],
  ['50%', '50%'],
])('keeps the text %j text', (value, expected) => {
  expect(toYaml({ value })).toBe(`value: ${expected.replaceAll('"', "'")}\n`);
  expect(parse(toYaml({ value }), { version: '1.1' })).toEqual({ value });
});

test('quotes references, so that a number in their place stays text, and keeps quotes inside them', () => {
  expect(toYaml({ a: '${x.y}', b: '${x["y"]}' })).toBe(`a: '\${x.y}'\nb: '\${x["y"]}'\n`);
});

test('omits undefined values, folds no line, and writes no anchor', () => {
  const shared = { a: 1 };
  expect(toYaml({ one: shared, two: shared, three: undefined, long: 'word '.repeat(60).trim() })).toBe(
    `one:\n  a: 1\ntwo:\n  a: 1\nlong: ${'word '.repeat(60).trim()}\n`,
  );
});
