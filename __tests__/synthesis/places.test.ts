/** Places of problems: file and line of the value at a path. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PlaceFinder } from '../../src/synthesis/places';

let checkout: string;
let finder: PlaceFinder;

/** Each line is a line of a file. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'environments/shop/system.ts': [
    'const LEVEL = "info";', // 1
    'export const service = {', // 2
    '  port: 80,', // 3
    '  environment: {', // 4
    '    LOG_LEVEL: LEVEL,', // 5
    '    DATABASE: { from: "database.hst" },', // 6
    '  },', // 7
    '} satisfies object;', // 8
    'export const names = ["a", "b"];', // 9
    'export default Object.freeze({ zone: "shop.example" });', // 10
    'const inner = { kind: "s3" };', // 11
    'export { inner as backend };', // 12
  ],
  'environments/shop/prod.ts': [
    'import { defineEnvironment } from "../../src/config";', // 1
    'import domain, { backend, names, service as base } from "./system";', // 2
    'import * as system from "./system";', // 3
    'const isBig = true;', // 4
    'const api = { ...base, port: "8080" } as const;', // 5
    'export default defineEnvironment({', // 6
    '  name: "shop-prod",', // 7
    '  domain,', // 8
    '  backend,', // 9
    '  names: [', // 10
    '    "x",', // 11
    '    ...names,', // 12
    '  ],', // 13
    '  services: {', // 14
    '    api,', // 15
    '    "my-web": {', // 16
    '      ...(isBig ? { vcpu: 4 } : {}),', // 17
    '      ...system.service,', // 18
    '    },', // 19
    '  },', // 20
    '  workers: makeWorkers({', // 21
    '    count: 3,', // 22
    '  }),', // 23
    '  jobs: {', // 24
    '    ...makeJobs(),', // 25
    '    ...circle,', // 26
    '  },', // 27
    '});', // 28
    'const circle = { ...circle };', // 29
  ],
};

beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), 'terrace-places-'));
  for (const [file, lines] of Object.entries(SOURCES)) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    writeFileSync(join(checkout, file), lines.join('\n'));
  }
  finder = (await PlaceFinder.create(checkout))!;
});

afterAll(() => rmSync(checkout, { recursive: true }));

const place = (...path: readonly (string | number)[]) =>
  finder.find('environments/shop/prod.ts', path).replace('environments/shop/', '');

test.each<readonly [what: string, path: readonly (string | number)[], place: string]>([
  ['a literal', ['name'], 'prod.ts:7'],
  ['an imported constant', ['backend', 'kind'], 'system.ts:11'],
  ['an imported default', ['domain', 'zone'], 'system.ts:10'],
  ['an entry of a list', ['names', 0], 'prod.ts:11'],
  ['what a later property replaces', ['services', 'api', 'port'], 'prod.ts:5'],
  ['what comes from a spread', ['services', 'api', 'environment', 'DATABASE', 'from'], 'system.ts:6'],
  ['a constant behind a constant', ['services', 'api', 'environment', 'LOG_LEVEL'], 'system.ts:1'],
  ['a spread of a module', ['services', 'my-web', 'port'], 'system.ts:3'],
  ['one branch of a condition', ['services', 'my-web', 'vcpu'], 'prod.ts:17'],
])('%s is found', (_what, path, expected) => expect(place(...path)).toBe(expected));

test.each<readonly [what: string, path: readonly (string | number)[], place: string]>([
  ['a missing section', ['region'], 'prod.ts:6'],
  ['a missing field', ['domain', 'provider'], 'system.ts:10'],
  ['an entry behind a spread', ['names', 2], 'prod.ts:10'],
  ['the result of a call', ['workers', 'mail', 'vcpu'], 'prod.ts:21'],
  ['what may come from a call, or from a circle', ['jobs', 'sync'], 'prod.ts:26'],
])('%s has the place where the search ends', (_what, path, expected) => expect(place(...path)).toBe(expected));

test('a file that cannot be read is named without a line', () =>
  expect(finder.find('environments/shop/none.ts', ['name'])).toBe('environments/shop/none.ts'));
