/** `npm run delivery` for stacks whose workspaces are in HCP Terraform, with a stub of its API that behaves as documented. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { App } from 'cdktf';
import { renderComment } from '../../../src/commands/delivery/comment';
import { shownBy } from '../../../src/commands/delivery/reviewed';
import { workspaceOf } from '../../../src/operations/stacks/cloud/workspace';
import { parseEnvironment } from '../../../src/config';
import { addEnvironment } from '../../../src/stacks/environment';
import { withoutCreationStacks } from '../../../src/synthesis/cdktf-patches';
import { readModule } from '../../../src/terraform/root-module';
import { CloudApi, WITH_CHECKS, type Fault, type StubWorkspace } from '../../support/cloud-api';
import { runCommand, SMALL } from '../../support/command';
import { example } from '../../support/example';
import { digestsOf, planJson, resourceChange, valueChange } from '../../support/plans';
import { completed, errored, jsonLines } from '../../support/stub-terraform';

const pauses: number[] = [];
jest.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number, _value: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    pauses.push(milliseconds);
    return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve();
  },
}));

const scratch = mkdtempSync(join(tmpdir(), 'terrace-cloud-'));
const output = join(scratch, 'cdktf.out');
const [NETWORK, DATA] = ['shop-test-network', 'shop-test-data'];
const ADDRESS = `https://app.terraform.io/app/acme/${NETWORK}/runs/run-1`;
let api: CloudApi;

beforeAll(async () => {
  api = await CloudApi.start();
  const backend = { kind: 'cloud', organization: 'acme', project: 'shop' } as const;
  const app = new App({ outdir: output, stackTraces: false });
  withoutCreationStacks(() => {
    addEnvironment(app, parseEnvironment(example({ ...SMALL, buckets: { uploads: {} }, name: 'shop-test', backend })));
    app.synth();
  });
});

beforeEach(() => {
  pauses.length = 0;
});

afterAll(() => {
  api.stop();
  rmSync(scratch, { recursive: true });
});

const CREATES = planJson([resourceChange('aws_vpc.main', ['create'])]);
const EMPTY = planJson([]);
const LOSS = planJson([resourceChange('aws_db_instance.main', ['delete'], { type: 'aws_db_instance' })]);
const DIGEST = digestsOf(CREATES, { module: undefined }).plan();

async function delivery(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const [outputs, summary] = ['outputs', 'summary'].map((name) => join(scratch, name));
  for (const file of [outputs!, summary!]) writeFileSync(file, '');
  const env = {
    PATH: process.env.PATH,
    GITHUB_OUTPUT: outputs,
    GITHUB_STEP_SUMMARY: summary,
    TF_API_TOKEN: 'admin-token',
    ...more,
  };
  const { exitCode, stderr } = await runCommand({}, ['delivery', ...args, '--output', output], { env });
  return { exitCode, stderr, outputs: readFileSync(outputs!, 'utf8'), summary: readFileSync(summary!, 'utf8') };
}

const REPORT = join(scratch, 'report.json');
const plan = (token = 'admin-token', ...stacks: readonly string[]) =>
  delivery(
    [
      'plan',
      'shop-test',
      '--stacks',
      (stacks.length === 0 ? [NETWORK] : stacks).join(' '),
      '--commit',
      'abc',
      '--report',
      REPORT,
    ],
    { TF_API_TOKEN: token },
  );
const reported = () => JSON.parse(readFileSync(REPORT, 'utf8')).stacks;

const REVIEWED = join(scratch, 'reviewed.json');
async function apply(
  stacks: readonly string[] = [NETWORK],
  digests: object = { [NETWORK]: DIGEST },
  token = 'admin-token',
  ...more: string[]
) {
  writeFileSync(REVIEWED, JSON.stringify({ digests, changes: {} }));
  return delivery(['apply', 'shop-test', '--stacks', stacks.join(' '), '--reviewed', REVIEWED, ...more], { TF_API_TOKEN: token });
}

const serve = (network: StubWorkspace, ...faults: readonly Fault[]): void =>
  api.serve({ [NETWORK]: network, [DATA]: {} }, ...faults);

const LATER = jsonLines({
  '@level': 'error',
  type: 'diagnostic',
  diagnostic: {
    severity: 'error',
    summary: 'Unable to find remote state',
    detail: 'No stored state was found for the given workspace in the given backend.',
    address: 'data.terraform_remote_state.network',
  },
});

describe('a plan', () => {
  it('is made in the workspace that the synthesised module names', () =>
    expect(workspaceOf(readModule(join(output, 'stacks', NETWORK)))).toEqual({
      hostname: 'app.terraform.io',
      organization: 'acme',
      name: NETWORK,
    }));

  it('is speculative, is judged, and has its run in the report', async () => {
    serve({ plan: CREATES, states: WITH_CHECKS });
    const { exitCode, stderr } = await plan();
    expect(exitCode).toBe(0);
    expect(api.runs).toMatchObject([{ speculative: true }]);
    expect(reported()).toMatchObject([{ status: 'planned', stack: NETWORK, digest: DIGEST, run: ADDRESS }]);
    expect(stderr).toContain(ADDRESS);
    expect(api.writes()).toEqual([`POST workspaces/ws-${NETWORK}/configuration-versions`, 'PUT /signed/cv-1', 'POST runs']);
  });

  it('gets the module and the lock file of its providers, and nothing else of the folder', async () => {
    const folder = join(output, 'stacks', NETWORK);
    mkdirSync(join(folder, '.terraform'), { recursive: true });
    writeFileSync(join(folder, '.terraform', 'provider'), 'binary');
    writeFileSync(join(folder, '.terraform.lock.hcl'), 'sums');
    serve({ plan: EMPTY });
    await plan();
    const { body } = api.server.asked.find(({ method }) => method === 'PUT')!;
    const archive = gunzipSync(Buffer.from(body, 'latin1')).toString('latin1');
    expect([...archive.matchAll(/(?:^|\0)(cdk\.tf\.json|\.terraform[^\0]*)\0/g)].map(([, name]) => name)).toEqual([
      'cdk.tf.json',
      '.terraform.lock.hcl',
    ]);
    rmSync(join(folder, '.terraform.lock.hcl'));
  });

  it('shows the token to the API only: signed addresses get none', async () => {
    serve({ plan: CREATES });
    await plan();
    const signed = api.server.asked.filter(({ path }) => path.startsWith('/signed/'));
    expect(signed.map(({ method }) => method)).toEqual(['PUT', 'GET']);
    for (const { headers } of signed) expect(headers).not.toHaveProperty('authorization');
  });

  it('is reported as later when the state of its producer does not exist yet', async () => {
    const errors = [
      LATER,
      'Error: Unable to find remote state\n\n  with data.terraform_remote_state.network,\n  on cdk.tf.json line 3\n',
    ];
    for (const planLog of errors) {
      api.serve({ [NETWORK]: { plan: CREATES }, [DATA]: { states: ['planning', 'errored'], planLog } });
      const { exitCode } = await plan('admin-token', NETWORK, DATA);
      expect(exitCode).toBe(0);
      expect(reported()[1]).toMatchObject({ status: 'later', reason: expect.stringContaining(`${NETWORK} is not deployed yet`) });
    }
  });

  it('that fails is reported with the errors of its log and the run, and the others are planned', async () => {
    api.serve({
      [NETWORK]: { states: ['planning', 'errored'], planLog: 'Terraform v1.11.4\nError: no such region\n' },
      [DATA]: {},
    });
    const { exitCode } = await plan('admin-token', NETWORK, DATA);
    expect(exitCode).toBe(1);
    expect(reported()).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('Error: no such region'), run: ADDRESS },
      {},
    ]);
    expect(reported()[0].reason).toContain(ADDRESS);
    expect(reported()[1].status).toBe('planned');
  });

  it('fails for a workspace that the token cannot see, and says how to create it', async () => {
    serve({ plan: CREATES });
    await plan('other-token');
    expect(reported()[0]).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/no workspace acme\/shop-test-network.*terraform init/),
    });
    expect(api.runs).toEqual([]);
  });

  it('of a team that may only plan is shown without sensitive values, and is no reviewed plan', async () => {
    serve({ plan: JSON.stringify({ ...JSON.parse(CREATES), format_version: undefined, plan_format_version: '1.2' }) });
    const { exitCode } = await plan('plan-token');
    expect(exitCode).toBe(0);
    const [stack] = reported();
    expect(stack).toMatchObject({ status: 'planned', actions: [{ address: 'aws_vpc.main' }], isRedacted: true });
    const report = { environment: 'shop-test', commit: 'abc', stacks: [stack] };
    expect(renderComment(report)).toContain('| may be applied | asked about after the merge |');
    expect(shownBy(report).digests).toEqual({});
    expect(shownBy({ ...report, stacks: [{ ...stack, isRedacted: undefined }] }).digests).toEqual({ [NETWORK]: DIGEST });
  });

  it('fails for a team that may read no plan as JSON, and names the permission', async () => {
    serve({ plan: CREATES, withoutRedacted: true });
    const { exitCode } = await plan('plan-token');
    expect(exitCode).toBe(1);
    expect(reported()[0].reason).toMatch(/needs the permission Admin on the workspace/);
  });

  it('whose policy soft-fails is not accepted', async () => {
    serve({ plan: CREATES, states: WITH_CHECKS, speculativeEnd: 'policy_soft_failed' });
    expect((await plan()).exitCode).toBe(1);
    expect(reported()[0].reason).toContain('a policy or a run task of the organization refuses it');
  });

  it('without a token is refused', async () => {
    serve({});
    const { exitCode, stderr } = await plan('');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('TF_API_TOKEN is not set');
  });
});

describe('an API that is busy or unavailable', () => {
  const busy = (headers: Readonly<Record<string, string>>) => ({ route: /GET runs/, status: 429, headers });

  it('is asked again after the time that it names', async () => {
    serve({ plan: CREATES }, busy({ 'Retry-After': '7' }), busy({ 'X-RateLimit-Reset': '2' }));
    expect((await plan()).exitCode).toBe(0);
    expect(pauses).toEqual(expect.arrayContaining([7000, 2000]));
  });

  it('is asked again after longer and longer pauses', async () => {
    serve({ plan: CREATES }, { route: /GET runs/, status: 502, times: 4 });
    expect((await plan()).exitCode).toBe(0);
    expect(pauses.filter((pause) => pause !== 3000)).toEqual([1000, 2000, 4000, 8000]);
  });

  it('is given up after six attempts, and the run is discarded', async () => {
    serve({ plan: CREATES }, { route: /GET plans.*json-output/, status: 503, times: 6 });
    const { exitCode, summary } = await apply();
    expect(exitCode).toBe(1);
    expect(summary).toContain('answered 503');
    expect(api.state()).toBe('discarded');
  });

  it('does not get a second run when the answer to the first one is lost', async () => {
    serve({ plan: CREATES }, { route: /POST runs/, status: 504, carriedOut: true });
    expect((await apply()).exitCode).toBe(0);
    expect(api.runs).toHaveLength(1);
    expect(api.state()).toBe('applied');
  });

  it('is not confirmed twice when the answer to the confirmation is lost', async () => {
    serve({ plan: CREATES }, { route: /actions\/apply/, status: 502, carriedOut: true });
    expect((await apply()).exitCode).toBe(0);
    expect(api.state()).toBe('applied');
  });
});

describe('a deployment', () => {
  it.each([
    ['without', undefined],
    ['with', WITH_CHECKS],
  ])('%s cost estimation and policy checks confirms the reviewed plan, once it can be confirmed', async (_, states) => {
    serve({ plan: CREATES, states });
    const { exitCode, outputs } = await apply();
    expect(exitCode).toBe(0);
    expect(api.runs).toMatchObject([{ speculative: false }]);
    expect(api.writes().slice(2)).toEqual(['POST runs', 'POST runs/run-1/actions/apply']);
    expect(api.state()).toBe('applied');
    expect(outputs).toContain('waiting=\n');
  });

  it('confirms nothing for a plan without changes', async () => {
    serve({ plan: EMPTY });
    expect((await apply()).exitCode).toBe(0);
    expect(api.writes().at(-1)).toBe('POST runs');
    expect(api.state()).toBe('planned_and_finished');
  });

  it('waits at a plan that was not reviewed, and discards its run, which would block the workspace', async () => {
    serve({ plan: CREATES });
    const { exitCode, outputs, summary } = await apply([NETWORK, DATA], {});
    expect(exitCode).toBe(0);
    expect(outputs).toMatch(new RegExp(`^waiting=${NETWORK}\ndigest=${DIGEST}\n`));
    // The other workspace has no state: its first deployment is approved with it.
    expect(outputs).toContain(`creates=${DATA}\n`);
    expect(summary).toContain('waits for an approval');
    expect(api.state()).toBe('discarded');
    expect(api.runs).toHaveLength(1);
  });

  it('confirms a plan that was approved since, then creates the stacks that were never deployed', async () => {
    const bucket = planJson([resourceChange('aws_s3_bucket.main', ['create'])]);
    api.serve({ [NETWORK]: { plan: CREATES }, [DATA]: { plan: bucket } });
    const approved = ['--approved', `${NETWORK}=${DIGEST}`, '--creates', DATA];
    const { exitCode } = await apply([NETWORK, DATA], {}, 'admin-token', ...approved);
    expect(exitCode).toBe(0);
    expect([api.state(0), api.state(1)]).toEqual(['applied', 'applied']);
  });

  it.each([
    ['has resources', { resources: [{}] }],
    ['is not read yet', { resources: [], resourcesProcessed: false }],
  ])('asks about the next workspace when its state %s', async (_, data) => {
    api.serve({ [NETWORK]: { plan: CREATES }, [DATA]: data });
    expect((await apply([NETWORK, DATA], {})).outputs).toContain('creates=\n');
    api.serve({ [NETWORK]: { plan: CREATES }, [DATA]: { resources: [] } });
    expect((await apply([NETWORK, DATA], {})).outputs).toContain(`creates=${DATA}\n`);
  });

  it('discards what the guard refuses, reviewed or not', async () => {
    serve({ plan: LOSS });
    const { exitCode, summary } = await apply([NETWORK], { [NETWORK]: digestsOf(LOSS).plan() });
    expect(exitCode).toBe(1);
    expect(summary).toContain('the guard refuses it');
    expect(api.state()).toBe('discarded');
  });

  it('leaves an override to a person: the run is discarded, and linked', async () => {
    serve({ plan: CREATES, states: [...WITH_CHECKS.slice(0, 7), 'policy_override'] });
    const { exitCode, summary } = await apply();
    expect(exitCode).toBe(1);
    expect(summary).toMatch(
      /only a person can override it\n\nhttps:\/\/app\.terraform\.io\/app\/acme\/shop-test-network\/runs\/run-1/,
    );
    expect(api.state()).toBe('discarded');
  });

  it('discards the run of a token that may not read its plan, or not apply it', async () => {
    serve({ plan: CREATES });
    expect((await apply([NETWORK], undefined, 'write-token')).summary).toContain('needs the permission Admin');
    expect(api.state()).toBe('discarded');
  });

  it('discards a run whose plan is not one', async () => {
    serve({ plan: '{"resource_changes":[{}]}' });
    expect((await apply()).exitCode).not.toBe(0);
    expect(api.state()).toBe('discarded');
  });

  it('gives up a run that waits behind another one, and takes it back', async () => {
    serve({ plan: CREATES, states: Array.from({ length: 2000 }, () => 'pending') });
    const { exitCode, summary } = await apply();
    expect(exitCode).toBe(1);
    expect(summary).toContain('it is still "pending" after 40 minutes');
    expect(api.state()).toBe('canceled');
  });

  it('looks again when the state changes between a look and the discarding', async () => {
    serve({ plan: LOSS }, { route: /actions\/discard/, status: 409 });
    await apply();
    expect(api.state()).toBe('discarded');
  });

  it('says which run blocks the workspace when it cannot be discarded', async () => {
    serve({ plan: LOSS }, { route: /actions\/discard/, status: 404, times: 9 });
    const { exitCode, stderr } = await apply();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/answered 404 to POST runs\/run-1\/actions\/discard.*runs\/run-1/);
  });
});

describe('an apply', () => {
  const TWO = planJson([
    valueChange('aws_vpc.main', ['create'], null, { cidr: '10.0.0.0/16' }),
    valueChange('aws_subnet.a', ['update'], { cidr: 'a' }, { cidr: 'b' }),
  ]);
  const reviewed = { [NETWORK]: digestsOf(TWO).plan() };
  const structured = jsonLines(
    completed('aws_vpc.main', 'create'),
    { type: 'apply_errored', hook: { resource: { addr: 'aws_subnet.a' }, action: 'update' } },
    errored('quota exceeded', 'aws_subnet.a'),
  );
  const text = [
    '\u0002\u001b[0mTerraform v1.11.4',
    'aws_vpc.main: Creating...',
    'aws_vpc.main: Creation complete after 2s [id=vpc-1]',
    '╷',
    '│ Error: quota exceeded',
    '│ ',
    '│   with aws_subnet.a,',
    '╵\u0003',
  ].join('\n');

  it.each([
    ['JSON', structured],
    ['text', text],
  ])('that fails says how far it came, from a log of %s, and links the run', async (_, applyLog) => {
    serve({ plan: TWO, applyLog, applying: ['confirmed', 'applying', 'errored'] });
    const { exitCode, summary, stderr } = await apply([NETWORK, DATA], reviewed);
    expect(exitCode).toBe(1);
    expect(summary).toContain(`**${NETWORK} stopped half-way: 1 of 2 changes done.**`);
    expect(summary).toMatch(/Done:\n```\ncreate aws_vpc\.main\n```/);
    expect(summary).toMatch(/Failed:\n```\nupdate aws_subnet\.a\n```/);
    expect(summary).toContain('quota exceeded');
    expect(summary).toContain(ADDRESS);
    expect(stderr).toMatch(/aws_vpc\.main: [Cc]reat/);
    expect(api.runs).toHaveLength(1);
  });

  it('that cannot be watched any more is not cancelled', async () => {
    serve({ plan: TWO, applying: ['confirmed', ...Array.from({ length: 99 }, () => 'applying'), 'applied'] });
    api.onState = (status) => {
      if (status === 'applying') api.fail({ route: /GET runs/, status: 500, times: 6 });
    };
    const { exitCode, stderr } = await apply([NETWORK], reviewed);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`the run is applying and goes on: ${ADDRESS}`);
    expect(api.writes().join(' ')).not.toMatch(/cancel|discard/);
  });
});

describe('a signal', () => {
  it.each([
    ['planning', 'canceled', ['pending', 'planning', 'planning', 'planning', 'planned']],
    ['applying', 'canceled', undefined],
  ])('while the run is %s cancels it', async (state, end, states) => {
    serve({ plan: CREATES, states, applying: ['confirmed', 'applying', 'applying', 'applying', 'applied'] });
    let isSent = false;
    api.onState = (status) => {
      if (status !== state || isSent) return;
      isSent = true;
      process.emit('SIGTERM');
    };
    const { exitCode, summary } = await apply();
    expect(exitCode).toBe(1);
    expect(summary).toContain('interrupted');
    expect(api.writes().at(-1)).toBe('POST runs/run-1/actions/cancel');
    expect(api.state()).toBe(end);
  });
});

test('nothing is left behind', () => expect(existsSync(join(output, 'stacks', NETWORK, 'configuration.tar.gz'))).toBe(false));
