/**
 * What the pages are held against: the environments that they show, and one of each tier with everything switched on, all
 * synthesised by the program itself. Pages use other names of environments; of those only the kinds of stacks count.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';
import * as config from '../../src/config';
import type { EnvironmentInput } from '../../src/config';
import { boxed, boxSection } from '../support/boxed';
import { fileOf, runCommand } from '../support/command';
import { example, rotatingLogin } from '../support/example';
import type { RootModule } from '../support/synth';
import { blocksOf, PAGES } from './pages';

type Service = NonNullable<EnvironmentInput['services']>[string];

/** A stack, as the manifest of cdktf's command line knows it. */
export interface Stack {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly module: RootModule;
}

/** What a run of the program wrote and said. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stacks: readonly Stack[];
}

/** Runs `npm run synth` over the given environments, into a folder that is gone afterwards. */
export async function synthesise(environments: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-docs-'));
  try {
    const files = Object.fromEntries(Object.entries(environments).map(([name, input]) => [name, fileOf(input)]));
    const { exitCode, stdout, stderr } = await runCommand(files, ['synth', '--output', folder]);
    return {
      exitCode,
      stdout: stdout.replaceAll(folder, 'cdktf.out'),
      stderr,
      stacks: exitCode === 0 ? readStacks(folder) : [],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readStacks(folder: string): readonly Stack[] {
  const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
  const manifest = read('manifest.json') as { stacks: Readonly<Record<string, { readonly dependencies: readonly string[] }>> };
  return readdirSync(join(folder, 'stacks')).map((name) => ({
    name,
    dependencies: manifest.stacks[name]?.dependencies ?? [],
    module: read('stacks', name, 'cdk.tf.json') as RootModule,
  }));
}

/** The environments that pages show as whole files, by name. */
export function shownEnvironments(): Readonly<Record<string, unknown>> {
  // The examples of the reference are parsed by the reference's own test.
  const shown = PAGES.filter(({ path }) => !path.startsWith('docs/reference/')).flatMap((page) => {
    const blocks = blocksOf(page).filter(({ language, code }) => language === 'ts' && /^export /m.test(code));
    const files = new Map(blocks.map(({ code }) => [basename(/^\/\/ (\S+)\.ts\n/.exec(code)?.[1] ?? ''), code]));
    return blocks
      .filter(({ code }) => /^export default define/m.test(code))
      .map(({ code }) => evaluate(code, files).default as { readonly name: string });
  });
  return Object.fromEntries(shown.map((environment) => [environment.name, environment]));
}

/** Runs a block as the module that it is; it may import the configuration, and other blocks of its page. */
function evaluate(code: string, files: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  const { outputText } = transpileModule(code, { compilerOptions: { module: ModuleKind.CommonJS } });
  const module = { exports: {} as Record<string, unknown> };
  const load = (path: string): unknown => {
    if (path === '../../src/config') return config;
    const file = files.get(path.replace('./', ''));
    if (file === undefined) throw new Error(`an example imports ${path}, which its page does not show`);
    return evaluate(file, files);
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a page of this repository
  new Function('module', 'exports', 'require', outputText)(module, module.exports, load);
  return module.exports;
}

const api: Service = {
  ...(example().services?.api as Service),
  exec: true,
  environment: { DATABASE_PASSWORD: { databaseRole: 'app', key: 'password' } },
};

const everything = {
  account: '123456789012',
  database: { placement: 'managed', version: '16', name: 'shop', instanceClass: 'db.t4g.micro' },
  cache: { placement: 'managed', nodeType: 'cache.t4g.micro' },
  buckets: { uploads: {}, backups: { expireAfterDays: 30 } },
  queues: { work: {} },
  secrets: { stripe: { description: 'payments', keys: ['api-key'] } },
  services: { api },
  jobs: { migrate: { image: 'api', vcpu: 0.5, memoryMib: 1024 } },
  observability: {
    notifications: { emails: ['ops@shop.example'] },
    budget: { monthlyUsd: 400, scope: 'environment' },
  },
} satisfies Partial<EnvironmentInput>;

/** An environment with its own zone, so that no two of them own the same name. */
const named = (name: string, changes: Partial<EnvironmentInput>): EnvironmentInput =>
  example({
    ...everything,
    name: `shop-${name}`,
    domain: { zone: `${name}.example`, provider: 'route53', names: [`${name}.example`], zoneSource: 'create' },
    ...changes,
  });

/** A zone that two environments share. */
export const SHARED = {
  kind: 'shared',
  zone: config.defineZone({ zone: 'shop.example', provider: 'route53', servedBy: 'shop-growth' }),
  names: ['shop.example', 'api.shop.example'],
} satisfies EnvironmentInput['domain'];

/** One environment of each tier, one with previews that sleeps, two that share a zone, one with a frontend of each kind that has outputs, one on a developer's machine. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  'shop-fargate': named('fargate', {
    backend: {
      kind: 's3',
      store: {
        name: 'shop',
        region: 'eu-west-1',
        bucket: 'shop-states',
        github: {
          owner: 'shop-inc',
          repository: 'infrastructure',
          ownerId: '123456',
          repositoryId: '456789',
          applyEnvironments: ['shop-fargate'],
        },
        singletons: { cloudTrail: 'create' },
      },
    },
    ...rotatingLogin({
      database: everything.database,
      services: { api: { ...api, pooler: { maxClientConnections: 100, poolSize: 25, reservePoolSize: 5 } } },
    }),
    email: { domain: 'fargate.example', dmarc: { policy: 'none' } },
    edge: { cdn: { servicePaths: ['/api/*'] } },
    frontends: {
      web: { kind: 'amplify', repository: 'https://github.com/shop/web', branch: 'main', buildSpec: 'version: 1' },
    },
  }),
  'shop-previews': named('previews', {
    services: { api: { ...api, routes: [{}] } },
    preview: { jobs: ['migrate'] },
    sleep: { from: '0 20 * * 1-5', until: '0 6 * * 1-5' },
    database: { ...everything.database, backupWindow: '09:00-10:00', maintenanceWindow: 'mon:10:00-mon:11:00' },
  }),
  'shop-site': named('site', {
    edge: { cdn: { servicePaths: ['/api/*'] }, basicAuth: {} },
    frontends: { web: { kind: 'static-site', pages: 'single-page' } },
  }),
  'shop-kubernetes': named('kubernetes', {
    tier: 'kubernetes',
    // With a key of the environment's own.
    protect: true,
    acknowledge: {
      'single-zone-database': { 'database.multiAz': 'no data is kept here' },
      'single-nat': { 'network.nat': 'an outage is acceptable' },
    },
    network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' },
    kubernetes: {
      monitoring: 'prometheus',
      nodes: { instanceTypes: ['t3.medium'], min: 2, max: 4 },
    },
  }),
  'shop-box': boxed({
    ...everything,
    name: 'shop-box',
    database: { placement: 'host', version: '16', name: 'shop' },
    cache: { placement: 'host' },
    secrets: { ...everything.secrets, preview: { description: 'The logins of visitors' } },
    edge: { basicAuth: { secret: 'preview', except: ['/health'] } },
    services: { api: { ...api, exec: false, replicas: { min: 1, max: 1 }, scaling: undefined } },
    domain: {
      zone: 'box.example',
      provider: 'route53',
      names: ['box.example'],
      certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
    },
    box: boxSection(),
  }),
  'shop-mvp': boxed({ name: 'shop-mvp', domain: SHARED }),
  'shop-growth': example({ name: 'shop-growth', account: '123456789012', domain: SHARED }),
  'shop-local': config.defineEmulated({
    system: 'shop',
    name: 'shop-local',
    region: 'us-east-1',
    target: { kind: 'emulator', endpoint: 'http://localhost:4566' },
    buckets: { uploads: {} },
    secrets: { jwt: { description: 'signs sessions' } },
  }),
};
