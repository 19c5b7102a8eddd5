/**
 * After a release, and after the way back, a plan of the real terraform shows no change: the synthesised task definitions and
 * parameters of an environment, applied to an emulator, with the provider in the folder `TERRACE_PLUGIN_DIR`. Services are left to
 * the tests of Fargate: the emulator does not deploy them.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import type { Handovers } from '../../../src/contracts/handovers';
import { planBack } from '../../../src/operations/release/back';
import { performRelease } from '../../../src/operations/release/perform';
import { planRelease } from '../../../src/operations/release/plan';
import { releasable, REGISTRY, StubRunner, targetAt, withCredentials } from '../../support/released';
import { synthEnvironment } from '../../support/synth';
import { describeWithMoto, Moto } from '../../support/terraform';

type Json = Record<string, any>;

const { TERRACE_PLUGIN_DIR: PLUGINS } = process.env;
if (PLUGINS === undefined)
  process.stderr.write('skipped, because TERRACE_PLUGIN_DIR names no providers: plans after a release\n');
const describeHere: typeof describeWithMoto =
  PLUGINS === undefined ? (name, body) => describe.skip(name, body) : describeWithMoto;

/** The provider is a program of some hundred megabytes. */
const SLOW_MS = 600_000;

withCredentials();

function jobsOnly(): EnvironmentInput {
  const small = { image: 'api', vcpu: 0.25, memoryMib: 512 } as const;
  const environment = {
    DATABASE_HOST: { from: 'database.host' },
    LEVEL: 'debug',
    PASSWORD: { databaseRole: 'app', key: 'password' },
  } as const;
  return releasable({
    images: { api: {} },
    services: {},
    workers: {},
    domain: undefined,
    jobs: {
      migrate: { ...small, environment, command: ['migrate'], before: 'release' },
      report: { ...small, schedule: '0 2 * * *' },
    },
  });
}

const REFERENCE = /\$\{(?!data\.aws_ssm_parameter)[^}]*\}/g;

/** What a release touches, as it is synthesised; references to everything else are literal. */
function moduleAt(url: string): Json {
  const stacks = synthEnvironment(parseEnvironment(jobsOnly())) as unknown as Record<string, Json>;
  const { resource, provider } = stacks['shop-test-compute-fargate'] as Json;
  const parameters = (stacks['shop-test-data'] as Json).resource.aws_ssm_parameter as Json;
  const [id, parameter] = Object.entries(parameters)[0] as [string, Json];
  const definitions = Object.entries(resource.aws_ecs_task_definition as Json).map(([name, block]: [string, Json]) => [
    name,
    { ...block, depends_on: undefined },
  ]);
  const module = {
    terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
    provider: {
      aws: {
        ...provider.aws[0],
        allowed_account_ids: undefined,
        access_key: 'test',
        secret_key: 'test',
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        max_retries: 1,
        endpoints: { ecs: url, ssm: url, sts: url, iam: url },
      },
    },
    // In a deployment, the stack before has created the parameter.
    data: { aws_ssm_parameter: { image_api: { name: parameter.name, depends_on: [`aws_ssm_parameter.${id}`] } } },
    resource: {
      aws_ecs_task_definition: Object.fromEntries(definitions),
      aws_ssm_parameter: { [id]: { ...parameter, insecure_value: `${REGISTRY}/shop/test/api:one` } },
    },
  };
  return JSON.parse(JSON.stringify(module).replace(REFERENCE, 'arn:aws:iam::123456789012:role/one')) as Json;
}

describeHere('a plan of terraform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-release-'));
  let moto: Moto;

  const terraform = (...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
      execFile('terraform', [...args, '-no-color'], { cwd: folder, env }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`terraform ${args.join(' ')}: ${(stdout + stderr).slice(-3000)}`)),
      );
    });

  const target = () =>
    targetAt(moto.url, jobsOnly(), {
      'compute-fargate': { clusterName: 'shop-test', services: {}, workers: {} },
    } as unknown as Partial<Handovers>);
  const options = { timeoutSeconds: 30, everySeconds: 0.1, report: () => undefined, runner: new StubRunner() };

  beforeAll(async () => {
    moto = await Moto.start();
    const ecr = await target().aws.ecr();
    await ecr.createRepository({ repositoryName: 'shop/test/api' });
    for (const imageTag of ['one', 'two'])
      await ecr.putImage({ repositoryName: 'shop/test/api', imageTag, imageManifest: index(imageTag) });
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(moduleAt(moto.url), null, 1));
    await terraform('init', `-plugin-dir=${PLUGINS}`);
    await terraform('apply', '-auto-approve');
  }, SLOW_MS);

  afterAll(() => {
    moto.stop();
    rmSync(folder, { recursive: true });
  });

  it(
    'shows no change after a release',
    async () => {
      const plan = await planRelease(target(), { api: 'two' }, { jobs: true });
      expect(await performRelease(target(), plan, options)).toMatchObject({ outcome: 'released' });
      expect(await terraform('plan')).toContain('No changes.');
    },
    SLOW_MS,
  );

  it(
    'shows no change after the way back',
    async () => {
      const { plan } = await planBack(target(), []);
      expect(plan.changes[0]?.to).toBe(`${REGISTRY}/shop/test/api:one`);
      expect(await performRelease(target(), plan, options)).toMatchObject({ outcome: 'released' });
      expect(await terraform('plan')).toContain('No changes.');
    },
    SLOW_MS,
  );

  it(
    'shows a change when only the parameter is written',
    async () => {
      const ssm = await target().aws.ssm();
      await ssm.putParameter({ Name: '/shop/test/images/api', Value: `${REGISTRY}/shop/test/api:two`, Overwrite: true });
      expect(await terraform('plan')).toMatch(/Plan: 2 to add, 0 to change, 2 to destroy/);
    },
    SLOW_MS,
  );
});

/** An index of images for both platforms, which differs by tag. */
function index(tag: string): string {
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const manifests = ['amd64', 'arm64'].map((architecture) => ({
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    size: 100,
    digest: `sha256:${Buffer.from(`${tag}${architecture}`).toString('hex').padEnd(64, '0')}`,
    platform: { os: 'linux', architecture },
  }));
  return JSON.stringify({ schemaVersion: 2, mediaType, manifests });
}
