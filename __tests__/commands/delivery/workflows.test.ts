/** The GitHub workflows: valid by actionlint, and as docs/ci.md describes them. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MINIMUM_TERRAFORM } from '../../../src/terraform/runner/version';

const ROOT = join(__dirname, '../../..');
const FOLDER = join(ROOT, '.github/workflows');
const NAMES = readdirSync(FOLDER);
const text = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const workflow = (name: string): any => parse(text(name));
const jobs = NAMES.flatMap((name) =>
  Object.entries<any>(workflow(name).jobs).map(([job, value]) => [`${name} ${job}`, value] as const),
);
const job = (name: string, id: string): any => workflow(name).jobs[id];
const scripts = (value: any): string => (value.steps ?? []).map(({ run = '' }) => run).join('\n');

const ACTIONLINT = process.env.ACTIONLINT ?? 'actionlint';
const isInstalled = spawnSync(ACTIONLINT, ['-version'], { stdio: 'ignore' }).status === 0;
if (!isInstalled) process.stderr.write('skipped, because actionlint is not installed: the workflows are not linted\n');

(isInstalled ? test : test.skip)('actionlint accepts the workflows', () => {
  const { status, stdout, stderr } = spawnSync(ACTIONLINT, ['-no-color'], { cwd: ROOT, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe.each(NAMES)('%s', (name) => {
  it('has a comment with its purpose', () => expect(text(name)).toMatch(/^# \w/));

  it('pins every external action to a commit', () => {
    const used = [...text(name).matchAll(/uses: (\S+)/g)].map(([, action]) => action ?? '');
    expect(used.filter((action) => !action.startsWith('./') && !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('starts with permission to read the code and nothing else, or lists what its caller grants', () => {
    const { contents, ...others } = workflow(name).permissions;
    expect(contents).toBe('read');
    const called = workflow(name).on.workflow_call !== undefined;
    expect(called ? Object.values(others).filter((value) => value === 'write') : Object.keys(others)).toEqual(
      called ? ['write'] : [],
    );
  });

  it('uses no stored AWS key', () => expect(text(name)).not.toMatch(/AWS_(ACCESS|SECRET)|aws-(access|secret)/i));

  it('uses no expression in its scripts, which text of others could extend', () => {
    for (const { steps = [] } of Object.values<any>(workflow(name).jobs))
      for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  it('calls only npm scripts that exist', () => {
    const { scripts: known } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const called = [...text(name).matchAll(/npm run (?:--silent )?([a-z-]+)/g)].map(([, command]) => command ?? '');
    expect(called.filter((command) => !(command in known))).toEqual([]);
  });
});

test('every workflow runs the same Terraform, not older than the minimum', () => {
  const versions = NAMES.flatMap((name) => [...text(name).matchAll(/terraform_version: (\S+)/g)].map(([, version]) => version!));
  expect(new Set(versions).size).toBe(1);
  expect(versions[0]?.localeCompare(MINIMUM_TERRAFORM, 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
});

test('docs/ci.md lists every workflow', () => {
  const page = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
  expect(NAMES.filter((name) => !page.includes(`| \`${name.replace('.yml', '')}\``))).toEqual([]);
});

test('every job has a time limit', () => {
  const without = jobs
    .filter(([, value]) => value.uses === undefined && value['timeout-minutes'] === undefined)
    .map(([name]) => name);
  expect(without).toEqual([]);
});

test('no job that uses states is cancelled by another one', () => {
  const touching = jobs.filter(
    ([, value]) =>
      /delivery (-- )?(plan|apply|cloud-run)/.test(scripts(value)) && !(value.name ?? '').startsWith('deploy-environment'),
  );
  expect(touching.length).toBeGreaterThan(3);
  for (const [, { concurrency }] of jobs) if (concurrency !== undefined) expect(concurrency['cancel-in-progress']).toBe(false);
});

test('an environment is deployed by one job at a time', () => {
  expect(job('deploy.yml', 'deploy').concurrency.group).toBe('state-${{ matrix.environment }}');
});

test('no plan leaves its job', () => {
  for (const [, value] of jobs) {
    const uploads = (value.steps ?? []).filter(({ uses = '' }) => uses.startsWith('actions/upload-artifact'));
    for (const { with: settings } of uploads) expect(settings.path).not.toMatch(/tfplan|stacks\/\*/);
  }
  expect(scripts(job('pull-request.yml', 'plan'))).not.toContain('terraform plan');
});

describe('a pull request', () => {
  const { check, synth, plan } = workflow('pull-request.yml').jobs;

  it('is linted, typechecked, tested and synthesised', () => {
    for (const command of ['npm ci', 'npm run lint', 'npm run typecheck', 'npm test', 'docs -- --check', 'actionlint'])
      expect(scripts(check)).toContain(command);
    expect(scripts(synth)).toContain('npm run synth');
  });

  it('passes the JSON to the plan, with the lock files of providers', () => {
    const upload = synth.steps.find(({ uses = '' }) => uses.startsWith('actions/upload-artifact'));
    expect(upload.with).toMatchObject({ path: expect.stringContaining('cdktf.out'), 'include-hidden-files': true });
    expect(scripts(plan)).not.toContain('npm run synth');
  });

  it('is planned by environment, from this repository only, with the role of its store', () => {
    expect(plan.strategy.matrix).toContain('needs.synth.outputs.matrix');
    expect(plan.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(plan.permissions).toEqual({ contents: 'read', 'id-token': 'write', 'pull-requests': 'write' });
    expect(plan.environment).toBeUndefined();
  });

  it('gets its comment whether or not the plan is sound, and fails on a failed policy gate', () => {
    const comment = plan.steps.find(({ run = '' }) => run.includes('delivery -- comment'));
    expect(comment.if).toContain("steps.plan.outcome == 'failure'");
    expect(scripts(synth)).toMatch(/policy gate failed.*exit 1/);
  });
});

describe('a deployment', () => {
  const { reviewed, approved } = workflow('deploy-environment.yml').jobs;

  it('runs in the GitHub environment, whose claim the apply role trusts', () => {
    expect(reviewed.environment).toBe('${{ inputs.environment }}');
    expect(approved.environment).toBe('${{ inputs.environment }}-approval');
  });

  it('applies without an approval only what was reviewed', () => {
    expect(scripts(reviewed)).toMatch(/delivery apply .* --reviewed reviewed\.json$/m);
    expect(scripts(reviewed)).not.toContain('--approved');
    expect(approved.if).toContain("needs.reviewed.outputs.waiting != ''");
  });

  it('gets the signal of a cancelled run, so that terraform saves its state', () => {
    for (const { steps } of [reviewed, approved])
      expect(scripts({ steps })).toMatch(/^exec node scripts\/terrace\.mjs delivery apply /m);
  });

  it('checks the protection rules before it needs them', () => {
    expect(scripts(reviewed)).toMatch(/gate "\$ENVIRONMENT-approval" --reviewers/);
    const gate = reviewed.steps.findIndex(({ run = '' }) => run.includes('gate "$ENVIRONMENT"'));
    const credentials = reviewed.steps.findIndex(({ uses = '' }) => uses.startsWith('aws-actions/'));
    expect(reviewed.steps[gate].if).toBe('inputs.protect');
    expect(gate).toBeLessThan(credentials);
  });
});

describe('drift', () => {
  it('is searched every night with the plan role, and reported in one issue', () => {
    expect(workflow('drift.yml').on.schedule).toHaveLength(1);
    expect(job('drift.yml', 'plan').environment).toBe('plan');
    expect(scripts(job('drift.yml', 'synth'))).toContain('--for plan');
    expect(job('drift.yml', 'report').permissions).toEqual({ contents: 'read', issues: 'write' });
  });
});
