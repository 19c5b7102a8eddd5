/** The whole life of a small environment on an emulator of AWS, with the real terraform: deployed, left alone, destroyed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { exampleFile, runCommand } from '../../support/command';
import { awsProvider, emulatedTerraform } from '../../support/emulated-terraform';
import { example } from '../../support/example';
import { withTestCredentials } from '../../support/aws-credentials';
import { RunningProvider } from '../../support/running-provider';
import { describeWithMoto, Moto } from '../../support/terraform';

const provider = awsProvider();
if (provider === undefined) process.stderr.write('skipped, because TERRACE_PLUGIN_DIR has no AWS provider: a first deployment\n');

/** Without what watches it, which takes as long again. */
const STACKS = ['network', 'data', 'compute'];

/** Dozens of commands of terraform, each of which asks the provider for its schema. */
const TIMEOUT = 600_000;

const { api } = example().services!;
const files: EnvironmentFiles = {
  'shop-test': exampleFile({
    account: undefined,
    domain: undefined,
    database: undefined,
    cache: undefined,
    observability: undefined,
    buckets: { uploads: {} },
    secrets: { stripe: { description: 'payments', keys: ['key', 'hook'] } },
    services: {
      api: {
        ...api!,
        routes: [],
        scaling: undefined,
        replicas: { min: 1, max: 1 },
        environment: { STRIPE: { secret: 'stripe', key: 'key' } },
      },
    },
  }),
};

(provider === undefined ? describe.skip : describeWithMoto)('a first deployment', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-first-'));
  const output = join(scratch, 'cdktf.out');
  let moto: Moto;
  let running: RunningProvider;
  let restore: () => void;
  let path: string;
  let aws: AwsClients;

  beforeAll(async () => {
    moto = await Moto.start();
    running = await RunningProvider.start(provider!);
    restore = withTestCredentials(moto.url);
    path = `${emulatedTerraform(scratch, moto.url, provider!, running)}:${process.env.PATH ?? ''}`;
    aws = new AwsClients({ region: 'eu-west-1', endpoint: moto.url });
  }, 300_000);

  afterAll(() => {
    restore();
    running.stop();
    moto.stop();
    rmSync(scratch, { recursive: true });
  });

  const terrace = (...args: readonly string[]) =>
    runCommand(files, [...args, '--endpoint', moto.url, '--output', output], {
      env: { ...process.env, PATH: path, TERRACE_BACKEND: 'local' },
    });

  const resources = () =>
    Object.fromEntries(
      readdirSync(scratch)
        .filter((file) => file.endsWith('.tfstate'))
        .map((file) => {
          const { resources: all } = JSON.parse(readFileSync(join(scratch, file), 'utf8'));
          return [file.split('.')[1], all.filter(({ mode }: { mode: string }) => mode === 'managed').length];
        }),
    );

  it(
    'stops before the containers, and says what is missing with the commands that provide it',
    async () => {
      const { exitCode, stdout, stderr } = await terrace('deploy', 'shop-test', ...STACKS, '--yes');
      expect({ exitCode, stderr: exitCode === 1 ? '' : stderr }).toEqual({ exitCode: 1, stderr: '' });
      expect(stdout).toContain('shop-test-data: applied');
      expect(stdout).toMatch(/the secret stripe has no value \(payments\)\n +echo 'JSON object with the keys key, hook/);
      expect(stdout).toMatch(
        /the image api is missing: \d+\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/shop\/test\/api:initial\n.*docker buildx/,
      );
      expect(stdout).not.toContain('<tag>');
      expect(stdout).toContain('go on:  npm run deploy -- shop-test shop-test-compute-fargate');
      expect(Object.keys(resources()).sort()).toEqual(['shop-test-data', 'shop-test-network']);
    },
    TIMEOUT,
  );

  it(
    'waits for what is missing, and deploys the containers when it is there',
    async () => {
      const deployed = terrace('deploy', 'shop-test', ...STACKS, '--yes', '--until', '5');
      const manager = await aws.secretsManager();
      await manager.putSecretValue({ SecretId: '/shop/test/stripe', SecretString: '{"key":"1","hook":"2"}' });
      const ecr = await aws.ecr();
      await ecr.putImage({ repositoryName: 'shop/test/api', imageTag: 'initial', imageManifest: MANIFEST });
      const { exitCode, stdout, stderr } = await deployed;
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/shop-test-network: no changes\nshop-test-data: .*\nshop-test-compute-fargate: applied/);
      const ecs = await aws.ecs();
      const { services = [] } = await ecs.describeServices({ cluster: 'shop-test', services: ['shop-test-api'] });
      expect(services).toHaveLength(1);
    },
    TIMEOUT,
  );

  it(
    'is destroyed backwards, after a look that changes nothing',
    async () => {
      const before = resources();
      const { exitCode, stdout } = await terrace('destroy', 'shop-test', '--dry-run');
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /^shop-test-compute-fargate: \d+ resources\n[^]*\nshop-test-data: \d+ resources\n[^]*\nshop-test-network: /,
      );
      expect(resources()).toEqual(before);
      const destroyed = await terrace('destroy', 'shop-test', '--yes');
      expect({
        exitCode: destroyed.exitCode,
        stderr: destroyed.exitCode === 0 ? '' : destroyed.stderr + destroyed.stdout,
      }).toEqual({
        exitCode: 0,
        stderr: '',
      });
      expect(destroyed.stdout).toBe(
        'shop-test-compute-fargate: destroyed\nshop-test-data: destroyed\nshop-test-network: destroyed\nshop-test: destroyed\n',
      );
      expect(Object.values(resources()).every((count) => count === 0)).toBe(true);
    },
    TIMEOUT,
  );
});

const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 1, digest: `sha256:${'0'.repeat(64)}` },
  layers: [],
});
