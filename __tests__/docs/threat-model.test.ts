/** What the threat model relies on is there: each test that it names exists, by its exact name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProse, pageOf, ROOT } from './pages';

const PAGE = pageOf('docs/threat-model.md');

/** Links to tests, with the test's name between backticks as their text. */
const named = inProse(PAGE, /\[(`[^`]+`\]\([^)\s]+\.test\.ts)\)/g).map(({ at, value }) => {
  const [, name = '', path = ''] = /^`([^`]+)`\]\((?:\.\.\/)?(.+)$/.exec(value) ?? [];
  return { at, name, path };
});

/** The names of the tests in a file, without the quotes and escapes of the source. */
function testsIn(path: string): readonly string[] {
  const source = readFileSync(join(ROOT, path), 'utf8');
  const calls = source.matchAll(/\b(?:it|test|toolTest)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g);
  return [...calls].map(([, , name = '']) => name.replace(/\\(.)/g, '$1'));
}

it('names tests that exist', () => {
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter(({ name, path }) => !testsIn(path).includes(name)).map(({ at, name }) => `${at} ${name}`)).toEqual([]);
});

it('links a test only by its name', () => {
  const links = inProse(PAGE, /\]\([^)\s]+\.test\.ts\)/g);
  expect(links).toHaveLength(named.length);
});

it('says for every threat what stops it, what does not, and what to do when it happens', () => {
  const sections = PAGE.text.split(/^## /m).slice(2);
  const incomplete = sections.filter((text) => !text.startsWith('A name in front') && !text.includes('**When it happens**'));
  expect(incomplete.map((text) => text.split('\n')[0])).toEqual([]);
});

it('has a section for every row of its overview', () => {
  const rows = inProse(PAGE, /^\| \[[^\]]+\]\(#([^)]+)\)/g);
  expect(rows).toHaveLength(9);
});
