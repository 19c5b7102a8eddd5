/** `npm run preview`, with stubs for terraform, S3 and Step Functions: what it starts, in which order, and when it stops. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Waiting from '../../../src/aws/waiting';
import type { EnvironmentInput } from '../../../src/config';
import { mapValues } from '../../../src/config/calculations/records';
import { boxed } from '../../support/boxed';
import { exampleFile, fileOf, runCommand } from '../../support/command';
import { endedWith, previewExecutions, startedJobs } from '../../support/preview-executions';
import { planJson, resourceChange } from '../../support/plans';
import { previewed } from '../../support/previewed';
import type { Change } from '../../support/rich';
import { askInAllTests } from '../../support/aws-credentials';
import { StubS3 } from '../../support/s3-server';
import { AwsFailure, StubAws } from '../../support/stub-aws';
import { completed, errored, jsonLines, StubTerraform, type Answers } from '../../support/stub-terraform';

// Jobs of a stub end at once.
jest.mock('../../../src/aws/waiting', () => {
  const actual = jest.requireActual<typeof Waiting>('../../../src/aws/waiting');
  return { ...actual, pause: (_: number, signal?: AbortSignal) => actual.pause(0.001, signal) };
});

const scratch = mkdtempSync(join(tmpdir(), 'terrace-preview-'));
const output = join(scratch, 'cdktf.out');
const s3 = new StubS3();
const aws = new StubAws();
askInAllTests(aws);
beforeAll(async () => {
  process.env.AWS_ENDPOINT_URL_S3 = await s3.start();
});
afterAll(() => {
  delete process.env.AWS_ENDPOINT_URL_S3;
  s3.stop();
  rmSync(scratch, { recursive: true });
});

const STACK = 'shop-dev-pr-12';
const PLAN = planJson([resourceChange('aws_sqs_queue.own_queue-work_queue', ['create'])]);
const STATE = 'dev/pr-12/terraform.tfstate';
const JOBS = ['database_init', 'migrate', 'sync', 'database_drop'];
/** A state with the jobs of a preview that was applied. */
const APPLIED = { outputs: Object.fromEntries(JOBS.map((job) => [`run_${job}`, { value: 'a command' }])) };

const ANSWERS: Answers = {
  '*:show': { stdout: PLAN },
  '*:apply': { stdout: jsonLines(completed('aws_sqs_queue.own_queue-work_queue', 'create')) },
};

/** States of previews: when they were written, and how many resources they have. */
type States = Readonly<Record<string, { readonly written: string; readonly resources: number }>>;

/** A zone that no other environment has. */
const OF_THE_BOX = {
  zone: 'box.example',
  provider: 'route53',
  names: ['box.example'],
  certificateAuthorities: ['letsencrypt.org'],
} satisfies EnvironmentInput['domain'];

const ago = (days: number): string => new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();

interface Options {
  readonly change?: Change;
  readonly answers?: Answers;
  readonly states?: States;
  /** What the state of the preview has as outputs. */
  readonly state?: unknown;
  /** Name of a job to the end of its execution. @default it succeeds */
  readonly ends?: Readonly<Record<string, object>>;
  /** Receives each look at an execution. */
  readonly onLook?: () => void;
  readonly env?: Readonly<Record<string, string>>;
}

async function preview(
  args: readonly string[],
  { change, answers = {}, states = {}, env = {}, state = APPLIED, ends = {}, onLook }: Options = {},
) {
  const stub = new StubTerraform({ ...ANSWERS, ...answers });
  aws.calls.length = 0;
  aws.answers = previewExecutions(ends, onLook);
  s3.objects = {
    [STATE]: { content: state },
    ...mapValues(states, ({ written, resources }) => ({
      written,
      content: { ...APPLIED, resources: Array.from({ length: resources }, () => ({ mode: 'managed' })) },
    })),
  };
  const files = {
    'shop-dev': fileOf(previewed(change)),
    'shop-plain': exampleFile({ name: 'shop-plain', domain: undefined, services: {}, images: {} }),
    'shop-box': fileOf(boxed({ name: 'shop-box', domain: OF_THE_BOX })),
  };
  const ran = await runCommand(files, ['preview', ...args, '--output', output], { env: { ...stub.env(), ...env } });
  const calls = stub.calls().map(({ folder, args: [command = '', ...rest] }) => ({ folder, command, rest }));
  stub.remove();
  return {
    ...ran,
    calls,
    commands: calls.map(({ command }) => command),
    jobs: startedJobs(aws),
  };
}

describe('deploying', () => {
  it('plans, judges, applies exactly that plan, and runs the jobs in order', async () => {
    const { exitCode, stdout, stderr, commands, calls, jobs: ran } = await preview(['shop-dev', '--pr', '12', '--yes']);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(commands).toEqual(['init', 'plan', 'show', 'apply']);
    expect(new Set(calls.map(({ folder }) => folder))).toEqual(new Set([STACK]));
    expect(calls[3]?.rest).toContain('terrace.tfplan');
    expect(ran).toEqual(['database-init', 'migrate']);
    expect(stdout).toMatch(/shop-dev-pr-12: deployed\n {2}url +https:\/\/pr-12\.api\.dev\.shop\.example/);
    expect(existsSync(join(output, 'stacks', STACK, 'terrace.tfplan'))).toBe(false);
  });

  it('says what the preview costs while it lives', async () => {
    const { stdout } = await preview(['shop-dev', '--pr', '12', '--json']);
    const [{ cost, lifetimeDays }] = JSON.parse(stdout);
    expect(lifetimeDays).toBe(3);
    expect(cost.withoutPrice).toEqual([]);
    // A task of half a vCPU and one of a quarter cost more than $20 a month, and no server or load balancer is counted.
    expect(cost.month).toBeGreaterThan(20);
    expect(cost.month).toBeLessThan(60);
    expect(cost.lifetime).toBeCloseTo((cost.month * 3 * 24) / 730, 5);
  });

  it('changes nothing and locks nothing without --yes', async () => {
    const { exitCode, stdout, commands, calls, jobs: ran } = await preview(['shop-dev', '--pr', '12']);
    expect(exitCode).toBe(0);
    expect(commands).toEqual(['init', 'plan', 'show']);
    expect(calls[1]?.rest).toContain('-lock=false');
    expect(ran).toEqual([]);
    expect(stdout).toContain('nothing was changed: add --yes');
  });

  it('needs no terraform to write the JSON', async () => {
    const { exitCode, commands, stdout } = await preview(['shop-dev', '--pr', '7', '--synth-only', '--json']);
    expect({ exitCode, commands }).toEqual({ exitCode: 0, commands: [] });
    expect(JSON.parse(stdout)[0]).toMatchObject({ outcome: 'synthesised', stack: 'shop-dev-pr-7', number: 7 });
    expect(existsSync(join(output, 'stacks', 'shop-dev-pr-7', 'cdk.tf.json'))).toBe(true);
  });

  it('runs the image that is named, and refuses one that the environment does not declare', async () => {
    await preview(['shop-dev', '--pr', '12', '--synth-only', '--image', 'api=pr-12-abc']);
    expect(readFileSync(join(output, 'stacks', STACK, 'cdk.tf.json'), 'utf8')).toContain('repository_url}:pr-12-abc');
    const { exitCode, stderr } = await preview(['shop-dev', '--pr', '12', '--synth-only', '--image', 'web=pr-12']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('declares no image web; its images are api');
  });

  it('applies nothing that the guard refuses', async () => {
    const lost = { stdout: planJson([resourceChange('aws_s3_bucket.own_bucket_uploads_bucket', ['delete'])]) };
    const { exitCode, commands, stderr } = await preview(['shop-dev', '--pr', '12', '--yes'], { answers: { '*:show': lost } });
    expect({ exitCode, commands }).toEqual({ exitCode: 1, commands: ['init', 'plan', 'show'] });
    expect(stderr).toContain('the guard refuses the plan of shop-dev-pr-12');
  });

  it('runs no job after an apply that failed, and no further job after one that failed', async () => {
    const failed = { code: 1, stdout: jsonLines(errored('AccessDenied')) };
    const first = await preview(['shop-dev', '--pr', '12', '--yes'], { answers: { '*:apply': failed } });
    expect(first).toMatchObject({ exitCode: 1, jobs: [], stderr: expect.stringContaining('AccessDenied') });
    const second = await preview(['shop-dev', '--pr', '12', '--yes'], { ends: { 'database-init': endedWith(4) } });
    expect(second).toMatchObject({
      exitCode: 1,
      jobs: ['database-init'],
      stderr: expect.stringContaining('the job database-init ended with 4: Essential container exited'),
    });
  });

  it('shows what its jobs write, from the log group of the preview', async () => {
    const { stderr } = await preview(['shop-dev', '--pr', '12', '--yes']);
    expect(stderr).toContain('\n  migrate: /shop/dev-pr-12/migrate migrate/migrate/0a1b\n');
  });

  it('does not pass for deployed while another run of a job is active', async () => {
    const skipped = { status: 'SUCCEEDED', output: '{"skipped":"another run is active"}' };
    const { exitCode, stderr } = await preview(['shop-dev', '--pr', '12', '--yes'], { ends: { migrate: skipped } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the job migrate was not started: another run is active\n  fix   run the command again later');
  });

  it('leaves a job to AWS at Ctrl-C, starts no other, and says so', async () => {
    const interrupt = (): void => void process.emit('SIGINT', 'SIGINT');
    const { exitCode, stderr, jobs: ran } = await preview(['shop-dev', '--pr', '12', '--yes'], { onLook: interrupt });
    expect({ exitCode, ran }).toEqual({ exitCode: 1, ran: ['database-init'] });
    expect(stderr).toContain(
      'interrupted: the job database-init goes on in AWS\n  fix   run the command again once it has ended',
    );
    expect(aws.calls.map(({ name }) => name)).not.toContain('StopExecution');
  });

  it('explains what AWS refuses', async () => {
    const refused = new AwsFailure('AccessDeniedException', 'not you');
    const { exitCode, stderr } = await preview(['shop-dev', '--pr', '12', '--yes'], { ends: { 'database-init': refused } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('watching the job database-init: AWS refuses it: not you');
  });

  it('is refused before anything starts for an environment without previews, on another tier, and that does not exist', async () => {
    for (const [name, words, code] of [
      ['shop-plain', 'has no previews', 1],
      ['shop-box', 'has no previews', 1],
      ['shop-def', 'did you mean shop-dev?', 2],
    ] as const) {
      const { exitCode, commands, stderr } = await preview([name, '--pr', '12', '--yes']);
      expect({ exitCode, commands }).toEqual({ exitCode: code, commands: [] });
      expect(stderr).toContain(words);
    }
  });

  it('is refused for a protected environment', async () => {
    const { exitCode, commands, stderr } = await preview(['shop-dev', '--pr', '12', '--yes'], {
      change: (e) => (e.protect = true),
    });
    expect({ exitCode, commands }).toEqual({ exitCode: 1, commands: [] });
    expect(stderr).toContain('[preview-possible]');
  });
});

describe('wrong usage', () => {
  it.each([
    [['shop-dev']],
    [['--pr', '12']],
    [['shop-dev', '--pr', '0']],
    [['shop-dev', '--pr', '100000']],
    [['shop-dev', '--pr', '12', '--list']],
    [['shop-dev', '--pr', '12', '--image', 'api']],
    [['shop-dev', '--pr', '12', '--image', 'api=a b']],
  ])('is 2: %j', async (args) => expect((await preview(args)).exitCode).toBe(2));

  it('is 3 where terraform is missing, and needs no other program', async () => {
    const without = { PATH: '/none' };
    const { exitCode, jobs: ran } = await preview(['shop-dev', '--pr', '12', '--yes'], { env: without });
    expect({ exitCode, ran }).toEqual({ exitCode: 3, ran: [] });
  });
});

describe('destroying', () => {
  it('drops the database first, then the stack', async () => {
    const { exitCode, commands, calls, jobs: ran, stdout } = await preview(['shop-dev', '--pr', '12', '--destroy', '--yes']);
    expect({ exitCode, commands }).toEqual({ exitCode: 0, commands: ['init', 'apply'] });
    expect(calls[1]?.rest).toEqual(expect.arrayContaining(['-destroy', '-auto-approve']));
    expect(ran).toEqual(['database-drop']);
    expect(stdout).toBe('shop-dev-pr-12: destroyed\n');
  });

  it('destroys nothing when the database cannot be dropped: nothing could drop it afterwards', async () => {
    const { exitCode, commands } = await preview(['shop-dev', '--pr', '12', '--destroy', '--yes'], {
      ends: { 'database-drop': endedWith(1) },
    });
    expect({ exitCode, commands }).toEqual({ exitCode: 1, commands: ['init'] });
  });

  it('destroys what was never deployed wholly, which has no job yet', async () => {
    for (const state of [{}, { outputs: {} }]) {
      const { exitCode, jobs: ran } = await preview(['shop-dev', '--pr', '12', '--destroy', '--yes'], { state });
      expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: [] });
    }
  });

  it('only plans without --yes', async () => {
    const { commands, calls } = await preview(['shop-dev', '--pr', '12', '--destroy']);
    expect(commands).toEqual(['init', 'plan']);
    expect(calls[1]?.rest).toContain('-destroy');
  });

  it('is possible after the section was removed from the description', async () => {
    const { exitCode, commands } = await preview(['shop-dev', '--pr', '12', '--destroy', '--yes'], {
      change: (e) => delete e.preview,
    });
    expect({ exitCode, commands }).toEqual({ exitCode: 0, commands: ['init', 'apply'] });
  });
});

describe('previews that exist', () => {
  const states = {
    'dev/pr-3/terraform.tfstate': { written: ago(4), resources: 40 },
    'dev/pr-12/terraform.tfstate': { written: ago(1), resources: 41 },
    'dev/pr-20/terraform.tfstate': { written: ago(9), resources: 0 },
    'dev/pr-21/terraform.tfstate.tflock': { written: ago(9), resources: 1 },
    'dev/pr-x/terraform.tfstate': { written: ago(9), resources: 1 },
  };

  it('are listed with their ages, without those that were destroyed', async () => {
    const { stdout, commands } = await preview(['--list', '--json'], { states });
    expect(JSON.parse(stdout)).toMatchObject([
      { environment: 'shop-dev', number: 3, expired: true, resources: 40 },
      { environment: 'shop-dev', number: 12, expired: false, resources: 41 },
    ]);
    expect(commands).toEqual([]);
    expect((await preview(['--list'], { states })).stdout).toMatch(
      /shop-dev pr-3 {2}deployed .*, expired .*\nshop-dev pr-12 .*expires/,
    );
  });

  it('are destroyed when they are older than the environment allows, and no others', async () => {
    const { exitCode, calls, jobs: ran } = await preview(['--expired', '--yes'], { states });
    expect(exitCode).toBe(0);
    expect(new Set(calls.map(({ folder }) => folder))).toEqual(new Set(['shop-dev-pr-3']));
    expect(calls.map(({ command }) => command)).toEqual(['init', 'apply']);
    expect(ran).toEqual(['database-drop']);
  });

  it('live as long as the environment says', async () => {
    const { commands, stdout } = await preview(['--expired', '--yes'], { states, change: (e) => (e.preview.lifetimeDays = 5) });
    expect({ commands, stdout }).toEqual({ commands: [], stdout: 'no preview has expired\n' });
  });

  it('are only planned to be destroyed without --yes', async () => {
    const { commands } = await preview(['--expired'], { states });
    expect(commands).toEqual(['init', 'plan']);
  });

  it('do not keep the others when one cannot be destroyed', async () => {
    const { exitCode, calls } = await preview(['--expired', '--yes'], {
      states: { ...states, 'dev/pr-4/terraform.tfstate': { written: ago(5), resources: 2 } },
      answers: { 'shop-dev-pr-3:init': { code: 1, stderr: 'Error: no such bucket' } },
    });
    expect(exitCode).toBe(1);
    expect(calls.filter(({ command }) => command === 'apply').map(({ folder }) => folder)).toEqual(['shop-dev-pr-4']);
  });

  it('are left alone after Ctrl-C', async () => {
    const interrupt = (): void => void process.emit('SIGINT', 'SIGINT');
    const two = { ...states, 'dev/pr-4/terraform.tfstate': { written: ago(5), resources: 2 } };
    const ended = await preview(['--expired', '--yes'], { states: two, onLook: interrupt });
    const { exitCode, stderr, jobs: ran } = ended;
    expect({ exitCode, ran }).toEqual({ exitCode: 1, ran: ['database-drop'] });
    expect(stderr).not.toContain('shop-dev-pr-4');
  });

  it('with local states are found next to the output', async () => {
    const file = join(scratch, 'terraform.shop-dev-pr-5.tfstate');
    writeFileSync(file, JSON.stringify({ resources: [{ mode: 'managed' }, { mode: 'data' }] }));
    utimesSync(file, new Date(ago(8)), new Date(ago(8)));
    writeFileSync(join(scratch, 'terraform.shop-dev-data.tfstate'), JSON.stringify({ resources: [{ mode: 'managed' }] }));
    mkdirSync(output, { recursive: true });
    const { stdout } = await preview(['--list', '--json'], { env: { TERRACE_BACKEND: 'local' } });
    expect(JSON.parse(stdout)).toMatchObject([{ number: 5, expired: true, resources: 1 }]);
  });

  it('are not taken for none when the bucket cannot be listed', async () => {
    s3.denied = true;
    const { exitCode, stderr } = await preview(['--list']);
    s3.denied = false;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('listing the states in s3://shop-terraform-state: AWS refuses it');
  });
});
