import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environments } from '../../environments';
import { parseEmulated, parseEnvironment } from '../../src/config';

const FOLDER = join(__dirname, '..', '..', 'environments');
const SYSTEMS = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const FILES = SYSTEMS.flatMap((system) => readdirSync(join(FOLDER, system)).map((file) => join(system, file)));
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

const loaded = async (name: string) => parseEnvironment((await environments[name]!()).default);

/** Environments of a developer's machine have no tier, no account and no state to share. */
const EMULATED = ['infrar-local'];
const DEPLOYED = Object.keys(environments).filter((name) => !EMULATED.includes(name));

describe.each(EMULATED)('%s', (name) => {
  it("is accepted as an environment of a developer's machine, under the name by which it is listed", async () =>
    expect(parseEmulated((await environments[name]!()).default).identity.environment).toBe(name));

  it('is no environment that AWS is planned with', async () => {
    const { default: input } = await environments[name]!();
    expect(() => parseEnvironment(input)).toThrow('`backend`: it is required');
  });
});

describe.each(DEPLOYED)('%s', (name) => {
  it('is accepted, under the name by which it is listed', async () =>
    expect((await loaded(name)).identity.environment).toBe(name));

  it('stands in the folder of its system', async () => {
    const { system, shortName } = (await loaded(name)).identity;
    expect(FILES).toContain(join(system, `${shortName}.ts`));
  });

  it('keeps its state in S3, encrypted and locked', async () => {
    const { backend } = await loaded(name);
    expect(backend).toMatchObject({ kind: 's3', store: { lockTable: 'terraform-locks' } });
  });

  it('warns of nothing but the account, which no document names', async () => {
    expect((await loaded(name)).warnings.map(({ rule }) => rule)).toEqual(['account-unpinned']);
  });
});

describe('environment files', () => {
  it('are all listed', () => {
    const exporting = FILES.filter((file) => read(file).includes('export default'));
    expect(exporting.map((file) => file.replace('/', '-').replace('.ts', '')).sort()).toEqual(Object.keys(environments).sort());
  });

  it.each(FILES)('%s imports src/config and its own system, nothing else', (file) => {
    const imports = [...read(file).matchAll(/from '([^']+)'/g)].map(([, path]) => path);
    expect(imports.filter((path) => !/^(\.\.\/\.\.\/src\/config|\.\/[a-z-]+)$/.test(path ?? ''))).toEqual([]);
  });

  it.each(FILES)('%s asks nowhere which environment it is', (file) => {
    expect(
      read(file)
        .split('\n')
        .filter((line) => /isProd|isDev|process\.env/.test(line)),
    ).toEqual([]);
  });

  it.each(FILES)('%s says what it is before anything else', (file) => expect(read(file)).toMatch(/^\/\*\*/));
});

/** What the documents leave open: each value stands below a comment that says so, at most so many lines away. */
const ASSUMED: readonly (readonly [file: string, value: string])[] = [
  ['cloudpartner/system.ts', "bucket: 'cloudpartner-terraform-state'"],
  ['cloudpartner/system.ts', "cidr: '10.30.0.0/16'"],
  ['cloudpartner/system.ts', 'zones: 2'],
  ['cloudpartner/system.ts', 'flowLogs:'],
  ['cloudpartner/system.ts', "value: 'generated'"],
  ['cloudpartner/system.ts', 'rootVolumeGb: 12'],
  ['cloudpartner/system.ts', 'sshCidrs: []'],
  ['cloudpartner/system.ts', 'certificateEmail'],
  ['cloudpartner/system.ts', 'memoryMib: 256'],
  ['cloudpartner/system.ts', 'identity/cloudpartner.pro'],
  ['webrana/mvp.ts', "cidr: '10.0.0.0/16'"],
  ['webrana/mvp.ts', 'flowLogs:'],
  ['webrana/mvp.ts', 'zones: 2'],
  ['webrana/mvp.ts', "version: '16'"],
  ['webrana/mvp.ts', "operatingSystem: 'ubuntu-24.04'"],
  ['webrana/mvp.ts', 'rootVolumeGb: 12'],
  ['webrana/mvp.ts', 'sshCidrs: []'],
  ['webrana/mvp.ts', "origin: 'cloudflare'"],
  ['webrana/mvp.ts', 'certificateEmail'],
  ['webrana/mvp.ts', 'memoryMib: 1024'],
  ['h2o/system.ts', "servicePaths: ['/api/*', '/health']"],
  ['h2o/system.ts', "repository: 'https://github.com/h2o-allegiant/h2o-frontend'"],
  ['h2o/system.ts', 'buildSpec: ['],
  ['h2o/dev.ts', "branch: 'develop'"],
  ['h2o/dev.ts', 'environment: { API_URL'],
  ['h2o/prod.ts', 'environment: { API_URL'],
  ['infrar/system.ts', "repository: { owner: 'infrar'"],
  ['infrar/production.ts', "group: 'AWSManagedRulesAmazonIpReputationList'"],
  ['infrar/staging.ts', "project: 'infrar-web-staging'"],
  ['semiont/system.ts', "codes: ['CU', 'IR', 'KP', 'SY']"],
  ['semiont/system.ts', "uploads: { paths: ['/api/upload', '/api/resources'], priority: 41 }"],
  ['webrana/system.ts', "cachedPaths: ['/_next/static/*']"],
  ['webrana/system.ts', "plan: 'free'"],
  ['webrana/system.ts', 'requests: 200'],
  ['h2o/system.ts', 'port: 8000'],
  ['h2o/system.ts', "storageClass: 'STANDARD_IA'"],
  ['h2o/system.ts', 'rotateAfterDays: 90'],
  ['h2o/system.ts', "health: { path: '/health' }"],
  ['h2o/system.ts', 'scaling: { cpuPercent: 70'],
  ['h2o/system.ts', "WEB_CONCURRENCY: '6'"],
  ['h2o/dev.ts', "cidr: '10.21.0.0/16'"],
  ['h2o/dev.ts', "zone: 'h2o.example'"],
  ['h2o/dev.ts', "version: '16'"],
  ['h2o/prod.ts', "cidr: '10.20.0.0/16'"],
  ['h2o/prod.ts', "zone: 'h2o.example'"],
  ['h2o/prod.ts', "version: '16'"],
  ['h2o/prod.ts', 'flowLogs:'],
  ['infrar/production.ts', 'isolated: ['],
  ['infrar/production.ts', "cidr: '10.100.0.0/24'"],
  ['infrar/production.ts', 'flowLogs:'],
  ['infrar/production.ts', 'visibilityTimeoutSeconds: 3600'],
  ['infrar/production.ts', 'messagesPerTask: 1'],
  ['infrar/production.ts', 'memoryMib: 1024'],
  ['infrar/production.ts', "bucket: 'infrar-production-terraform-state'"],
  ['infrar/production.ts', "path: 'builds/'"],
  ['infrar/staging.ts', "nat: 'instance'"],
  ['infrar/staging.ts', "names: ['api.staging.infrar.io']"],
  ['infrar/staging.ts', "bucket: 'infrar-staging-terraform-state'"],
  ['infrar/secrets.ts', "value: 'generated'"],
  ['semiont/production.ts', "region: 'us-east-1'"],
  ['semiont/production.ts', "cidr: '10.0.0.0/16'"],
  ['semiont/production.ts', "zone: 'semiont.example'"],
  ['semiont/production.ts', 'coldAfterDays: 30'],
  ['semiont/system.ts', "bucket: 'semiont-terraform-state'"],
  ['semiont/system.ts', 'const FRONTEND_PORT = 3000'],
  ['semiont/system.ts', 'const BACKEND_PORT = 4000'],
  ['semiont/system.ts', "const DATA_DIR = '/data'"],
  ['h2o/system.ts', "cloudTrail: 'create'"],
  ['h2o/system.ts', "emails: ['ops@h2o.example']"],
  ['h2o/system.ts', "name: 'http.server.request.duration'"],
  ['infrar/system.ts', "emails: ['ops@infrar.io']"],
  ['semiont/production.ts', "emails: ['ops@semiont.example']"],
  ['semiont/production.ts', 'monthlyUsd: 90'],
  ['cloudpartner/system.ts', "emails: ['info@cloudpartner.pro']"],
  ['webrana/system.ts', "emails: ['admin@webrana.id']"],
  ['webrana/growth.ts', 'zones: 2'],
  ['webrana/growth.ts', "version: '16'"],
  ['webrana/growth.ts', 'backupRetentionDays: 7'],
  ['webrana/growth.ts', 'flowLogs:'],
  ['webrana/growth.ts', 'vcpu: 0.5'],
  ['webrana/growth.ts', 'max: 4'],
  ['webrana/growth.ts', '...frontendService'],
  ['webrana/scale.ts', "version: '16'"],
  ['webrana/scale.ts', 'backupRetentionDays: 7'],
  ['webrana/scale.ts', "publicAccessCidrs: ['203.0.113.0/24']"],
  ['webrana/scale.ts', 'max: 6 }'],
  ['webrana/scale.ts', 'vcpu: 0.5'],
  ['webrana/scale.ts', 'vcpu: 0.25'],
  ['webrana/scale.ts', 'replicas: { min: 2, max: 4 }'],
  ['webrana/system.ts', "bucket: 'webrana-terraform-state'"],
  ['webrana/system.ts', 'port: 8080'],
  ['webrana/system.ts', 'port: 3000'],
];

/** How far above a value the comment may stand. */
const NEAR_LINES = 5;

describe('what the documents leave open', () => {
  it.each(ASSUMED)('%s marks "%s" as an assumption', (file, value) => {
    const lines = read(file).split('\n');
    const at = lines.findIndex((line) => line.includes(value));
    expect(at).toBeGreaterThanOrEqual(0);
    expect(lines.slice(Math.max(0, at - NEAR_LINES), at + 1).join('\n')).toContain('Assumption:');
  });

  it('includes every reserved domain', () => {
    const used = FILES.flatMap((file) => [...read(file).matchAll(/zone: '[^']+\.example'/g)].map(([text]) => [file, text]));
    expect(used.length).toBeGreaterThan(0);
    for (const entry of used) expect(ASSUMED).toContainEqual(entry);
  });
});
