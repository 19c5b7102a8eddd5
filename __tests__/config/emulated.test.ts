/** An environment on a developer's machine follows the rules that are about what it has. */
import { InvalidEnvironment, parseEmulated } from '../../src/config';
import { LOCAL } from '../support/shop';

type Json = any;

const problemsOf = (change: (e: Json) => void) => {
  const input: Json = structuredClone(LOCAL);
  change(input);
  try {
    parseEmulated(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems.map(({ path, rule }) => [path, rule]);
    throw error;
  }
};

const database = { version: '16', name: 'shop', user: 'shop', password: 'x' };

it.each<[string, (e: Json) => void, readonly (readonly unknown[])[]]>([
  ['another system in its name', (e) => (e.name = 'other-local'), [['name', 'name-prefix']]],
  ['a reserved system', (e) => Object.assign(e, { system: 'aws', name: 'aws-local' }), [['system', 'system-reserved']]],
  ['a tag of Terrace', (e) => (e.tags = { System: 'x' }), [['tags.System', 'tag-names']]],
  ['a tag with an ampersand', (e) => (e.tags = { team: 'R&D' }), [['tags.team', 'tag-values']]],
  ['a bucket name that S3 reserves', (e) => (e.buckets.uploads.name = 'xn--shop'), [['buckets.uploads.name', 'bucket-names']]],
  [
    'one bucket twice',
    (e) => (e.buckets.other = { name: 'shop-local-uploads' }),
    [['buckets.other.name', 'bucket-names-unique']],
  ],
  [
    'one secret twice',
    (e) => (e.secrets.other = { description: 'x', name: '/shop/local/jwt' }),
    [['secrets.other.name', 'secret-names']],
  ],
  ['the port of the emulator', (e) => (e.database = { ...database, port: 4566 }), [['database.port', undefined]]],
  [
    'one port for two containers',
    (e) => Object.assign(e, { database, cache: { version: '7', port: 5432 } }),
    [['cache.port', undefined]],
  ],
  [
    'an address of AWS in capitals',
    (e) => (e.target.endpoint = 'https://S3.eu-west-1.AMAZONAWS.COM'),
    [['target.endpoint', undefined]],
  ],
  ['another address of AWS', (e) => (e.target.endpoint = 'https://ec2.eu-west-1.api.aws'), [['target.endpoint', undefined]]],
])('%s is refused', (_what, change, expected) => expect(problemsOf(change)).toEqual(expected));

it.each<[string, (e: Json) => void]>([
  ['nothing changed', () => undefined],
  ['a database and a cache at their own ports', (e) => Object.assign(e, { database, cache: { version: '7' } })],
  ['tags of its own', (e) => (e.tags = { team: 'R and D' })],
])('%s is accepted', (_what, change) => expect(problemsOf(change)).toEqual([]));
