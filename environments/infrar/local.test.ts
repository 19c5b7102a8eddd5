/** infrar-local, by its document's "Development Environment", and what any environment on a developer's machine may say. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import local from './local';
import { isEmulated, parseEmulated, type EmulatedInput } from '../../src/config';
import { renderCompose } from '../../src/synthesis/local-compose';
import { fileOf, runCommand } from '../../__tests__/support/command';
import { resourcesOf, type RootModule } from '../../__tests__/support/synth';

const output = mkdtempSync(join(tmpdir(), 'terrace-local-'));
let stack: RootModule;
let report = '';

beforeAll(async () => {
  const { exitCode, stdout, stderr } = await runCommand({ 'infrar-local': fileOf(local) }, ['synth', '--output', output]);
  if (exitCode !== 0) throw new Error(stderr);
  report = stdout + stderr;
  stack = JSON.parse(readFileSync(join(output, 'stacks/infrar-local-data/cdk.tf.json'), 'utf8'));
});

afterAll(() => rmSync(output, { recursive: true }));

describe('infrar-local, by its document', () => {
  it('is one stack of S3 and Secrets Manager, and nothing else', () => {
    expect(Object.keys(stack.resource ?? {}).filter((type) => !/^aws_(s3_bucket|secretsmanager)/.test(type))).toEqual([]);
    expect(existsSync(join(output, 'stacks/infrar-local-network'))).toBe(false);
    expect(resourcesOf(stack, 'aws_s3_bucket').map(({ bucket }) => bucket)).toEqual([
      'infrar-local-artifacts',
      'infrar-local-uploads',
    ]);
    expect(resourcesOf(stack, 'aws_secretsmanager_secret').map(({ name }) => name)).toContain(
      '/infrar/local/api-keys/stripe-secret-key',
    );
  });

  it('talks to the emulator on port 4566 and to nothing else, with credentials that are none', () => {
    const [aws] = stack.provider.aws as any[];
    expect(new Set(Object.values(aws.endpoints[0]))).toEqual(new Set(['http://localhost:4566']));
    expect(aws).toMatchObject({ access_key: 'test', s3_use_path_style: true, skip_requesting_account_id: true, max_retries: 1 });
  });

  it('has an endpoint for the service of every resource', () => {
    const [aws] = stack.provider.aws as any[];
    expect(Object.keys(aws.endpoints[0]).sort()).toEqual(['s3', 'secretsmanager', 'sts']);
  });

  it('keeps its state in a file', () =>
    expect(stack.terraform.backend).toEqual({ local: { path: '../../../terraform.infrar-local-data.tfstate' } }));

  it('generates values where Terrace can, without any in the JSON', () => {
    const versions = resourcesOf(stack, 'aws_secretsmanager_secret_version');
    expect(versions).toHaveLength(2);
    for (const version of versions) expect(version.secret_string_wo).toMatch(/^\$\{ephemeral\./);
  });

  it('has buckets that live as in the other environments', () => {
    const rules = stack.resource?.aws_s3_bucket_lifecycle_configuration?.bucket_artifacts_lifecycle?.rule as any[];
    expect(rules.find(({ transition }) => transition !== undefined).transition).toEqual([{ days: 30, storage_class: 'GLACIER' }]);
  });

  const compose = (): any => parse(readFileSync(join(output, 'stacks/infrar-local-data/docker-compose.yml'), 'utf8'));

  it("has the document's containers: postgres:15, redis:7-alpine and the emulator", () => {
    const { postgres, redis, localstack } = compose().services;
    expect(postgres).toMatchObject({
      image: 'postgres:15',
      environment: { POSTGRES_DB: 'infrar_dev', POSTGRES_USER: 'infrar', POSTGRES_PASSWORD: 'devpassword' },
      volumes: ['postgres_data:/var/lib/postgresql/data'],
    });
    expect(redis.image).toBe('redis:7-alpine');
    expect(localstack.environment).toMatchObject({
      SERVICES: expect.stringMatching(/^s3,secretsmanager/),
      AWS_DEFAULT_REGION: 'us-east-1',
    });
    expect(compose().volumes).toEqual({ postgres_data: {} });
  });

  it("publishes the document's ports, to this machine only", () => {
    const ports = Object.values<any>(compose().services).flatMap((service) => service.ports);
    expect(ports).toEqual(['127.0.0.1:5432:5432', '127.0.0.1:6379:6379', '127.0.0.1:4566:4566']);
  });

  it('says how it is started', () => expect(report).toContain('docker compose -f'));
});

describe("an environment on a developer's machine", () => {
  const minimal: EmulatedInput = { system: 'shop', name: 'shop-local', region: 'eu-west-1', target: { kind: 'emulator' } };

  it('needs little more than a name', () => {
    const environment = parseEmulated(minimal);
    expect(environment).toMatchObject({ endpoint: 'http://localhost:4566', buckets: [], secrets: [] });
    expect(Object.keys(parse(renderCompose(environment)).services)).toEqual(['localstack']);
  });

  it('is recognised by its target', () => {
    expect(isEmulated(minimal)).toBe(true);
    expect(isEmulated({ system: 'shop', tier: 'fargate' })).toBe(false);
  });

  it('names secrets and buckets as everywhere', () => {
    const { buckets, secrets } = parseEmulated({
      ...minimal,
      buckets: { uploads: {} },
      secrets: { jwt: { description: 'signs' } },
    });
    expect(buckets[0]).toMatchObject({ name: 'shop-local-uploads', versioning: false, encryption: 'sse-s3' });
    expect(secrets[0]?.name).toBe('/shop/local/jwt');
  });

  it.each<[string, object, string]>([
    [
      'AWS itself as the emulator',
      { target: { kind: 'emulator', endpoint: 'https://s3.eu-west-1.amazonaws.com' } },
      'target.endpoint',
    ],
    ['no URL', { target: { kind: 'emulator', endpoint: 'localhost' } }, 'target.endpoint'],
    ['services', { services: {} }, 'an unknown field "services"'],
    ['a network', { network: { cidr: '10.0.0.0/16' } }, 'an unknown field "network"'],
    ['a customer-managed key', { buckets: { uploads: { encryption: 'kms' } } }, 'buckets.uploads.encryption'],
    ['the name of another system', { name: 'store-local' }, 'a name that starts with "shop-"'],
  ])('does not take %s', (_, changes, said) => expect(() => parseEmulated({ ...minimal, ...changes })).toThrow(said));

  it('writes a dollar sign that Compose does not take for a variable', () => {
    const text = renderCompose(
      parseEmulated({ ...minimal, database: { version: '15', name: 'shop', user: 'shop', password: 'a$HOME' } }),
    );
    expect(parse(text).services.postgres.environment.POSTGRES_PASSWORD).toBe('a$$HOME');
  });

  it('can have the emulator on another port', () => {
    const text = renderCompose(parseEmulated({ ...minimal, target: { kind: 'emulator', endpoint: 'http://localhost:4577' } }));
    expect(parse(text).services.localstack.ports).toEqual(['127.0.0.1:4577:4566']);
  });
});
