/** Delivery and the services it uses, GitHub and Terraform Cloud, with a local server for both. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { parseEnvironment } from '../../../src/config';
import { addEnvironment } from '../../../src/stacks/environment';
import { cloudRun } from '../../../src/commands/delivery/cloud-run';
import { renderComment } from '../../../src/commands/delivery/comment';
import { Github, githubSettings } from '../../../src/commands/delivery/github';
import { workspaceOf } from '../../../src/commands/delivery/terraform-cloud';
import { capture, runCommand } from '../../support/command';
import { example } from '../../support/example';
import { plannedStack, planJson, resourceChange } from '../../support/plans';
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

const BOT = { login: 'github-actions[bot]' };
const HEAD = 'a'.repeat(40);

const shown = (commit = HEAD): string =>
  renderComment({
    environment: 'shop-test',
    commit,
    stacks: [plannedStack('shop-test-data', { actions: [], digest: 'd'.repeat(64) })],
  });

describe('GitHub', () => {
  const github = () => new Github({ api: server.url, repository: 'acme/infrastructure', token: 'token' });
  const base = '/repos/acme/infrastructure';

  it('gets one comment for an environment, which replaces the earlier one', async () => {
    server.answer(({ method, path }) => {
      if (method === 'GET') return { body: path.includes('/issues/7/comments') ? [{ id: 3, body: shown(), user: BOT }] : [] };
      return {};
    });
    await github().comment(7, 'shop-test', 'again');
    await github().comment(7, 'shop-prod', 'first');
    expect(server.writes()).toEqual([`PATCH ${base}/issues/comments/3`, `POST ${base}/issues/7/comments`]);
    expect(server.asked[0]?.headers.authorization).toBe('Bearer token');
  });

  it('is read page by page', async () => {
    const page = Array.from({ length: 100 }, (_, id) => ({ id, body: 'talk', user: BOT }));
    server.answer(({ path }) => ({ body: path.endsWith('page=1') ? page : [{ id: 500, body: shown(), user: BOT }] }));
    await github().comment(7, 'shop-test', 'again');
    expect(server.writes()).toEqual([`PATCH ${base}/issues/comments/500`]);
  });

  const merged = (comments: readonly object[]) =>
    server.answer(({ path }) => ({
      body: path.includes('/pulls') ? [{ number: 7, merged_at: '2026-01-01', head: { sha: HEAD } }] : comments,
    }));

  it('has what reviewers of a merged commit were shown', async () => {
    merged([{ id: 1, body: shown(), user: BOT }]);
    expect((await github().reviewed('c1', 'shop-test'))?.digests).toEqual({ 'shop-test-data': 'd'.repeat(64) });
  });

  it.each([
    ['a person', [{ id: 1, body: shown(), user: { login: 'mallory' } }]],
    ['an earlier push', [{ id: 1, body: shown('b'.repeat(40)), user: BOT }]],
    ['no comment', []],
  ])('does not count as reviewed what was shown by %s', async (_, comments) => {
    merged(comments);
    expect(await github().reviewed('c1', 'shop-test')).toBeUndefined();
  });

  it('keeps one issue about drift: opened, updated, closed', async () => {
    const open: object[] = [];
    server.answer(({ method }) => ({ body: method === 'GET' ? open : {} }));
    await github().issue('terrace-drift', 'Drift', 'something');
    open.push({ number: 5, title: 'Drift' });
    await github().issue('terrace-drift', 'Drift', 'something else');
    await github().issue('terrace-drift', 'Drift', undefined);
    expect(server.writes()).toEqual([`POST ${base}/issues`, `PATCH ${base}/issues/5`, `PATCH ${base}/issues/5`]);
    expect(JSON.parse(server.asked.at(-1)!.body)).toMatchObject({ state: 'closed' });
  });

  it('is reported in one line when it refuses', async () => {
    server.answer(() => ({ status: 403, body: { message: 'Resource not accessible by integration' } }));
    await expect(github().comment(7, 'shop-test', 'x')).rejects.toThrow('GitHub answered 403 to GET issues/7/comments');
  });

  it('is not used outside of a workflow', () => expect(() => githubSettings({})).toThrow('runs in a GitHub workflow'));

  describe('environments', () => {
    const gate = async (name: string, ...more: string[]) => {
      const env = { GITHUB_TOKEN: 't', GITHUB_REPOSITORY: 'acme/infrastructure', GITHUB_API_URL: server.url };
      return (await runCommand({}, ['delivery', 'gate', name, ...more], { env })).exitCode;
    };

    it('pass with required reviewers, or a branch rule', async () => {
      server.answer(() => ({ body: { protection_rules: [{ type: 'required_reviewers' }], deployment_branch_policy: null } }));
      expect([await gate('shop-prod'), await gate('shop-prod', '--reviewers')]).toEqual([0, 0]);
      server.answer(() => ({ body: { protection_rules: [], deployment_branch_policy: { protected_branches: true } } }));
      expect([await gate('shop-prod'), await gate('shop-prod', '--reviewers')]).toEqual([0, 1]);
    });

    it('fail when they do not exist or have no rules', async () => {
      server.answer(() => undefined);
      expect(await gate('shop-prod')).toBe(1);
      server.answer(() => ({ body: {} }));
      expect(await gate('shop-prod')).toBe(1);
    });
  });
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
