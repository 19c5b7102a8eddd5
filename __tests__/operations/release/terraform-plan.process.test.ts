/**
 * After a release, and after the way back, a plan of the real terraform shows no change: the synthesised task definitions, services
 * and parameters of an environment, applied to an emulator, with providers from `TERRACE_PLUGIN_DIR`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../../../src/config';
import { planBack } from '../../../src/operations/release/back';
import { performRelease } from '../../../src/operations/release/perform';
import { planRelease } from '../../../src/operations/release/plan';
import { releasable, StubRunner, targetAt, withCredentials } from '../../support/released';
import { synthEnvironment, type RootModule } from '../../support/synth';
import { describeWithMoto, Moto } from '../../support/terraform';

type Json = Record<string, any>;

const { TERRACE_PLUGIN_DIR: PLUGINS } = process.env;
if (PLUGINS === undefined) process.stderr.write('skipped, because TERRACE_PLUGIN_DIR names no providers: plans after a release\n');
const describeHere: typeof describeWithMoto =
  PLUGINS === undefined ? (name, body) => describe.skip(name, body) : describeWithMoto;

withCredentials();

const REFERENCE = /\$\{(?!data\.aws_ssm_parameter|aws_ecs_)[^}]*\}/g;
const SERVICES = ['ec2', 'ecr', 'ecs', 'iam', 'ssm', 'sts'];

/** What a release touches, as it is synthesised; references to everything else are literal. */
function moduleFor(stacks: Readonly<Record<string, RootModule>>, url: string): Json {
  const compute = stacks['shop-test-compute-fargate'] as Json;
  const data = stacks['shop-test-data'] as Json;
  const literal = (value: unknown): Json =>
    JSON.parse(JSON.stringify(value).replace(REFERENCE, 'arn:aws:iam::123456789012:role/one')) as Json;
  const services = Object.entries(compute.resource.aws_ecs_service as Json).map(([id, service]: [string, Json]) => {
    const { load_balancer: _balancer, service_registries: _registries, depends_on: _after, ...kept } = service;
    // No task runs in the emulator.
    return [id, { ...kept, desired_count: 0, capacity_provider_strategy: undefined, launch_type: 'FARGATE' }];
  });
  const module = literal({
    // Whatever version the folder has.
    terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
    provider: {
      aws: {
        ...compute.provider.aws[0],
        access_key: 'test',
        secret_key: 'test',
        allowed_account_ids: undefined,
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        max_retries: 1,
        endpoints: Object.fromEntries(SERVICES.map((name) => [name, url])),
      },
    },
    data: { aws_ssm_parameter: named(compute.data.aws_ssm_parameter as Json) },
    resource: {
      aws_ecs_cluster: { cluster_cluster: { name: 'shop-test' } },
      aws_ecs_task_definition: withoutOrder(compute.resource.aws_ecs_task_definition as Json),
      aws_ecs_service: Object.fromEntries(services),
      aws_ssm_parameter: parameters(data.resource.aws_ssm_parameter as Json),
      aws_vpc: { one: { cidr_block: '10.0.0.0/16' } },
    },
  });
  // The emulator looks for subnets and groups.
  module.resource.aws_subnet = { one: { cidr_block: '10.0.0.0/24', vpc_id: '${aws_vpc.one.id}' } };
  module.resource.aws_security_group = { one: { name: 'one', vpc_id: '${aws_vpc.one.id}' } };
  const network = { subnets: ['${aws_subnet.one.id}'], security_groups: ['${aws_security_group.one.id}'] };
  for (const service of Object.values(module.resource.aws_ecs_service as Json)) service.network_configuration = network;
  return module;
}

/** Each reads the parameter of its image by the name that the data stack publishes. */
const named = (sources: Json): Json =>
  Object.fromEntries(Object.keys(sources).map((id) => [id, { name: `/shop/test/images/${id.replace('image_', '')}` }]));

const withoutOrder = (blocks: Json): Json =>
  Object.fromEntries(Object.entries(blocks).map(([id, { depends_on: _after, ...block }]: [string, Json]) => [id, block]));

const parameters = (blocks: Json): Json =>
  Object.fromEntries(
    Object.entries(blocks).map(([id, block]: [string, Json]) => {
      const key = String(block.name).split('/').at(-1);
      return [id, { ...block, insecure_value: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/test/${key}:one` }];
    }),
  );

/** The emulator keeps the deployment of a service as it was created: this answers with the task definition that the service has. */
async function deployingProxy(url: string): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name)));
      const answer = await fetch(`${url}${request.url}`, {
        method: request.method,
        headers: headers as Record<string, string>,
        body: request.method === 'GET' ? undefined : Buffer.concat(chunks),
      });
      let body = await answer.text();
      if (request.headers['x-amz-target']?.toString().endsWith('.DescribeServices') === true) {
        const described = JSON.parse(body) as Json;
        for (const service of (described.services ?? []) as Json[])
          for (const one of service.deployments as Json[]) one.taskDefinition = service.taskDefinition;
        body = JSON.stringify(described);
      }
      response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? 'text/plain' });
      response.end(body);
    })();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

describeHere('a plan of terraform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-release-'));
  let moto: Moto;
  let proxy: Server;
  let url: string;

  /** @returns the exit code and what it printed */
  const terraform = (...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      execFile('terraform', [...args, '-no-color'], { cwd: folder, env: { ...process.env, TF_INPUT: '0', CHECKPOINT_DISABLE: '1' } }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });

  const succeed = async (...args: string[]): Promise<void> => {
    const { code, output } = await terraform(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')}: ${output.slice(-2000)}`);
  };

  beforeAll(async () => {
    moto = await Moto.start();
    proxy = await deployingProxy(moto.url);
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const target = targetAt(url);
    const ecr = await target.aws.ecr();
    for (const key of ['api', 'web']) {
      await ecr.createRepository({ repositoryName: `shop/test/${key}` });
      for (const imageTag of ['one', 'two']) await ecr.putImage({ repositoryName: `shop/test/${key}`, imageTag, imageManifest: index(imageTag) });
    }
    const stacks = synthEnvironment(parseEnvironment(releasable()));
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(moduleFor(stacks, url), null, 1));
    await succeed('init', `-plugin-dir=${PLUGINS}`);
    // Another stack in a deployment: the parameters are there before they are read.
    await succeed('apply', '-auto-approve', ...Object.keys(moduleFor(stacks, url).resource.aws_ssm_parameter as Json).map((id) => `-target=aws_ssm_parameter.${id}`));
    await succeed('apply', '-auto-approve');
  }, 300_000);

  afterAll(async () => {
    proxy.closeAllConnections();
    await new Promise((ended) => proxy.close(ended));
    moto.stop();
    rmSync(folder, { recursive: true });
  });

  const options = { timeoutSeconds: 30, everySeconds: 0.1, report: () => undefined };

  it('shows no change after a release', async () => {
    expect(await terraform('plan', '-detailed-exitcode')).toMatchObject({ code: 0 });
    const target = targetAt(url);
    const performed = await performRelease(target, await planRelease(target, { api: 'two', web: 'two' }, { jobs: true }), {
      ...options,
      runner: new StubRunner(),
    });
    expect(performed).toMatchObject({ outcome: 'released' });
    const { code, output } = await terraform('plan', '-detailed-exitcode');
    expect(output).toContain('No changes.');
    expect(code).toBe(0);
  }, 300_000);

  it('shows no change after the way back', async () => {
    const target = targetAt(url);
    const { plan } = await planBack(target, ['api']);
    expect(plan.changes[0]?.to).toMatch(/api:one$/);
    expect(await performRelease(target, plan, options)).toMatchObject({ outcome: 'released' });
    expect((await terraform('plan', '-detailed-exitcode')).output).toContain('No changes.');
  }, 300_000);

  it('shows a change when a revision loses its tags, so that this test can fail', async () => {
    const ecs = await targetAt(url).aws.ecs();
    const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: 'shop-test-mail' });
    const { family, containerDefinitions, cpu, memory, networkMode, executionRoleArn, taskRoleArn } = taskDefinition ?? {};
    await ecs.registerTaskDefinition({ family, containerDefinitions, cpu, memory, networkMode, executionRoleArn, taskRoleArn });
    expect((await terraform('plan', '-detailed-exitcode')).code).toBe(2);
  }, 300_000);
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
