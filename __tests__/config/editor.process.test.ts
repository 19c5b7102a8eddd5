/** What an editor does with a description: references are completed from what it declares, and wrong ones are underlined. */
import { Editor } from '../support/editor';

const SYSTEM = `
import { defineSystem } from '../../src/config';

export const shop = defineSystem({
  system: 'shop',
  backend: { kind: 's3', store: { name: 'shop', region: 'eu-west-1', bucket: 'acme-shop-terraform-state' } },
  images: { api: {}, mailer: {} },
  secrets: { jwt: { description: 'Signs sessions' }, stripe: { description: 'API keys' } },
  database: { placement: 'managed', version: '16', name: 'shop', roles: { owner: { privileges: 'owner' } } },
  services: {
    api: {
      image: 'api',
      «systemField»port: 8080,
      health: { path: '/health' },
      routes: [{ paths: ['/v1/*'] }],
      environment: { JWT: { secret: 'jwt' }, UPLOADS: { from: 'bucket.uploads.name' } },
      permissions: [{ actions: ['ses:SendEmail'], resources: ['arn:aws:ses:eu-west-1:{account}:identity/shop.example'] }],
    },
  },
});
`;

const DRAFT = `
import { defineSystem } from '../../src/config';

export const draft = defineSystem({
  images: { api: {}, mailer: {} },
  secrets: { jwt: { description: 'Signs sessions' } },
  services: { api: { image: '«systemImage»', environment: { JWT: { secret: '«systemSecret»' } } } },
});
`;

/** What every environment of the fixture has. */
const ENVIRONMENT = `
  name: 'shop-dev',
  region: 'eu-west-1',
  tier: 'fargate',
  protect: false,
  network: { cidr: '10.1.0.0/16', nat: 'instance' },
  database: { ...shop.database, instanceClass: 'db.t4g.micro', replicas: { reader: {} } },
  buckets: { uploads: {}, reports: {} },
  queues: { mails: {} },
  fileSystems: { files: { accessPoints: { avatars: { path: '/avatars' } } }, more: { accessPoints: { logs: { path: '/logs' } } } },
  kubernetes: { nodeGroups: { large: { instanceTypes: ['m7g.large'], min: 1, max: 2 } } },
`;

const size = 'vcpu: 0.25, memoryMib: 512, replicas: { min: 1, max: 1 }';
const started = `${size}, port: 80, health: { path: '/' }`;

const HEAD = "import { defineEnvironment, type Service } from '../../src/config';\nimport { shop } from './system';\n";

const COMPLETED = `${HEAD}
export default defineEnvironment({
  ...shop,${ENVIRONMENT}
  acknowledge: { '«rule»': {} },
  secrets: { ...shop.secrets, jwt: { description: 'Signs sessions', readers: ['«reader»'] } },
  frontends: { web: { kind: 'service', service: '«service»' } },
  services: {
    api: { ...shop.services.api, ${size} },
    site: {
      image: '«image»', vcpu: 0.25, «field»memoryMib: 512, replicas: { min: 1, max: 1 }, port: 80, health: { path: '/' },
      environment: { A: { from: '«from»' }, B: { secret: '«secret»' }, C: { databaseRole: '«role»', key: 'url' } },
      permissions: [{ bucket: '«bucket»', access: 'read' }, { queue: '«queue»', access: 'send' }],
      mounts: [{ fileSystem: '«fileSystem»', accessPoint: '«accessPoint»', path: '/files' }],
      nodeGroup: '«nodeGroup»',
    },
  },
  workers: { mailer: { image: 'mailer', ${size}, scaling: { queue: '«scalingQueue»' } } },
  builders: { ci: { source: { kind: 'bucket', bucket: '«sourceBucket»', path: 'ci/' }, images: ['«builtImage»'] } },
  box: { backup: { bucket: '«backupBucket»' } },
});
`;

const ACCEPTED = `${HEAD}
const plain: Service = { image: 'api', ${started}, environment: { A: { from: 'bucket.uploads.name' } } };
const shared = { image: 'mailer', port: 80, health: { path: '/' }, routes: [{ paths: ['/mail'] }] } as const;

export default defineEnvironment({
  ...shop,${ENVIRONMENT}
  services: { api: { ...shop.services.api, ${size} }, plain, shared: { ...shared, ${size} } },
});
`;

const wrong = (site: string, before = '') => `${HEAD}${before}
export default defineEnvironment({
  ...shop,${ENVIRONMENT}
  services: { site: { ${site} } },
});
`;

/** No queue, and no role but the one that a database has by default. */
const UNDECLARED = `${HEAD}
export default defineEnvironment({
  system: 'shop', name: 'shop-dev', region: 'eu-west-1', tier: 'fargate', protect: false,
  backend: { kind: 'local' },
  network: { cidr: '10.1.0.0/16', nat: 'instance' },
  database: { placement: 'managed', version: '16', name: 'shop', instanceClass: 'db.t4g.micro' },
  images: { api: {} },
  services: {
    api: {
      image: 'api', ${started}, environment: { A: { databaseRole: 'app', key: 'url' } },
      permissions: [{ queue: 'mails', access: 'send' }],
    },
  },
});
`;

const WRONG = {
  'undeclared.ts': UNDECLARED,
  'wrong-image.ts': wrong(`image: 'ap', ${started}`),
  'wrong-fact.ts': wrong(`image: 'api', ${started}, environment: { A: { from: 'bucket.upload.name' } }`),
  'wrong-secret.ts': wrong(`image: 'api', ${started}, environment: { A: { secret: 'jwd' } }`),
  'wrong-role.ts': wrong(`image: 'api', ${started}, environment: { A: { databaseRole: 'app', key: 'url' } }`),
  'wrong-bucket.ts': wrong(`image: 'api', ${started}, permissions: [{ bucket: 'upload', access: 'read' }]`),
  'wrong-mount.ts': wrong(`image: 'api', ${started}, mounts: [{ fileSystem: 'file', accessPoint: 'avatars', path: '/a' }]`),
  'wrong-field.ts': wrong(`image: 'api', ${started}, vcpus: 1`),
  'wrong-part.ts': wrong(`...part, ${size}`, "const part = { image: 'ap', port: 80, health: { path: '/' } } as const;"),
  'wrong-system.ts': `import { defineSystem } from '../../src/config';
export const one = defineSystem({ images: { api: {} }, services: { api: { image: 'ap' } } });
export const two = defineSystem({ system: 'shop', services: { api: { image: 'api', prot: 80 } } });
export const three = defineSystem({ system: 'shop', region: 'eu-west-9' });
`,
} as const;

const editor = new Editor('environments/editor-fixture', {
  'system.ts': SYSTEM,
  'draft.ts': DRAFT,
  'completed.ts': COMPLETED,
  'accepted.ts': ACCEPTED,
  ...WRONG,
});

test.each([
  ['image', ['api', 'mailer']],
  ['secret', ['jwt', 'stripe']],
  ['role', ['owner']],
  ['bucket', ['reports', 'uploads']],
  ['queue', ['mails']],
  ['scalingQueue', ['mails']],
  ['fileSystem', ['files', 'more']],
  ['accessPoint', ['avatars', 'logs']],
  ['nodeGroup', ['large']],
  ['service', ['api', 'site']],
  ['reader', ['api', 'mailer', 'site']],
  ['sourceBucket', ['reports', 'uploads']],
  ['builtImage', ['api', 'mailer']],
  ['backupBucket', ['reports', 'uploads']],
])('completes the names that the environment and its system declare: %s', (place, names) => {
  expect(editor.completions(place)).toEqual(names);
});

test('completes facts of what is declared', () => {
  const offered = editor.completions('from');
  expect(offered).toEqual(expect.arrayContaining(['bucket.uploads.name', 'queue.mails.url', 'database.replicas.reader.host']));
  expect(offered).toContain('database.host');
});

test('completes the rules that can be acknowledged', () => {
  expect(editor.completions('rule')).toEqual(expect.arrayContaining(['single-nat', 'single-zone-database']));
});

test('completes references inside of a system', () => {
  expect(editor.completions('systemImage')).toEqual(['api', 'mailer']);
  expect(editor.completions('systemSecret')).toEqual(['jwt']);
});

test('shows the comment of a field in an environment and in a system', () => {
  expect(editor.comment('field')).toMatch(/^Memory of the container;/);
  expect(editor.comment('systemField')).toMatch(/^TCP port that the container listens on/);
});

test('completes the fields that are missing, in an environment and in a system', () => {
  expect(editor.completions('field')).toContain('architecture');
  expect(editor.completions('systemField')).toContain('architecture');
});

test.each(['system.ts', 'accepted.ts'])('accepts parts of a system, with a declared type, and `as const`: %s', (file) => {
  expect(editor.complaints(file)).toEqual([]);
});

test.each([
  ['undeclared.ts', [/no properties in common with type 'NameOf<"queues">'\.$/]],
  ['wrong-image.ts', [/^image: Type '"ap"' is not assignable to type .*"api"/]],
  ['wrong-fact.ts', [/^from: .*Did you mean '"bucket\.uploads\.name"'\?$/]],
  ['wrong-secret.ts', [/^secret: Type '"jwd"' is not assignable to type .*"jwt"/]],
  ['wrong-role.ts', [/Type '"app"' is not assignable to type .*"owner"/]],
  ['wrong-bucket.ts', [/Did you mean '"uploads"'\?$/]],
  ['wrong-mount.ts', [/^fileSystem: Type '"file"' is not assignable to type .*"files"/]],
  ['wrong-field.ts', [/^vcpus: .*Did you mean to write 'vcpu'\?$/]],
  ['wrong-part.ts', [/Type '"ap"' is not assignable to type .*"api"/]],
  [
    'wrong-system.ts',
    [/^image: Type '"ap"' is not assignable to type .*"api"/, /^prot: .*'prot' does not exist/, /^region: Type '"eu-west-9"'/],
  ],
])('underlines what does not exist: %s', (file, complaints) => {
  expect(editor.complaints(file)).toEqual(complaints.map((complaint) => expect.stringMatching(complaint)));
});
