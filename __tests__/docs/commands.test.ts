/** The README lists every npm script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

it('names every script of package.json in its table of commands', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: object };
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const table = readme.slice(readme.indexOf('\n## Commands\n'), readme.indexOf('\n## License\n'));
  const words = [...table.matchAll(/`([^`]+)`/g)].flatMap(
    ([, code]) => code!.replace(/^npm (run )?/, '').split(/[ ,]+/)[0] ?? [],
  );
  expect(Object.keys(scripts).filter((script) => !words.includes(script))).toEqual([]);
});
