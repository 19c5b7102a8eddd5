/** Comments, the plans of reviewers, the issue about drift: with a local server in GitHub's place. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { markerOf, renderComment } from '../../../src/commands/delivery/comment';
import { Github, githubSettings } from '../../../src/commands/delivery/github';
import { GONE_MARKER } from '../../../src/commands/delivery/own-comments';
import type { EnvironmentReport } from '../../../src/commands/delivery/stack-report';
import { runCommand } from '../../support/command';
import { BOT, GithubApi, type Routes } from '../../support/github-api';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-github-'));
let api: GithubApi;
beforeAll(async () => void (api = await GithubApi.start()));
afterAll(() => {
  api.stop();
  rmSync(scratch, { recursive: true });
});

const HEAD = 'a'.repeat(40);
const DIGEST = 'd'.repeat(64);

const report = (environment: string, commit = HEAD): EnvironmentReport => ({
  environment,
  commit,
  stacks: [
    {
      status: 'planned',
      stack: `${environment}-data`,
      actions: [],
      digest: DIGEST,
      changes: [],
      guard: { passed: true, markdown: '' },
      deletedOutside: [],
    },
  ],
});

const write = (folder: string, files: Readonly<Record<string, unknown>>): string => {
  const path = mkdtempSync(join(scratch, `${folder}-`));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), JSON.stringify(content));
  }
  return path;
};

describe('comments', () => {
  const OPEN: Routes = {
    'GET pulls': [{ number: 7, head: { sha: HEAD } }],
    'GET issues/7/comments': [],
  };
  async function comments(
    routes: Routes,
    reports: Readonly<Record<string, unknown>>,
    { expected = '', gone = [] as readonly string[] } = {},
  ) {
    api.serve({ ...OPEN, ...routes });
    const artifact = write('artifact', {
      'delivery/changes.json': { environments: [], byHand: [], gone },
      'policy/policy.json': { passed: true, text: '300 checks' },
    });
    const to = join(mkdtempSync(join(scratch, 'to-')), 'reviewed');
    const args = [
      '--commit',
      HEAD,
      '--branch',
      'feature',
      '--expected',
      expected,
      '--artifact',
      artifact,
      '--run',
      'https://run',
      '--to',
      to,
    ];
    const { exitCode, stderr } = await runCommand({}, ['delivery', 'comments', write('reports', reports), ...args], {
      env: api.env(),
    });
    const shown = (name: string) => JSON.parse(readFileSync(join(to, `${name}.json`), 'utf8')) as unknown;
    return { exitCode, stderr, to, shown };
  }
  const own = (id: number, body: string, user = BOT) => ({ id, body, user });

  it('are one for each environment, in place of the earlier one, and their digests are written to files', async () => {
    const earlier = { 'GET issues/7/comments': [own(3, `${markerOf('shop-test')}\nold`)] };
    const { exitCode, shown } = await comments(
      earlier,
      { 'shop-test.json': report('shop-test'), 'shop-prod.json': report('shop-prod') },
      { expected: 'shop-test shop-prod' },
    );
    expect(exitCode).toBe(0);
    expect(api.writes().map(({ route }) => route)).toEqual(['PATCH issues/comments/3', 'POST issues/7/comments']);
    expect(api.writes()[0]?.body.body).toContain('Policy: nothing unexplained.');
    expect(shown('shop-test')).toMatchObject({ digests: { 'shop-test-data': DIGEST } });
  });

  it('are read page by page, and only those of the bot count', async () => {
    const page = Array.from({ length: 100 }, (_, id) => own(id, 'talk'));
    api.serve({});
    api.server.answer(({ path, method }) => {
      if (method !== 'GET') return {};
      if (path.includes('/pulls')) return { body: OPEN['GET pulls'] };
      return {
        body: path.endsWith('page=1')
          ? page
          : [own(500, markerOf('shop-test'), { login: 'mallory' }), own(501, markerOf('shop-test'))],
      };
    });
    const github = new Github(githubSettings(api.env()));
    expect((await github.comments(7)).map(({ id }) => id).filter((id) => id >= 100)).toEqual([501]);
  });

  it('say that an environment was not planned when its job left no report, or one of another commit', async () => {
    const { shown } = await comments(
      {},
      { 'shop-prod.json': report('shop-prod', 'b'.repeat(40)) },
      { expected: 'shop-test shop-prod' },
    );
    for (const { body } of api.writes()) expect(body.body).toContain('**It was not planned**');
    expect([shown('shop-test'), shown('shop-prod')]).toMatchObject([{ digests: {} }, { digests: {} }]);
  });

  it('are marked as outdated when the newest push no longer touches the environment', async () => {
    const old = renderComment(report('shop-test', 'b'.repeat(40)));
    await comments({ 'GET issues/7/comments': [own(3, old), own(4, 'talk'), own(5, old, { login: 'mallory' })] }, {});
    const [first, ...others] = api.writes();
    expect(others).toEqual([]);
    expect(first?.route).toBe('PATCH issues/comments/3');
    expect(first?.body.body).toContain('outdated');
    await comments({ 'GET issues/7/comments': [own(3, first?.body.body as string)] }, {});
    expect(api.writes()).toEqual([]);
  });

  it('list removed stacks, and say so when a later push keeps them', async () => {
    await comments({}, {}, { gone: ['shop-old-data', 'shop-old-network'] });
    expect(api.writes()[0]?.body.body).toContain('- `shop-old-data`');
    expect(api.writes()[0]?.body.body).toContain('Nothing is destroyed by merging');
    await comments({ 'GET issues/7/comments': [own(9, `${GONE_MARKER}\n- shop-old-data`)] }, {});
    expect(api.writes()).toEqual([
      { route: 'PATCH issues/comments/9', body: { body: expect.stringContaining('removes no stack') } },
    ]);
    await comments({}, {});
    expect(api.writes()).toEqual([]);
  });

  it('are not written for a commit that was pushed over, so that a slow run does not replace newer plans', async () => {
    const { exitCode, to } = await comments(
      { 'GET pulls': [{ number: 7, head: { sha: 'b'.repeat(40) } }] },
      { 'shop-test.json': report('shop-test') },
      { expected: 'shop-test' },
    );
    expect({ exitCode, writes: api.writes() }).toEqual({ exitCode: 0, writes: [] });
    expect(existsSync(join(to, 'shop-test.json'))).toBe(false);
  });
});

describe('what reviewers were shown', () => {
  const MERGED: Routes = {
    GET: { default_branch: 'main' },
    'GET commits/c1/pulls': [{ number: 7, merged_at: '2026-01-01', head: { sha: HEAD } }],
    'GET actions/artifacts': { artifacts: [{ name: `reviewed-${HEAD}`, expired: false, workflow_run: { id: 42 } }] },
  };
  const TRUSTED = { event: 'workflow_run', path: '.github/workflows/plan.yml', head_branch: 'main' };
  const reviewed = async (routes: Routes) => {
    api.serve({ ...MERGED, ...routes });
    return (await runCommand({}, ['delivery', 'reviewed', '--commit', 'c1'], { env: api.env() })).stdout;
  };

  it('is in the artifact of the workflow `plan` for the merged commit', async () => {
    expect(await reviewed({ 'GET actions/runs/42': TRUSTED })).toBe(`run=42\nartifact=reviewed-${HEAD}\n`);
  });

  it.each([
    ['a workflow that a branch starts', { ...TRUSTED, event: 'push', head_branch: 'evil' }],
    ['another workflow', { ...TRUSTED, path: '.github/workflows/evil.yml' }],
    ['another branch', { ...TRUSTED, head_branch: 'evil' }],
  ])('is not what %s has uploaded under the same name', async (_, run) => {
    expect(await reviewed({ 'GET actions/runs/42': run })).toBe(`run=\nartifact=reviewed-${HEAD}\n`);
  });

  it('is found behind a forged artifact that is newer', async () => {
    const artifacts = [43, 42].map((id) => ({ name: `reviewed-${HEAD}`, expired: false, workflow_run: { id } }));
    const runs = { 'GET actions/runs/43': { ...TRUSTED, event: 'push' }, 'GET actions/runs/42': TRUSTED };
    expect(await reviewed({ ...runs, 'GET actions/artifacts': { artifacts } })).toContain('run=42');
  });

  it('is nothing for a push without a pull request, or after the artifact has expired', async () => {
    expect(await reviewed({ 'GET commits/c1/pulls': [] })).toBe('run=\nartifact=\n');
    const artifacts = [{ name: `reviewed-${HEAD}`, expired: true, workflow_run: { id: 42 } }];
    expect(await reviewed({ 'GET actions/artifacts': { artifacts } })).toContain('run=\n');
  });
});

describe('the issue about drift', () => {
  const issue = async (files: Readonly<Record<string, unknown>>, open: readonly object[], ...options: string[]) => {
    api.serve({ 'GET issues': open });
    const folder = Object.keys(files).length === 0 ? join(scratch, 'nowhere') : write('drift', files);
    const { exitCode } = await runCommand({}, ['delivery', 'drift-issue', folder, ...options], { env: api.env() });
    expect(exitCode).toBe(0);
    return api.writes();
  };
  const OPEN = [{ number: 5, title: 'Drift' }];
  const same = { 'shop-test.json': report('shop-test') };
  const states = (...found: object[]) => ({
    'shop.leftovers.json': { store: 'shop', bucket: 'shop-state', states: found },
  });
  const expected = ['--expected', 'shop-test', '--stores', 'shop'];

  it('is closed when everything was looked at and nothing differs', async () => {
    const [write] = await issue({ ...same, ...states() }, OPEN, ...expected);
    expect(write).toMatchObject({ route: 'PATCH issues/5', body: { state: 'closed' } });
  });

  it.each([
    ['no job left a report', {}, /shop-test[^]*the states of shop/],
    ['the job of an environment failed', states(), /- shop-test/],
    ['the states were not listed', same, /- the states of shop/],
    [
      'a state has no stack',
      { ...same, ...states({ key: 'old/data/terraform.tfstate', resources: 3 }) },
      /old\/data.*3 resources/,
    ],
  ])('stays open when %s', async (_, files, text) => {
    const [first] = await issue(files, OPEN, ...expected);
    expect(first?.body).not.toHaveProperty('state');
    expect(first?.body.body).toMatch(text);
  });

  it('is opened with a label where there is none, and refers to the run', async () => {
    const [write] = await issue({}, [], ...expected, '--run', 'https://run');
    expect(write).toMatchObject({ route: 'POST issues', body: { labels: ['terrace-drift'] } });
    expect(write?.body.body).toContain('https://run');
  });
});

describe('GitHub', () => {
  it('is reported in one line when it refuses', async () => {
    api.serve({ 'GET issues/7/comments': { status: 403, body: { message: 'Resource not accessible by integration' } } });
    await expect(new Github(githubSettings(api.env())).comments(7)).rejects.toThrow(
      'GitHub answered 403 to GET issues/7/comments',
    );
  });

  it('is not used outside of a workflow', () => expect(() => githubSettings({})).toThrow('runs in a GitHub workflow'));
});
