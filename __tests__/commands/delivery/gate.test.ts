/** `npm run delivery -- gate` and `approval`: who may deploy at GitHub, with a local server in its place. */
import { exampleFile, runCommand } from '../../support/command';
import { GithubApi, type Routes } from '../../support/github-api';

let api: GithubApi;
beforeAll(async () => void (api = await GithubApi.start()));
afterAll(() => api.stop());

const review = (changes: object = {}) => ({
  type: 'required_reviewers',
  prevent_self_review: true,
  reviewers: [{ type: 'User' }],
  ...changes,
});
const rules = (changes: object = {}) => ({
  can_admins_bypass: false,
  protection_rules: [{ type: 'branch_policy' }],
  deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  ...changes,
});
const only = (...names: string[]) => ({ branch_policies: names.map((name) => ({ name, type: 'branch' })) });

/** A repository in which everything is right. */
const GOOD: Routes = {
  GET: { default_branch: 'main', private: false },
  'GET environments/plan': rules(),
  'GET environments/plan/deployment-branch-policies': only('main'),
  'GET environments/shop-prod': rules(),
  'GET environments/shop-prod/deployment-branch-policies': only('main'),
  'GET environments/shop-prod-approval': rules({ protection_rules: [review()] }),
  'GET environments/shop-prod-approval/deployment-branch-policies': only('main'),
  'GET actions/permissions/workflow': { can_approve_pull_request_reviews: false },
};

async function gate(changes: Routes, ...options: string[]) {
  api.serve({ ...GOOD, ...changes });
  return runCommand({}, ['delivery', 'gate', 'shop-prod', ...options], { env: api.env() });
}

describe('the gate', () => {
  it('passes when only the default branch and its reviewers deploy', async () => {
    expect(await gate({}, '--protect')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(api.server.asked.every(({ headers }) => headers.authorization === 'Bearer token')).toBe(true);
  });

  const approval = (changes: object) => ({ 'GET environments/shop-prod-approval': rules(changes) });
  const cases: readonly (readonly [string, Routes, RegExp])[] = [
    ['a missing environment', { 'GET environments/shop-prod': { status: 404 } }, /shop-prod does not exist.*branch main only/],
    [
      'plans of any branch',
      { 'GET environments/plan': rules({ deployment_branch_policy: null }) },
      /plan: every branch may deploy/,
    ],
    [
      'any branch',
      { 'GET environments/shop-prod': rules({ deployment_branch_policy: null }) },
      /shop-prod: every branch may deploy/,
    ],
    ['a pattern', { 'GET environments/shop-prod/deployment-branch-policies': only('main', '*') }, /the branch \* may deploy too/],
    [
      'a tag',
      { 'GET environments/shop-prod/deployment-branch-policies': { branch_policies: [{ name: 'main', type: 'tag' }] } },
      /the tag main may deploy too/,
    ],
    ['no branch', { 'GET environments/shop-prod/deployment-branch-policies': only() }, /no branch may deploy/],
    [
      'other protected branches',
      {
        'GET environments/shop-prod': rules({
          deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
        }),
        'GET branches': [{ name: 'main' }, { name: 'release' }],
      },
      /protected branches release may deploy too/,
    ],
    [
      'an approval of any branch',
      approval({ protection_rules: [review()], deployment_branch_policy: null }),
      /shop-prod-approval: every branch/,
    ],
    ['no reviewers', approval({}), /shop-prod-approval has no required reviewers/],
    ['an empty list of reviewers', approval({ protection_rules: [review({ reviewers: [] })] }), /has no required reviewers/],
    ['self-review', approval({ protection_rules: [review({ prevent_self_review: false })] }), /tick "Prevent self-review"/],
    [
      'bypass by administrators',
      approval({ protection_rules: [review()], can_admins_bypass: true }),
      /administrators can skip the review/,
    ],
    [
      'workflows that approve pull requests',
      { 'GET actions/permissions/workflow': { can_approve_pull_request_reviews: true } },
      /untick "Allow GitHub Actions to create and approve pull requests"/,
    ],
  ];

  it.each(cases)('refuses %s under protection', async (_, changes, message) => {
    const { exitCode, stderr } = await gate(changes, '--protect');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('refuses a token of HCP Terraform that is stored outside of the GitHub environments', async () => {
    api.serve(GOOD);
    const exposed = async (token: string) =>
      runCommand({}, ['delivery', 'gate', 'shop-prod'], { env: api.env({ TERRACE_EXPOSED_TOKEN: token }) });
    expect((await exposed('')).exitCode).toBe(0);
    const { exitCode, stderr } = await exposed('TF_API_TOKEN');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('TF_API_TOKEN is a secret of the repository');
  });

  it('refuses other branches without protection too, and only notes what is between colleagues', async () => {
    expect((await gate({ 'GET environments/shop-prod': rules({ deployment_branch_policy: null }) })).exitCode).toBe(1);
    const { exitCode, stderr } = await gate(approval({ protection_rules: [review({ prevent_self_review: false })] }));
    expect(exitCode).toBe(0);
    expect(stderr).toContain('note: shop-prod-approval: the person who starts a deployment can approve it');
  });

  it('says what no token of a workflow can read, and reads it with another one', async () => {
    const { exitCode, stderr } = await gate({ 'GET actions/permissions/workflow': { status: 403 } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('TERRACE_SETTINGS_TOKEN');
    api.serve(GOOD);
    await runCommand({}, ['delivery', 'gate', 'shop-prod'], { env: api.env({ TERRACE_SETTINGS_TOKEN: 'admin' }) });
    const asked = api.server.asked.filter(({ headers }) => headers.authorization === 'Bearer admin').map(({ path }) => path);
    expect(asked).toEqual([expect.stringMatching(/actions\/permissions\/workflow$/)]);
  });

  it('names the plan of GitHub in a private repository, and asks for no reviewers with approvals by dispatch', async () => {
    const { stderr } = await gate({ GET: { default_branch: 'main', private: true }, ...approval({}) });
    expect(stderr).toMatch(/GitHub Enterprise.*kind: 'dispatch'/);
    const without = { GET: { default_branch: 'main', private: true }, 'GET environments/shop-prod-approval': { status: 404 } };
    expect(await gate(without, '--approval', 'dispatch', '--protect')).toMatchObject({ exitCode: 0 });
  });
});

describe('an approval by dispatch', () => {
  const file = (kind: 'dispatch' | 'reviewers', ...approvers: string[]) => ({
    'shop-test': exampleFile({
      backend: { kind: 's3', store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } },
      delivery: { approval: kind === 'dispatch' ? { kind, approvers } : { kind } },
    }),
  });
  const approve = (files: ReturnType<typeof file>, actor: string, more: Readonly<Record<string, string>> = {}) => {
    api.serve({
      'GET commits/abc/pulls': [{ number: 7, merged_at: '2026-01-01', head: { sha: 'h' }, user: { login: 'alice' } }],
    });
    const env = api.env({ GITHUB_ACTOR: actor, ...more });
    return runCommand(files, ['delivery', 'approval', 'shop-test', '--commit', 'abc'], { env });
  };

  it('is accepted from an approver who did not write the change', async () => {
    expect(await approve(file('dispatch', 'alice', 'Bob'), 'bob')).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['a stranger', 'mallory', {}, /mallory is not among the approvers of shop-test: alice, bob/],
    ['the author', 'Alice', {}, /alice wrote the change and cannot approve it/],
    ['a run that a stranger repeats', 'bob', { GITHUB_TRIGGERING_ACTOR: 'mallory' }, /mallory is not among/],
  ])('is refused from %s', async (_, actor, more, message) => {
    const { exitCode, stderr } = await approve(file('dispatch', 'alice', 'bob'), actor, more);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('is accepted from the author where there is one approver only', async () => {
    expect(await approve(file('dispatch', 'alice'), 'alice')).toMatchObject({ exitCode: 0 });
  });

  it('is refused where required reviewers approve, and for an unknown environment', async () => {
    expect((await approve(file('reviewers'), 'alice')).stderr).toContain('approved by the reviewers of shop-test-approval');
    api.serve({});
    const unknown = ['delivery', 'approval', 'shop-prod', '--commit', 'abc'];
    expect(await runCommand(file('dispatch', 'alice'), unknown, { env: api.env() })).toMatchObject({ exitCode: 1 });
  });
});
