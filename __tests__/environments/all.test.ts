/** What holds for every environment that environments/index.ts lists, however many these are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environments } from '../../environments';
import { isEmulated, parseEmulated, parseEnvironment } from '../../src/config';

const FOLDER = join(__dirname, '..', '..', 'environments');
const FILES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: system }) => readdirSync(join(FOLDER, system)).map((file) => join(system, file)))
  .filter((file) => !file.endsWith('.test.ts'));
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

describe('the listed environments', () => {
  it('are accepted, each under the name by which it is listed, in the folder of its system', async () => {
    for (const [name, load] of Object.entries(environments)) {
      const { default: input } = await load();
      const { identity } = isEmulated(input) ? parseEmulated(input) : parseEnvironment(input);
      expect(identity.environment).toBe(name);
      expect(FILES).toContain(join(identity.system, `${identity.shortName}.ts`));
    }
  });

  it('are every file with a default export', () => {
    const exporting = FILES.filter((file) => read(file).includes('export default'));
    expect(exporting.map((file) => file.replace('/', '-').replace('.ts', '')).sort()).toEqual(Object.keys(environments).sort());
  });
});

describe('environment files', () => {
  it('import src/config and their own system, nothing else', () => {
    const imports = FILES.flatMap((file) => [...read(file).matchAll(/from '([^']+)'/g)].map(([, path]) => `${file}: ${path}`));
    expect(imports.filter((line) => !/: (\.\.\/\.\.\/src\/config|\.\/[a-z-]+)$/.test(line))).toEqual([]);
  });

  it('do not ask which environment they are', () => {
    expect(FILES.filter((file) => /isProd|isDev|process\.env/.test(read(file)))).toEqual([]);
  });
});
