/** A system that no sample resembles, on all three tiers: everything in it is described, synthesised and accepted by every check. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePreview } from '../../src/config';
import { readModules } from '../../src/synthesis/output-folder';
import { PreviewStack } from '../../src/stacks/preview-stack';
import { fileOf, runCommand } from '../support/command';
import { resourcesOf, synthApp, type RootModule } from '../support/synth';
import dev from './gallery/dev';
import production from './gallery/production';
import staging from './gallery/staging';

const FILES = {
  'gallery-dev': fileOf(dev),
  'gallery-staging': fileOf(staging),
  'gallery-production': fileOf(production),
};
const folder = mkdtempSync(join(tmpdir(), 'terrace-gallery-'));
const locks = join(folder, 'locks');
const out = join(folder, 'out');
mkdirSync(locks);
afterAll(() => rmSync(folder, { recursive: true }));

let report: { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
let modules: ReadonlyMap<string, RootModule>;
beforeAll(async () => {
  report = await runCommand(FILES, ['synth', '--output', out, '--locks', locks]);
  modules = readModules(out) as ReadonlyMap<string, RootModule>;
}, 120_000);

const moduleOf = (id: string): RootModule => {
  const module = modules.get(id);
  if (module === undefined) throw new Error(`no stack ${id} among ${[...modules.keys()].join(', ')}`);
  return module;
};
const text = (id: string): string => JSON.stringify(moduleOf(id));

test('each environment is described in at most 60 lines', () => {
  for (const name of ['dev', 'staging', 'production'])
    expect(readFileSync(join(__dirname, `gallery/${name}.ts`), 'utf8').split('\n').length).toBeLessThanOrEqual(60);
});

test('the synthesis refuses nothing, warns of nothing and prices every environment', () => {
  const problems = report.stderr.split('\n').filter((line) => !line.startsWith('synthesising') && line !== '');
  expect({ exitCode: report.exitCode, problems }).toEqual({ exitCode: 0, problems: [] });
  expect(report.stdout).toMatch(/ 0 warnings/);
  for (const name of Object.keys(FILES)) expect(report.stdout).toMatch(new RegExp(`^${name} [^]*?about \\$\\d+ a month$`, 'm'));
});

test('lock and own policies accept it', async () => {
  expect((await runCommand(FILES, ['lock', '--locks', locks])).exitCode).toBe(0);
  expect((await runCommand(FILES, ['lock', '--check', '--locks', locks])).exitCode).toBe(0);
  const { exitCode, stdout } = await runCommand(FILES, ['policy', '--own']);
  expect({ exitCode, findings: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, findings: '' });
}, 120_000);

test('the static site has a distribution of its own next to the services, on every tier', () => {
  for (const [name, host] of [
    ['gallery-dev', 'www.dev.gallery.example'],
    ['gallery-staging', 'www.staging.gallery.example'],
    ['gallery-production', 'www.gallery.example'],
  ] as const) {
    const aliases = resourcesOf(moduleOf(`${name}-edge`), 'aws_cloudfront_distribution').flatMap(
      (one) => one.aliases as string[],
    );
    expect(aliases).toContain(host);
    expect(aliases.filter((alias) => alias.startsWith('app.') || alias.startsWith('api.'))).toEqual([]);
  }
});

test('WebSockets stay open for ten minutes', () => {
  expect(text('gallery-dev-compute-box')).toContain('proxy_read_timeout 600s');
  expect(resourcesOf(moduleOf('gallery-staging-compute-fargate'), 'aws_lb')).toEqual([
    expect.objectContaining({ idle_timeout: 600 }),
  ]);
  expect(text('gallery-production-workloads')).toContain('idle_timeout.timeout_seconds=600');
});

test('browsers upload to the bucket, whose objects are locked in production', () => {
  for (const name of Object.keys(FILES))
    expect(resourcesOf(moduleOf(`${name}-data`), 'aws_s3_bucket_cors_configuration')).toHaveLength(1);
  expect(resourcesOf(moduleOf('gallery-production-data'), 'aws_s3_bucket_object_lock_configuration')).toHaveLength(1);
});

test('the job runs in the time of Berlin', () => {
  expect(text('gallery-staging-compute-fargate')).toContain('"schedule_expression_timezone":"Europe/Berlin"');
  expect(text('gallery-production-workloads')).toMatch(/"time_?[zZ]one":"Europe\/Berlin"/);
  expect(text('gallery-dev-compute-box')).toContain('Europe/Berlin');
});

test('the clock never runs twice, and everything runs on arm64', () => {
  const service = resourcesOf(moduleOf('gallery-staging-compute-fargate'), 'aws_ecs_service').find(({ name }) =>
    String(name).endsWith('-clock'),
  );
  expect(service).toMatchObject({ deployment_minimum_healthy_percent: 0, deployment_maximum_percent: 100 });
  expect(text('gallery-production-workloads')).toContain('"type":"Recreate"');
  for (const task of resourcesOf(moduleOf('gallery-staging-compute-fargate'), 'aws_ecs_task_definition'))
    expect(task.runtime_platform).toMatchObject({ cpu_architecture: 'ARM64' });
});

test('the worker follows the queue in Redis where KEDA reads it', () => {
  expect(text('gallery-production-workloads')).toContain('queue:default');
});

test('e-mail is signed, and only the job may send it', () => {
  const edge = moduleOf('gallery-production-edge');
  expect(resourcesOf(edge, 'aws_sesv2_email_identity')).toEqual([expect.objectContaining({ email_identity: 'gallery.example' })]);
  const policies = resourcesOf(moduleOf('gallery-production-compute-kubernetes'), 'aws_iam_role_policy').map((policy) =>
    JSON.stringify(policy),
  );
  expect(policies.filter((policy) => policy.includes('ses:SendEmail'))).toHaveLength(1);
});

test('staging sleeps at night, with its database, and so does the host', () => {
  expect(text('gallery-staging-sleep')).toMatch(/StopDBInstance|stopDBInstance/);
  expect(text('gallery-dev-sleep')).toMatch(/[sS]topInstances/);
  expect(modules.has('gallery-production-sleep')).toBe(false);
});

test('staging has previews, with names and secrets of their own', () => {
  const preview = parsePreview(staging, { number: 12 });
  const [module] = Object.values(synthApp((app) => void new PreviewStack(app, preview)));
  const hosts = resourcesOf(module!, 'aws_lb_listener_rule').map((rule) => JSON.stringify(rule.condition));
  expect(hosts.join()).toContain('pr-12.app.staging.gallery.example');
  expect(JSON.stringify(module)).not.toContain('secret:/gallery/staging/rails');
});
