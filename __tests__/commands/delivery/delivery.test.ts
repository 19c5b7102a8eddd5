/** Delivery: what changed, what a plan does and its digest, the comment, and which plans are applied. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../../../src/config';
import { actionsOf, digestOf, summaryOf } from '../../../src/commands/delivery/actions';
import { changesBetween, deployOrder } from '../../../src/commands/delivery/changed';
import { markerOf, readReviewed, renderComment } from '../../../src/commands/delivery/comment';
import { renderDrift } from '../../../src/commands/delivery/drift-issue';
import { matrixOf, parseRoles } from '../../../src/commands/delivery/matrix';
import { readRecord, record } from '../../../src/commands/delivery/record';
import type { EnvironmentReport, PlannedReport } from '../../../src/commands/delivery/stack-report';
import { whyLater } from '../../../src/commands/delivery/why-later';
import { parsePlan } from '../../../src/checks/plan-guard/plan';
import { capture, runCommand } from '../../support/command';
import { example } from '../../support/example';
import { planJson, resourceChange } from '../../support/plans';
import { StubTerraform, type Answers } from '../../support/stub-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-delivery-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const actions = (...changes: readonly object[]) => {
  const text = planJson(changes);
  return actionsOf(parsePlan('shop-test-data', text), text);
};

describe('what a plan does', () => {
  it('is listed by address and action, without values', () => {
    const said = actions(
      resourceChange('aws_vpc.main', ['create'], { after: { secret: 'hunter2' } }),
      resourceChange('aws_db_instance.main', ['delete', 'create']),
      resourceChange('aws_s3_bucket.same', ['no-op']),
      resourceChange('data.aws_ami.x', ['read'], { mode: 'data' }),
    );
    expect(said).toEqual([
      { address: 'aws_db_instance.main', action: 'replace' },
      { address: 'aws_vpc.main', action: 'create' },
    ]);
    expect(summaryOf(said)).toBe('1 to create, 1 to replace');
  });

  it('includes moves, which change nothing but the address', () => {
    const said = actions(resourceChange('aws_vpc.new', ['no-op'], { previous_address: 'aws_vpc.old' }));
    expect(said).toEqual([{ address: 'aws_vpc.new', action: 'move', from: 'aws_vpc.old' }]);
  });

  it('includes outputs, which later stacks read', () => {
    const text = planJson([], { output_changes: { vpc_id: { actions: ['update'] }, same: { actions: ['no-op'] } } });
    expect(actionsOf(parsePlan('x', text), text)).toEqual([{ address: 'output.vpc_id', action: 'update' }]);
  });
});

describe('the digest', () => {
  const one = actions(resourceChange('aws_vpc.a', ['create']), resourceChange('aws_vpc.b', ['update']));

  it('is equal for the same actions in any order and with any values', () => {
    const other = actions(resourceChange('aws_vpc.b', ['update'], { after: { x: 1 } }), resourceChange('aws_vpc.a', ['create']));
    expect(digestOf('s', other)).toBe(digestOf('s', one));
    expect(digestOf('s', one)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['another action', actions(resourceChange('aws_vpc.a', ['create']), resourceChange('aws_vpc.b', ['delete']))],
    ['another address', actions(resourceChange('aws_vpc.a', ['create']), resourceChange('aws_vpc.c', ['update']))],
    ['one action more', [...one, ...actions(resourceChange('aws_vpc.z', ['create']))]],
    ['one action less', one.slice(1)],
  ])('differs for %s', (_, other) => expect(digestOf('s', other)).not.toBe(digestOf('s', one)));

  it('differs for another stack', () => expect(digestOf('t', one)).not.toBe(digestOf('s', one)));
});

describe('a stack that cannot be planned', () => {
  const missing =
    '╷\n│ Error: Unable to find remote state\n│ \n│   with data.terraform_remote_state.compute-fargate,\n│   on cdk.tf.json line 1\n│ \n│ No stored state was found for the given workspace in the given backend.\n╵\n';
  const attribute =
    'Error: Unsupported attribute\n\n on cdk.tf.json line 20:\n 20: "value": "${data.terraform_remote_state.network.outputs.new_id}"\nThis object does not have an attribute named "new_id".';

  it('is planned later when what it reads is not deployed yet', () =>
    expect(whyLater('shop-prod-edge', missing, new Set())).toBe(
      'shop-prod-compute-fargate is not deployed yet, and this stack reads its outputs',
    ));

  it('is planned later when it reads an output that the same change adds', () =>
    expect(whyLater('shop-prod-data', attribute, new Set(['shop-prod-network']))).toContain(
      'shop-prod-network must be applied first',
    ));

  it('has failed when no change adds the output', () => expect(whyLater('shop-prod-data', attribute, new Set())).toBeUndefined());

  it('is planned later without a state store', () =>
    expect(whyLater('shop-prod-network', 'Error: S3 bucket "shop-terraform-state" does not exist.', new Set())).toContain(
      'state store',
    ));

  it('has failed for any other reason', () =>
    expect(whyLater('shop-prod-data', 'Error: Invalid provider configuration', new Set())).toBeUndefined());
});

const STORE = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;

describe('what a change touches', () => {
  const environments = [
    parseEnvironment(example({ name: 'shop-test', backend: { kind: 's3', store: STORE } })),
    parseEnvironment(example({ name: 'shop-test-two', backend: { kind: 'cloud', organization: 'acme' } })),
  ];
  const write = (folder: string, modules: Readonly<Record<string, string>>): string => {
    const path = join(scratch, folder);
    const stacks = Object.fromEntries(
      Object.keys(modules).map((id) => [
        id,
        { name: id, dependencies: id.endsWith('-edge') ? [id.replace('-edge', '-data')] : [] },
      ]),
    );
    for (const [id, text] of Object.entries(modules)) {
      mkdirSync(join(path, 'stacks', id), { recursive: true });
      writeFileSync(join(path, 'stacks', id, 'cdk.tf.json'), text);
    }
    writeFileSync(join(path, 'manifest.json'), JSON.stringify({ stacks }));
    return path;
  };
  const before = write('before', {
    'shop-bootstrap': 'a',
    'shop-test-network': 'a',
    'shop-test-data': 'a',
    'shop-test-two-data': 'a',
    'shop-test-old': 'a',
  });
  const after = write('after', {
    'shop-bootstrap': 'b',
    'shop-test-edge': 'a',
    'shop-test-data': 'b',
    'shop-test-domain': 'a',
    'shop-test-network': 'a',
    'shop-test-two-data': 'b',
  });

  it('is what differs, in deploy order, by environment', () => {
    const { environments: changed, byHand, gone } = changesBetween({ before, after, environments, whole: false });
    expect(changed.map(({ environment, stacks }) => [environment, stacks])).toEqual([
      ['shop-test', ['shop-test-domain', 'shop-test-data', 'shop-test-edge']],
      ['shop-test-two', ['shop-test-two-data']],
    ]);
    expect({ byHand, gone }).toEqual({ byHand: ['shop-bootstrap'], gone: ['shop-test-old'] });
  });

  it('is the whole environment for a deployment: a change of one stack may change another', () => {
    const [first] = changesBetween({ before, after, environments, whole: true }).environments;
    expect(first?.stacks).toEqual(['shop-test-network', 'shop-test-domain', 'shop-test-data', 'shop-test-edge']);
  });

  it('is nothing when nothing differs, and everything without a before', () => {
    expect(changesBetween({ before: after, after, environments, whole: true })).toEqual({
      environments: [],
      byHand: [],
      gone: [],
    });
    expect(changesBetween({ after, environments, whole: false }).environments.flatMap(({ stacks }) => stacks)).toHaveLength(5);
    expect(deployOrder(after)[0]).toBe('shop-bootstrap');
  });

  it('becomes jobs with the role of the state store; environments without one are listed', () => {
    const changes = changesBetween({ before, after, environments, whole: false });
    const { include, skipped } = matrixOf(changes, 'plan', parseRoles('{"shop":{"plan":"arn:plan","apply":"arn:apply"}}'));
    expect(include).toEqual([
      {
        environment: 'shop-test',
        stacks: 'shop-test-domain shop-test-data shop-test-edge',
        region: 'eu-west-1',
        protect: false,
        role: 'arn:plan',
      },
    ]);
    expect(skipped).toEqual([expect.stringContaining('Terraform Cloud')]);
    expect(matrixOf(changes, 'apply', {}).skipped[0]).toContain('TERRACE_ROLES has no apply role of the store shop');
  });

  it('refuses invalid roles', () => {
    expect(parseRoles('')).toEqual({});
    expect(() => parseRoles('arn:plan')).toThrow('TERRACE_ROLES is invalid');
  });
});

const plannedStack = (stack: string, changes: Partial<PlannedReport> = {}): PlannedReport => ({
  status: 'planned',
  stack,
  actions: [{ address: 'aws_vpc.main', action: 'create' }],
  digest: 'a'.repeat(64),
  guard: { passed: true, markdown: `**${stack}** may be applied` },
  vanished: [],
  ...changes,
});

const report = (...stacks: EnvironmentReport['stacks']): EnvironmentReport => ({
  environment: 'shop-test',
  commit: 'c'.repeat(40),
  stacks,
});

describe('the comment', () => {
  it('shows each plan, the verdicts of guard and policy, and what is planned later', () => {
    const text = renderComment(
      report(plannedStack('shop-test-network'), {
        status: 'later',
        stack: 'shop-test-data',
        reason: 'shop-test-network is not deployed yet',
      }),
      { passed: true, text: '300 checks passed' },
    );
    expect(text.startsWith(markerOf('shop-test'))).toBe(true);
    expect(text).toContain('| shop-test-network | 1 to create | may be applied | `aaaaaaaaaaaa` |');
    expect(text).toContain('planned later: shop-test-network is not deployed yet');
    expect(text).toContain('Policy: nothing unexplained.');
    expect(text).toContain('300 checks passed');
  });

  it('begins with what prevents the deployment', () => {
    expect(renderComment(report(plannedStack('x', { guard: { passed: false, markdown: 'no' } })))).toContain(
      'The guard **refuses**',
    );
    expect(renderComment(report({ status: 'failed', stack: 'x', reason: 'broken' }))).toContain('A stack **cannot be planned**');
    expect(renderComment(report(plannedStack('x')), { passed: false, text: 'open bucket' })).toContain('Policy: **failed**');
  });

  it('contains the digests for the deployment, and the commit that was shown', () => {
    const text = renderComment(report(plannedStack('shop-test-network')));
    expect(readReviewed('shop-test', text)).toEqual({ commit: 'c'.repeat(40), digests: { 'shop-test-network': 'a'.repeat(64) } });
  });

  it('contains no digest of a refused plan, none for another environment, and none from other text', () => {
    const refused = renderComment(report(plannedStack('x', { guard: { passed: false, markdown: 'no' } })));
    expect(readReviewed('shop-test', refused)?.digests).toEqual({});
    const text = renderComment(report(plannedStack('x')));
    expect(readReviewed('shop-prod', text)).toBeUndefined();
    expect(readReviewed('shop-test', `I think:\n${text}`)).toBeUndefined();
  });

  it("stays within GitHub's limit, digests first", () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({ address: `aws_vpc.some_long_name_${index}`, action: 'create' }));
    const text = renderComment(report(plannedStack('shop-test-network', { actions: many })));
    expect(text.length).toBeLessThan(65_536);
    expect(readReviewed('shop-test', text)?.digests).toHaveProperty('shop-test-network');
    expect(text).toContain("see the job's log");
  });

  it('keeps text inside its fence', () => {
    const text = renderComment(report({ status: 'failed', stack: 'x', reason: '```\n# heading' }));
    expect(text).toContain('````\n```\n# heading\n````');
  });
});

describe('the issue about drift', () => {
  it('lists what differs, and what was deleted outside of Terraform', () => {
    const text = renderDrift([report(plannedStack('shop-test-data', { vanished: ['aws_s3_bucket.gone'] }))], 'https://run');
    expect(text).toContain('### shop-test-data: 1 to create');
    expect(text).toContain('deleted outside of Terraform: `aws_s3_bucket.gone`');
    expect(text).toContain('https://run');
  });

  it('is closed when nothing differs; a stack that was never deployed has not drifted', () => {
    const same = plannedStack('shop-test-network', { actions: [] });
    expect(
      renderDrift([report(same, { status: 'later', stack: 'shop-test-data', reason: 'not deployed' })], undefined),
    ).toBeUndefined();
  });
});

describe('a recorded check', () => {
  const { io } = capture(process.env);

  it('ends with the exit code of its command, and keeps the output', async () => {
    const file = join(scratch, 'gate', 'policy.json');
    expect(await record(file, [process.execPath, '-e', 'console.log("two open buckets"); process.exit(1)'], io)).toBe(1);
    expect(readRecord(file)).toEqual({ passed: false, text: 'two open buckets\n' });
    expect(await record(file, [process.execPath, '-e', ''], io)).toBe(0);
    expect(readRecord(file)?.passed).toBe(true);
  });

  it('is undefined where nothing was recorded', () => expect(readRecord(join(scratch, 'none.json'))).toBeUndefined());
});

describe('with a stub for terraform', () => {
  const PLAN = planJson([resourceChange('aws_vpc.main', ['create'])]);
  const EMPTY = planJson([]);
  const LOSS = planJson([resourceChange('aws_db_instance.main', ['delete'], { type: 'aws_db_instance' })]);
  const DIGEST = digestOf('shop-test-network', actions(resourceChange('aws_vpc.main', ['create'])));
  const REMOTE = { code: 1, stderr: 'Error: Unable to find remote state\n\n with data.terraform_remote_state.network,\n' };

  let stub: StubTerraform;
  const output = join(scratch, 'cdktf.out');

  beforeEach(() => {
    for (const id of ['shop-test-network', 'shop-test-data']) mkdirSync(join(output, 'stacks', id), { recursive: true });
    stub = new StubTerraform({});
  });

  afterEach(() => stub.remove());

  async function delivery(args: readonly string[], answers: Answers) {
    stub.answer(answers);
    const outputs = join(stub.home, 'outputs');
    const summary = join(stub.home, 'summary');
    for (const file of [outputs, summary]) writeFileSync(file, '');
    const env = stub.env({ GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary });
    const { exitCode: code } = await runCommand({}, ['delivery', ...args, '--output', output], { env });
    return { code, outputs: readFileSync(outputs, 'utf8'), summary: readFileSync(summary, 'utf8') };
  }

  const calls = () => stub.calls().map(({ folder, args }) => `${folder.replace('shop-test-', '')} ${args[0] ?? ''}`);

  const plan = (answers: Answers) =>
    delivery(
      [
        'plan',
        'shop-test',
        '--stacks',
        'shop-test-network shop-test-data',
        '--commit',
        'abc',
        '--report',
        join(stub.home, 'report.json'),
      ],
      answers,
    );
  const written = (): EnvironmentReport => JSON.parse(readFileSync(join(stub.home, 'report.json'), 'utf8'));

  it('plans every stack in order and writes what each would do; no plan is kept', async () => {
    const { code } = await plan({
      'shop-test-network:plan': { files: { 'delivery.tfplan': 'values' } },
      'shop-test-network:show': { stdout: PLAN },
      'shop-test-data:show': { stdout: EMPTY },
    });
    expect(code).toBe(0);
    expect(calls()).toEqual(['network init', 'network plan', 'network show', 'data init', 'data plan', 'data show']);
    expect(written().stacks).toMatchObject([
      { status: 'planned', stack: 'shop-test-network', digest: DIGEST, guard: { passed: true } },
      { status: 'planned', stack: 'shop-test-data', actions: [] },
    ]);
    expect(() => readFileSync(join(output, 'stacks/shop-test-network/delivery.tfplan'))).toThrow();
  });

  it('reports a stack whose producer is not deployed as planned later, and does not fail', async () => {
    const { code } = await plan({ 'shop-test-network:show': { stdout: PLAN }, 'shop-test-data:plan': REMOTE });
    expect(code).toBe(0);
    expect(written().stacks[1]).toMatchObject({
      status: 'later',
      reason: expect.stringContaining('shop-test-network is not deployed yet'),
    });
  });

  it('fails for a stack that cannot be planned, and still plans the others', async () => {
    const { code } = await plan({
      'shop-test-network:plan': { code: 1, stderr: 'Error: no such region' },
      'shop-test-data:show': { stdout: EMPTY },
    });
    expect(code).toBe(1);
    expect(written().stacks.map(({ status }) => status)).toEqual(['failed', 'planned']);
  });

  it('fails for a plan that the guard refuses', async () => {
    const { code } = await plan({ 'shop-test-network:show': { stdout: EMPTY }, 'shop-test-data:show': { stdout: LOSS } });
    expect(code).toBe(1);
    expect(written().stacks[1]).toMatchObject({ guard: { passed: false } });
  });

  const reviewedAs = (digests: Readonly<Record<string, string>>): string => {
    const file = join(stub.home, 'reviewed.json');
    writeFileSync(file, JSON.stringify(digests));
    return file;
  };
  const apply = (digests: Readonly<Record<string, string>>, answers: Answers, ...more: readonly string[]) =>
    delivery(
      ['apply', 'shop-test', '--stacks', 'shop-test-network shop-test-data', '--reviewed', reviewedAs(digests), ...more],
      answers,
    );
  const both: Answers = { 'shop-test-network:show': { stdout: PLAN }, 'shop-test-data:show': { stdout: EMPTY } };

  it('applies exactly the reviewed plan, and nothing for a plan without changes', async () => {
    const { code, outputs } = await apply({ 'shop-test-network': DIGEST }, both);
    expect(code).toBe(0);
    expect(calls()).toEqual([
      'network init',
      'network plan',
      'network show',
      'network apply',
      'data init',
      'data plan',
      'data show',
    ]);
    expect(stub.calls().find(({ args }) => args[0] === 'apply')?.args).toEqual(['apply', '-no-color', 'delivery.tfplan']);
    expect(outputs).toContain('waiting=\n');
  });

  it('stops at a plan that was not reviewed, applies nothing after it, and reports what waits', async () => {
    const { code, outputs, summary } = await apply({ 'shop-test-network': 'f'.repeat(64) }, both);
    expect(code).toBe(0);
    expect(calls()).toEqual(['network init', 'network plan', 'network show']);
    expect(outputs).toBe(`waiting=shop-test-network\ndigest=${DIGEST}\nrest=shop-test-network shop-test-data\n`);
    expect(summary).toContain('waits for an approval');
    expect(summary).toContain('create `aws_vpc.main`');
  });

  it('applies a plan that was approved since, and only that', async () => {
    const { code } = await apply({}, both, '--approved', `shop-test-network=${DIGEST}`);
    expect(code).toBe(0);
    expect(calls()).toContain('network apply');
  });

  it('fails when another plan than the approved one has to be applied first', async () => {
    const { code } = await apply(
      {},
      { ...both, 'shop-test-data:show': { stdout: PLAN } },
      '--approved',
      `shop-test-network=${DIGEST}`,
    );
    expect(code).toBe(1);
    expect(calls()).not.toContain('data apply');
  });

  it('never applies what the guard refuses, reviewed or not', async () => {
    const digest = digestOf('shop-test-network', actions(resourceChange('aws_db_instance.main', ['delete'])));
    const { code, summary } = await apply({ 'shop-test-network': digest }, { 'shop-test-network:show': { stdout: LOSS } });
    expect(code).toBe(1);
    expect(calls()).not.toContain('network apply');
    expect(summary).toContain('the guard refuses it');
  });

  it('stops when an apply fails', async () => {
    const { code, summary } = await apply(
      { 'shop-test-network': DIGEST },
      { ...both, 'shop-test-network:apply': { code: 1, stderr: 'Error: quota exceeded' } },
    );
    expect(code).toBe(1);
    expect(summary).toContain('quota exceeded');
    expect(calls()).not.toContain('data init');
  });

  it('never prompts, waits for locks, and keeps to an existing lock file of providers', async () => {
    writeFileSync(join(output, 'stacks/shop-test-network/.terraform.lock.hcl'), '');
    await plan({ 'shop-test-network:show': { stdout: EMPTY }, 'shop-test-data:show': { stdout: EMPTY } });
    const [init, planned] = stub.calls();
    expect(init).toMatchObject({
      args: expect.arrayContaining(['-lockfile=readonly']),
      env: { TF_INPUT: '0', TF_IN_AUTOMATION: '1' },
    });
    expect(planned?.args.some((arg) => arg.startsWith('-lock-timeout='))).toBe(true);
    rmSync(join(output, 'stacks/shop-test-network/.terraform.lock.hcl'));
  });
});
