/** The GitHub workflows: valid by actionlint and zizmor, with the least rights in each job, and as docs/ci.md describes them. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { CHECKOV_VERSION } from '../../../src/checks/policy/checkov';
import { PLAN_ENVIRONMENT } from '../../../src/commands/delivery/gate';
import { PLAN_WORKFLOW } from '../../../src/commands/delivery/github';
import { MINIMUM_TERRAFORM } from '../../../src/terraform/runner/version';
import { runCommand } from '../../support/command';
import { validatorTest } from '../../support/validators';

const ROOT = join(__dirname, '../../..');
const FOLDER = join(ROOT, '.github/workflows');
const NAMES = readdirSync(FOLDER);
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const text = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const parsed = new Map(NAMES.map((name) => [name, parse(text(name))]));
const workflow = (name: string): any => parsed.get(name);
/** What a shell of a job needs of this machine. SHLVL: see setup.js. */
const SHELL = { PATH: process.env.PATH, SHLVL: process.env.SHLVL };
const steps = (value: any): readonly any[] => value.steps ?? [];
const scripts = (value: any): string =>
  steps(value)
    .map(({ run = '' }) => run)
    .join('\n');

interface Job {
  readonly file: string;
  readonly id: string;
  readonly value: any;
  /** What its token may do: its own permissions, or those of the workflow. */
  readonly permissions: Readonly<Record<string, string>>;
}

const JOBS: readonly Job[] = NAMES.flatMap((file) => {
  const { jobs, permissions } = workflow(file);
  return Object.entries<any>(jobs).map(([id, value]) => ({ file, id, value, permissions: value.permissions ?? permissions }));
});
const label = ({ file, id }: Job): string => `${file} ${id}`;
const writes = ({ permissions }: Job): readonly string[] =>
  Object.entries(permissions).flatMap(([name, right]) => (right === 'write' && name !== 'id-token' ? [name] : []));
const stepOf = (value: any, wanted: RegExp): number =>
  steps(value).findIndex(({ run = '', uses = '' }) => wanted.test(run) || wanted.test(uses));

describe.each([
  ['actionlint', ['-no-color']],
  ['zizmor', ['--quiet', '--no-progress', '--offline', '--persona', 'auditor', '.github']],
])('%s', (program, options) => {
  validatorTest('accepts the workflows', program, (run) => {
    const { ok, said } = run(...options);
    expect({ ok, said: ok ? '' : said }).toEqual({ ok: true, said: '' });
  });
});

describe.each(NAMES)('%s', (name) => {
  it('has a comment with its purpose', () => expect(text(name)).toMatch(/^# \w/));

  it('pins every external action to a commit, with its version', () => {
    const used = [...text(name).matchAll(/^\s+(?:- )?uses: (.+)/gm)].map(([, action]) => action ?? '');
    expect(used.filter((action) => !action.startsWith('./') && !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  it('grants nothing but reading the code to all jobs', () => {
    expect([{}, { contents: 'read' }]).toContainEqual(workflow(name).permissions);
  });

  it('uses no stored AWS key', () => expect(text(name)).not.toMatch(/AWS_(ACCESS|SECRET)|aws-(access|secret)/i));

  it('uses no expression in its scripts, which text of others could extend', () => {
    for (const value of Object.values<any>(workflow(name).jobs)) expect(scripts(value)).not.toContain('${{');
  });

  it('leaves no token in the checkout', () => {
    for (const value of Object.values<any>(workflow(name).jobs))
      for (const { uses = '', with: settings } of steps(value))
        if (uses.startsWith('actions/checkout@')) expect(settings['persist-credentials']).toBe(false);
  });

  it('calls only npm scripts that exist', () => {
    const { scripts: known } = JSON.parse(read('package.json'));
    const called = [...text(name).matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(([, command]) => command ?? '');
    expect(called.filter((command) => !(command in known))).toEqual([]);
  });

  it('calls only steps and options of `delivery` that exist', async () => {
    for (const [, step = '', rest = ''] of text(name)
      .replace(/\n\s+(?=--|\$\{)/g, ' ')
      .matchAll(/delivery -- ([a-z-]+)(.*)/g)) {
      const { stdout } = await runCommand({}, ['delivery', step, '--help']);
      const options = [...rest.split(' -- ')[0]!.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      expect({ step, unknown: options.filter((option) => !stdout.includes(option)) }).toEqual({ step, unknown: [] });
    }
  });
});

test('every workflow runs one Terraform, not older than the minimum, and one Node, which is supported', () => {
  const versions = (setting: string) => [
    ...new Set(
      NAMES.flatMap((name) => [...text(name).matchAll(new RegExp(`${setting}: (\\S+)`, 'g'))].map(([, version]) => version!)),
    ),
  ];
  const [terraform, ...others] = versions('terraform_version');
  expect(others).toEqual([]);
  expect(terraform?.localeCompare(MINIMUM_TERRAFORM, 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
  expect(versions('node-version-file')).toEqual(['.node-version']);
  // The one workflow that is about all of them.
  expect(versions('node-version').filter((version) => version !== '${{')).toEqual([]);
  expect(workflow('compatibility.yml').jobs.node.strategy.matrix.node).toContain(Number(read('.node-version')));
});

test('docs/ci.md lists every workflow', () => {
  const page = read('docs/ci.md');
  expect(NAMES.filter((name) => !page.includes(`| \`${name.replace('.yml', '')}\``))).toEqual([]);
});

test('every job has a time limit and its own permissions', () => {
  const without = JOBS.filter(({ value }) => value.uses === undefined && value['timeout-minutes'] === undefined);
  expect(without.map(label)).toEqual([]);
  const inherited = JOBS.filter(({ value }) => value.permissions === undefined);
  expect(inherited.map(label)).toEqual([]);
});

describe('a token that writes', () => {
  const WRITING = JOBS.filter((one) => writes(one).length > 0 && one.value.uses === undefined);

  it('exists in these jobs only', () => {
    expect(Object.fromEntries(WRITING.map((one) => [label(one), writes(one)]))).toEqual({
      'plan.yml comment': ['pull-requests'],
      'plan.yml verdict': ['statuses'],
      'drift.yml report': ['issues'],
      'deploy-environment.yml continue': ['actions'],
      'image-digests.yml propose': ['contents'],
      'provider-locks.yml propose': ['contents'],
    });
  });

  it('is never where code of a pull request runs', () => {
    for (const { file, value } of WRITING) {
      expect(Object.keys(workflow(file).on)).not.toContain('pull_request');
      expect(Object.keys(workflow(file).on)).not.toContain('pull_request_target');
      const refs = steps(value).flatMap(({ uses = '', with: settings = {} }) =>
        uses.startsWith('actions/checkout@') && settings.ref !== undefined ? [settings.ref] : [],
      );
      expect(refs).toEqual([]);
    }
  });

  it('is not next to any code of the project where it may change the repository', () => {
    const changing = WRITING.filter((one) =>
      writes(one).some((right) => right === 'contents' || right === 'actions' || right === 'statuses'),
    );
    expect(changing).toHaveLength(4);
    for (const { value } of changing) expect(scripts(value)).not.toMatch(/\bnpm\b|\bnode\b|\bnpx\b|scripts\//);
  });
});

describe('a login to AWS', () => {
  const LOGINS = JOBS.filter(({ permissions }) => permissions['id-token'] === 'write').filter(
    ({ value }) => value.uses === undefined,
  );

  it('happens in a GitHub environment, which only the default branch may use', () => {
    expect(LOGINS.map(label).sort()).toEqual([
      'deploy-environment.yml approved',
      'deploy-environment.yml reviewed',
      'drift.yml plan',
      'drift.yml states',
      'plan.yml plan',
      'preview.yml preview',
    ]);
    const own = ['${{ inputs.environment }}', '${{ inputs.environment }}-approval', '${{ matrix.environment }}'];
    for (const { value } of LOGINS) expect([PLAN_ENVIRONMENT, ...own]).toContain(value.environment);
  });

  it('is never in a job that a pull request starts', () => {
    const { on } = workflow('pull-request.yml');
    expect(Object.keys(on)).toEqual(['pull_request', 'merge_group']);
    expect(text('pull-request.yml')).not.toMatch(/secrets\.|id-token|configure-aws/);
  });

  it('comes after the gate, in a job of its own before the GitHub environment is named', () => {
    const { gate, reviewed, approved } = workflow('deploy-environment.yml').jobs;
    expect(gate.environment).toBeUndefined();
    expect(gate.if).toBeUndefined();
    expect(scripts(gate)).toContain('delivery -- gate "$ENVIRONMENT"');
    expect(reviewed.needs).toBe('gate');
    expect(approved.needs).toBe('reviewed');
  });

  it('shares no cache with other jobs where it may apply', () => {
    const applying = LOGINS.filter(({ file }) => file === 'deploy-environment.yml' || file === 'preview.yml');
    expect(applying).toHaveLength(3);
    for (const { value } of applying) {
      expect(steps(value).filter(({ uses = '' }) => uses.startsWith('actions/cache'))).toEqual([]);
      expect(JSON.stringify(value)).not.toContain('"cache":"npm"');
    }
  });
});

test('no job that uses states is cancelled by another one', () => {
  const touching = JOBS.filter(({ value }) => /delivery (-- )?(plan|apply)|terrace\.mjs preview/.test(scripts(value)));
  expect(touching.length).toBeGreaterThan(4);
  for (const { file, value } of touching)
    for (const concurrency of [value.concurrency, workflow(file).concurrency])
      if (concurrency !== undefined) expect(concurrency['cancel-in-progress']).toBe(false);
});

test('no plan leaves its job', () => {
  for (const { value } of JOBS)
    for (const { uses = '', with: settings } of steps(value))
      if (uses.startsWith('actions/upload-artifact')) expect(settings.path).not.toMatch(/tfplan|stacks\/\*/);
});

test('checkov and zizmor are installed by their hashes, in the version that the code names', () => {
  const requirements = (tool: string) => read(`scripts/requirements/${tool}.txt`);
  expect(requirements('checkov')).toContain(`\ncheckov==${CHECKOV_VERSION} `);
  for (const tool of ['checkov', 'zizmor']) {
    const pinned = requirements(tool)
      .split('\n')
      .filter((line) => /^[a-z0-9]/i.test(line));
    expect(pinned.filter((line) => !/^[A-Za-z0-9._-]+==\S+ .*\\$/.test(line))).toEqual([]);
    expect(requirements(tool).match(/--hash=sha256:[0-9a-f]{64}/g)!.length).toBeGreaterThanOrEqual(pinned.length);
  }
});

describe('a pull request', () => {
  const { jobs } = workflow('pull-request.yml');

  it('is linted, typechecked, tested and synthesised, its locks, policies and modules are checked, each in a job without rights', () => {
    const wanted: Readonly<Record<string, readonly string[]>> = {
      check: [
        'npm ci',
        'npm run lint',
        'npm run typecheck',
        'npm test',
        'npm run test:exhaustive',
        'npm run test:processes',
        'docs -- --check',
        'actionlint',
        'zizmor',
      ],
      synth: ['npm run synth', 'delivery -- changed'],
      locks: ['lock -- --check --base base/locks'],
      pictures: ['book -- --svg --out pictures'],
      policy: ['policy -- --from cdktf.out'],
      validate: ['test:terraform -- --required'],
    };
    expect(Object.keys(jobs)).toEqual(Object.keys(wanted));
    for (const [id, commands] of Object.entries(wanted)) {
      expect(jobs[id].permissions).toEqual({ contents: 'read' });
      for (const command of commands) expect(scripts(jobs[id])).toContain(command);
    }
  });

  it('passes the JSON on, with the lock files of providers', () => {
    const upload = steps(jobs.synth).find(({ uses = '' }) => uses.startsWith('actions/upload-artifact'));
    expect(upload.with).toMatchObject({ path: expect.stringContaining('cdktf.out'), 'include-hidden-files': true });
  });
});

describe('the plan of a pull request', () => {
  const { on, jobs } = workflow('plan.yml');

  it('is in the workflow whose artifacts the deployment trusts, which only the end of `pull-request` starts', () => {
    expect(PLAN_WORKFLOW).toBe('.github/workflows/plan.yml');
    expect(on).toEqual({ workflow_run: { workflows: ['pull-request'], types: ['completed'] } });
    expect(workflow('pull-request.yml').name).toBe('pull-request');
  });

  it('runs code of the default branch on modules that were vetted, and not for a fork', () => {
    expect(jobs.prepare.if).toContain('github.event.workflow_run.head_repository.full_name == github.repository');
    expect(scripts(jobs.prepare)).toContain('delivery -- accept artifact');
    expect(jobs.plan.strategy.matrix).toContain('needs.prepare.outputs.matrix');
    const taken = steps(jobs.plan).filter(({ uses = '' }) => uses.startsWith('actions/download-artifact'));
    expect(taken.map(({ with: settings }) => settings.name)).toEqual(['vetted']);
    expect(jobs.plan['runs-on']).toBe('${{ fromJSON(matrix.runner) }}');
  });

  it('gets its comments whether or not every plan is sound', () => {
    expect(jobs.comment.if).toContain('!cancelled()');
    expect(scripts(jobs.comment)).toContain('--expected "$EXPECTED"');
  });

  describe('ends with the verdict', () => {
    const { verdict } = jobs;

    it('which waits for every job and always runs', () => {
      expect([...verdict.needs].sort()).toEqual(
        Object.keys(jobs)
          .filter((id) => id !== 'verdict')
          .sort(),
      );
      expect(verdict.if).toBe('${{ always() }}');
      const [{ env }] = steps(verdict);
      for (const id of verdict.needs) expect(Object.values(env)).toContain(`\${{ needs.${id}.result }}`);
      expect(env.CHECKS).toBe('${{ github.event.workflow_run.conclusion }}');
    });

    const ends = (results: Readonly<Record<string, string>>) => {
      const [{ run }] = steps(verdict);
      const env = {
        ...SHELL,
        CHECKS: 'success',
        PREPARE: 'success',
        PLAN: 'success',
        COMMENT: 'success',
        ...results,
      };
      const { stdout, status } = spawnSync('bash', ['-ec', `gh() { printf '%s\\n' "$@"; }\n${run}`], { env, encoding: 'utf8' });
      return { status, state: /^state=(.*)$/m.exec(stdout)?.[1] };
    };

    it.each([
      ['every job has passed', {}],
      ['nothing was to be planned', { PLAN: 'skipped' }],
      ['it is a fork, or the merge queue', { PREPARE: 'skipped', PLAN: 'skipped', COMMENT: 'skipped' }],
    ])('which is a success when %s', (_, results) => expect(ends(results)).toEqual({ status: 0, state: 'success' }));

    it.each([
      ['the checks have failed', { CHECKS: 'failure' }],
      ['the checks were cancelled', { CHECKS: 'cancelled', PREPARE: 'skipped', PLAN: 'skipped', COMMENT: 'skipped' }],
      ['a module was refused', { PREPARE: 'failure', PLAN: 'skipped', COMMENT: 'skipped' }],
      ['a plan has failed or the guard refuses it', { PLAN: 'failure' }],
      ['a plan was cancelled', { PLAN: 'cancelled' }],
      ['the comments were not written', { COMMENT: 'failure' }],
    ])('which is a failure when %s', (_, results) => expect(ends(results)).toEqual({ status: 0, state: 'failure' }));
  });
});

describe('previews', () => {
  const { on, jobs } = workflow('preview.yml');
  const { choose, gate, preview } = jobs;

  it('start with the label, with the end of a pull request, every night, and by the pipeline of an application', () => {
    expect(Object.keys(on)).toEqual(['pull_request_target', 'schedule', 'workflow_dispatch']);
    expect(on.pull_request_target.types).toEqual(['labeled', 'unlabeled', 'closed']);
  });

  it('run code of the default branch only, and nothing of a pull request', () => {
    expect(choose.if).toContain("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)");
    for (const job of Object.values<any>(jobs)) {
      const checkouts = steps(job).filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
      expect(checkouts.map(({ with: settings }) => settings)).toEqual([{ 'persist-credentials': false }]);
      expect(steps(job).filter(({ uses = '' }) => uses.startsWith('actions/download-artifact'))).toEqual([]);
    }
  });

  it('read of the event of a pull request nothing that its author writes', () => {
    const read = [...text('preview.yml').matchAll(/github\.event\.[a-z_.*]+/g)].map(([path]) => path);
    expect([...new Set(read)].sort()).toEqual([
      'github.event.action',
      'github.event.label.name',
      'github.event.pull_request.head.repo.full_name',
      'github.event.pull_request.labels.*.name',
      'github.event.pull_request.number',
      'github.event.repository.default_branch',
    ]);
  });

  it('are not made for a fork, nor without the label', () => {
    expect(choose.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(choose.if).toContain("github.event.label.name == 'preview'");
    expect(choose.if).toContain("contains(github.event.pull_request.labels.*.name, 'preview')");
  });

  it('log in after the gate of the GitHub environment, with no right but that', () => {
    expect(gate.environment).toBeUndefined();
    expect(scripts(gate)).toContain('delivery -- gate "$ENVIRONMENT"');
    expect(preview.needs).toContain('gate');
    expect(preview.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(JSON.stringify(jobs)).not.toContain('TERRACE_SETTINGS_TOKEN');
  });

  const command = (variables: Readonly<Record<string, string>>) => {
    const { run } = steps(preview).at(-1);
    const env = { ...SHELL, ENVIRONMENT: 'shop-dev', NUMBER: '', IMAGES: '', DESTROY: 'false', ...variables };
    const script = run.replaceAll('exec node', 'exec printf "%s\\n"');
    return spawnSync('bash', ['-e', '-c', script], { env, encoding: 'utf8', cwd: ROOT }).stdout.trim().split('\n').slice(1);
  };

  it.each([
    [
      'with its images',
      { NUMBER: '12', IMAGES: 'api=pr-12  web=*' },
      ['shop-dev', '--pr', '12', '--image', 'api=pr-12', '--image', 'web=*', '--yes'],
    ],
    ['without images', { NUMBER: '12' }, ['shop-dev', '--pr', '12', '--yes']],
    ['at its end', { NUMBER: '12', DESTROY: 'true' }, ['shop-dev', '--pr', '12', '--destroy', '--yes']],
    ['every night', {}, ['shop-dev', '--expired', '--yes']],
    ['with a number that is a command', { NUMBER: '$(id); 1' }, ['shop-dev', '--pr', '$(id); 1', '--yes']],
  ])('start the command %s', (_, variables, args) => expect(command(variables)).toEqual(['preview', ...args]));
});

describe('a token of HCP Terraform', () => {
  const using = (secret: string) => JOBS.filter(({ value }) => JSON.stringify(steps(value)).includes(`secrets.${secret} `));

  it('that plans is in jobs of the GitHub environment `plan`, and the one that applies in those of the environment', () => {
    const only = (secret: string) => using(secret).filter(({ id }) => id !== 'gate');
    expect(only('TF_API_TOKEN_PLAN').map(label)).toEqual(['drift.yml plan', 'plan.yml plan']);
    for (const { value } of only('TF_API_TOKEN_PLAN')) expect(value.environment).toBe(PLAN_ENVIRONMENT);
    expect(only('TF_API_TOKEN').map(label)).toEqual(['deploy-environment.yml reviewed', 'deploy-environment.yml approved']);
    for (const { value } of only('TF_API_TOKEN')) expect(value.environment).toContain('inputs.environment');
  });

  it('is passed to jobs of such environments only', () => {
    for (const { value } of [...using('TF_API_TOKEN'), ...using('TF_API_TOKEN_PLAN')]) {
      const texts = steps(value).flatMap(({ env = {} }) => (env.TF_API_TOKEN === undefined ? [] : [env.TF_API_TOKEN]));
      for (const text of texts) expect(text).toMatch(/^\$\{\{ (matrix|inputs)\.backend == 'cloud' && /);
    }
  });

  it('that a job without a GitHub environment can see is reported to the gate', () => {
    const { gate } = workflow('deploy-environment.yml').jobs;
    const { env } = steps(gate).at(-1);
    for (const secret of ['TF_API_TOKEN', 'TF_API_TOKEN_PLAN'])
      expect(env.TERRACE_EXPOSED_TOKEN).toContain(`secrets.${secret} != '' && '${secret}'`);
  });

  it('needs neither Terraform nor a role in AWS on the runner', () => {
    for (const { value } of [...using('TF_API_TOKEN_PLAN'), ...using('TF_API_TOKEN')].filter(({ id }) => id !== 'gate'))
      for (const { uses = '', if: condition } of steps(value))
        if (/setup-terraform|configure-aws|actions\/cache/.test(uses)) expect(condition).toMatch(/backend == 's3'$/);
  });
});

describe('a deployment', () => {
  const { jobs: calls } = workflow('deploy.yml');
  const { reviewed, approved, continue: next } = workflow('deploy-environment.yml').jobs;
  const PHASES = ['zones', 'environments', 'names'];

  it('checks locks, policies and modules first, each in a job that may only read', () => {
    for (const id of ['synth', 'locks', 'policy', 'validate']) expect(calls[id].permissions).toEqual({ contents: 'read' });
    for (const phase of PHASES)
      expect(calls[phase].needs).toEqual(expect.arrayContaining(['synth', 'locks', 'policy', 'validate']));
    expect(scripts(calls.locks)).toContain('lock -- --check --base base/locks');
  });

  it('applies zones before environments, and their names after them, unless an earlier phase has failed', () => {
    expect(calls.environments.needs).toContain('zones');
    expect(calls.names.needs).toEqual(expect.arrayContaining(['zones', 'environments']));
    for (const phase of ['environments', 'names'])
      for (const needed of calls[phase].needs) expect(calls[phase].if).toContain(`needs.${needed}.result == 'success'`);
  });

  it('is of the default branch only', () => expect(calls.synth.if).toContain('github.event.repository.default_branch'));

  it('of one environment waits for the one before, and is not replaced by the one after', () => {
    for (const phase of PHASES)
      expect(calls[phase].concurrency).toEqual({
        group: 'state-${{ matrix.environment }}',
        'cancel-in-progress': false,
        queue: 'max',
      });
  });

  it('runs in the GitHub environment, whose claim the apply role trusts, on the runner of the environment', () => {
    expect(reviewed.environment).toBe('${{ inputs.environment }}');
    expect(approved.environment).toBe('${{ inputs.environment }}-approval');
    for (const one of [reviewed, approved]) expect(one['runs-on']).toBe('${{ fromJSON(inputs.runner) }}');
  });

  it('applies what was reviewed, and what was approved: by the reviewers of GitHub, or by a person who starts the workflow', () => {
    expect(scripts(reviewed)).toContain('--reviewed "reviewed/$ENVIRONMENT.json"');
    const check = stepOf(reviewed, /delivery -- approval/);
    expect(steps(reviewed)[check].if).toBe("inputs.digest != ''");
    expect(check).toBeLessThan(stepOf(reviewed, /^aws-actions\//));
    const applied = steps(reviewed)[stepOf(reviewed, /delivery apply/)];
    for (const name of ['APPROVED', 'CREATES']) expect(applied.env[name]).toMatch(/^\$\{\{ inputs\.digest != '' &&/);
    expect(approved.if).toBe("needs.reviewed.outputs.waiting != '' && inputs.approval == 'reviewers'");
  });

  it('gets the signal of a cancelled run, so that terraform saves its state', () => {
    for (const one of [reviewed, approved]) expect(scripts(one)).toMatch(/^exec node scripts\/terrace\.mjs delivery apply /m);
  });

  it('goes on with the next stack after an approval, in a run that asks again', () => {
    expect(next).toMatchObject({ needs: 'approved', if: "needs.approved.outputs.waiting != ''" });
    expect(scripts(next)).toContain('gh workflow run deploy.yml');
  });
});

describe('drift', () => {
  const { synth, plan, states, report } = workflow('drift.yml').jobs;

  it('is searched every night in every environment and in the states of every store', () => {
    expect(workflow('drift.yml').on.schedule).toHaveLength(1);
    expect(scripts(synth)).toContain('--for plan');
    expect(scripts(states)).toContain('delivery -- leftovers');
    // Environments in HCP Terraform have no store, and a matrix without an entry is an error.
    expect(states.if).toContain("store-names != ''");
    expect(plan.strategy['fail-fast']).toBe(false);
  });

  it('is reported after a failed job too, with everything that was expected', () => {
    expect(report.needs).toEqual(['synth', 'plan', 'states']);
    expect(report.if).toBe('${{ !cancelled() }}');
    expect(scripts(report)).toContain('--expected "$EXPECTED" --stores "$STORES"');
    expect(steps(report).at(-1).env.EXPECTED).toContain("|| 'every-environment'");
  });
});

describe.each(['provider-locks', 'image-digests'])('%s', (name) => {
  const { refresh, propose } = workflow(`${name}.yml`).jobs;

  it('runs code of the project without a token that writes', () => {
    expect(refresh.permissions).toEqual({ contents: 'read' });
    expect(propose.needs).toBe('refresh');
  });

  describe('with a new file', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'terrace-propose-'));
    afterAll(() => rmSync(scratch, { recursive: true }));

    const path = name === 'provider-locks' ? 'provider-locks/aws.lock.hcl' : 'src/config/tables/image-digests.json';
    const git = (cwd: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return stdout.trim();
    };

    /** A repository with the file on its default branch, and a clone of it, below a folder; both are copied for each run. */
    const START = join(scratch, 'start');
    beforeAll(() => {
      const clone = join(START, 'clone');
      mkdirSync(join(clone, dirname(path)), { recursive: true });
      writeFileSync(join(clone, path), 'old');
      git(START, 'init', '--quiet', '--template=', '--bare', '--initial-branch=main', 'infrastructure.git');
      git(clone, 'init', '--quiet', '--template=', '--initial-branch=main');
      // From one copy to the other.
      git(clone, 'remote', 'add', 'origin', '../infrastructure.git');
      git(clone, 'add', '.');
      git(clone, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'start');
      git(clone, 'push', '--quiet', '--set-upstream', 'origin', 'main');
    });

    /** Runs the scripts of the job in a clone, with a stub for `gh`. */
    const proposes = (app: string, open: number, content = 'new') => {
      const home = mkdtempSync(join(scratch, 'run-'));
      const [remote, clone] = [join(home, 'infrastructure.git'), join(home, 'clone')];
      cpSync(START, home, { recursive: true });
      const downloaded = name === 'provider-locks' ? path : 'digests/image-digests.json';
      mkdirSync(join(clone, dirname(downloaded)), { recursive: true });
      writeFileSync(join(clone, downloaded), content);
      const gh = `gh() { printf '%s ' "$@" >> ${home}/asked; printf '\\n' >> ${home}/asked; [ "$2" != list ] || echo ${open}; }`;
      const env = {
        ...SHELL,
        HOME: home,
        APP: app,
        REPOSITORY: 'infrastructure',
        SERVER: `file://${home}`,
        BASE: 'main',
        GITHUB_OUTPUT: join(home, 'outputs'),
      };
      let last = { status: 0 as number | null, stdout: '' };
      for (const { run, if: condition = '' } of steps(propose).filter((step) => step.run !== undefined)) {
        if (condition !== '' && !readFileSync(env.GITHUB_OUTPUT, 'utf8').includes('any=true')) continue;
        last = spawnSync('bash', ['-eo', 'pipefail', '-c', `${gh}\n${run}`], { cwd: clone, env, encoding: 'utf8' });
      }
      const asked = existsSync(join(home, 'asked')) ? readFileSync(join(home, 'asked'), 'utf8') : '';
      const pushed = git(remote, 'branch', '--list', name) === '' ? undefined : git(remote, 'show', `${name}:${path}`);
      return { ...last, asked, pushed };
    };

    it('pushes a branch and opens a pull request as the app', () => {
      const { status, asked, pushed } = proposes('success', 0);
      expect({ status, pushed }).toEqual({ status: 0, pushed: 'new' });
      expect(asked).toContain(`pr create --repo infrastructure --head ${name} --base main`);
    });

    it('pushes a branch and fails with the link without the app, until a person has opened the pull request', () => {
      const { status, stdout, asked, pushed } = proposes('skipped', 0);
      expect({ status, pushed }).toEqual({ status: 1, pushed: 'new' });
      expect(stdout).toContain(`/compare/main...${name}?expand=1`);
      expect(asked).not.toContain('pr create');
      expect(proposes('skipped', 1)).toMatchObject({ status: 0, pushed: 'new' });
    });

    it('does nothing when nothing is new', () => {
      expect(proposes('skipped', 0, 'old')).toMatchObject({ status: 0, asked: '', pushed: undefined });
    });
  });

  it('opens a pull request that starts its checks: as a GitHub App, or by a person who follows the link', () => {
    expect(propose.environment).toBe('proposals');
    expect(stepOf(propose, /create-github-app-token/)).toBeGreaterThan(stepOf(propose, /download-artifact/));
    const script = scripts(propose);
    expect(script).toMatch(/if \[ "\$APP" = success \]; then\s+gh pr create/);
    expect(script).toMatch(/compare\/\$BASE\.\.\./);
  });
});
