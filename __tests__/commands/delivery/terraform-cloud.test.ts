/** Delivery and Terraform Cloud, with a local server in its place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { parseEnvironment } from '../../../src/config';
import { addEnvironment } from '../../../src/stacks/environment';
import { cloudRun } from '../../../src/commands/delivery/cloud-run';
import { workspaceOf } from '../../../src/commands/delivery/terraform-cloud';
import { capture } from '../../support/command';
import { example } from '../../support/example';
import { planJson, resourceChange } from '../../support/plans';
import { Recorder } from '../../support/recorder';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-services-'));
let server: Recorder;

beforeAll(async () => {
  server = await Recorder.start();
});

afterAll(() => {
  server.stop();
  rmSync(scratch, { recursive: true });
});

describe('Terraform Cloud', () => {
  const environment = parseEnvironment(
    example({
      name: 'shop-test',
      backend: { kind: 'cloud', organization: 'acme', project: 'shop' },
      services: {},
      images: {},
      database: undefined,
      cache: undefined,
      domain: undefined,
    }),
  );
  const output = join(scratch, 'cdktf.out');
  const STACK = 'shop-test-network';
  const folder = join(output, 'stacks', STACK);

  beforeAll(() => {
    const app = new App({ outdir: output, stackTraces: false });
    addEnvironment(app, environment);
    app.synth();
    mkdirSync(join(folder, '.terraform'), { recursive: true });
    writeFileSync(join(folder, '.terraform', 'provider'), 'x'.repeat(500_000));
  });

  /** The part of the API that a run uses. */
  function serve(plan: string, planned = 'planned'): void {
    const applied = () => server.asked.some(({ path }) => path.endsWith('/actions/apply'));
    const data = (id: string, attributes: object = {}, relationships: object = {}) => ({
      body: { data: { id, attributes, relationships } },
    });
    let looks = 0;
    server.answer(({ method, path }) => {
      const route = `${method} ${path.replace('/api/v2', '')}`;
      switch (route) {
        case 'GET /organizations/acme/workspaces/shop-test-network':
          return data('ws-1');
        case 'POST /workspaces/ws-1/configuration-versions':
          return data('cv-1', { 'upload-url': `${server.url}/upload/signed` });
        case 'PUT /upload/signed':
          return {};
        case 'GET /configuration-versions/cv-1':
          return data('cv-1', { status: 'uploaded' });
        case 'POST /runs':
          return data('run-1', { status: 'pending' });
        case 'GET /runs/run-1':
          looks += 1;
          return data(
            'run-1',
            { status: applied() ? 'applied' : looks === 1 ? 'planning' : planned },
            { plan: { data: { id: 'plan-1' } } },
          );
        case 'GET /plans/plan-1/json-output':
          return { body: plan };
        case 'POST /runs/run-1/actions/apply':
        case 'POST /runs/run-1/actions/discard':
          return {};
        default:
          return undefined;
      }
    });
  }

  const run = (apply: boolean) => {
    const { io } = capture({ ...process.env, TF_API_TOKEN: 'secret-token', GITHUB_STEP_SUMMARY: undefined });
    return cloudRun({ stacks: [STACK], output, message: 'a commit', apply }, io, { api: server.url, pollMs: 1 });
  };
  const CREATES = planJson([resourceChange('aws_vpc.main', ['create'])]);

  it('is found by the synthesised configuration', () =>
    expect(workspaceOf(folder)).toEqual({ hostname: 'app.terraform.io', organization: 'acme', name: STACK }));

  it('gets the configuration, plans it, and applies what the guard passes', async () => {
    serve(CREATES);
    expect(await run(true)).toBe(0);
    expect(server.writes()).toEqual([
      'POST /api/v2/workspaces/ws-1/configuration-versions',
      'PUT /upload/signed',
      'POST /api/v2/runs',
      'POST /api/v2/runs/run-1/actions/apply',
    ]);
  });

  it('gets the stack without .terraform, and the signed URL gets no token', async () => {
    serve(CREATES);
    await run(false);
    const upload = server.asked.find(({ method }) => method === 'PUT');
    expect(upload?.body.startsWith('\x1f\x8b')).toBe(true);
    expect(upload?.body.length).toBeLessThan(50_000);
    expect(upload?.headers).not.toHaveProperty('authorization');
  });

  it('only plans for a pull request', async () => {
    serve(CREATES);
    expect(await run(false)).toBe(0);
    expect(server.writes().at(-1)).toBe('POST /api/v2/runs');
    const version = server.asked.find(({ path }) => path.endsWith('/configuration-versions'));
    expect(JSON.parse(version!.body).data.attributes).toEqual({ 'auto-queue-runs': false, speculative: true });
  });

  it('applies nothing for a plan without changes', async () => {
    serve(planJson([]), 'planned_and_finished');
    expect(await run(true)).toBe(0);
    expect(server.writes()).not.toContain('POST /api/v2/runs/run-1/actions/apply');
  });

  it('discards a run that the guard refuses', async () => {
    serve(planJson([resourceChange('aws_db_instance.main', ['delete'])]));
    expect(await run(true)).toBe(1);
    expect(server.writes().at(-1)).toBe('POST /api/v2/runs/run-1/actions/discard');
  });

  it('fails when a run does', async () => {
    serve(CREATES, 'errored');
    await expect(run(true)).rejects.toThrow('Terraform Cloud ended runs/run-1 with "errored"');
  });

  it('is refused for a stack with another backend, and without a token', async () => {
    const other = join(scratch, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'cdk.tf.json'), JSON.stringify({ terraform: { backend: { s3: {} } } }));
    expect(() => workspaceOf(other)).toThrow('has no Terraform Cloud workspace');
    await expect(cloudRun({ stacks: [STACK], output, message: '', apply: true }, capture().io)).rejects.toThrow('TF_API_TOKEN');
  });
});
