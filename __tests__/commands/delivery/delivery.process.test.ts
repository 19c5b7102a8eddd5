/** `npm run delivery -- plan` and `apply`, with a stub for terraform: which plans are applied. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentReport } from '../../../src/commands/delivery/stack-report';
import { runCommand } from '../../support/command';
import { digestsOf, planJson, resourceChange, valueChange } from '../../support/plans';
import { completed, errored, jsonLines, StubTerraform, type Answers } from '../../support/stub-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-delivery-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('with a stub for terraform', () => {
  const PLAN = planJson([resourceChange('aws_vpc.main', ['create'])]);
  const EMPTY = planJson([]);
  const LOSS = planJson([resourceChange('aws_db_instance.main', ['delete'], { type: 'aws_db_instance' })]);
  const DIGEST = digestsOf(PLAN).plan();
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
    const { exitCode: code, stderr } = await runCommand({}, ['delivery', ...args, '--output', output], { env });
    return { code, stderr, outputs: readFileSync(outputs, 'utf8'), summary: readFileSync(summary, 'utf8') };
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
      'shop-test-network:plan': { files: { 'terrace.tfplan': 'values' } },
      'shop-test-network:show': { stdout: PLAN },
      'shop-test-data:show': { stdout: EMPTY },
    });
    expect(code).toBe(0);
    expect(calls()).toEqual(['network init', 'network plan', 'network show', 'data init', 'data plan', 'data show']);
    expect(written().stacks).toMatchObject([
      { status: 'planned', stack: 'shop-test-network', digest: DIGEST, guard: { passed: true } },
      { status: 'planned', stack: 'shop-test-data', actions: [] },
    ]);
    expect(() => readFileSync(join(output, 'stacks/shop-test-network/terrace.tfplan'))).toThrow();
  });

  it('ends with 3 where there is no terraform, also to apply', async () => {
    const without = async (...args: readonly string[]) =>
      runCommand({}, ['delivery', ...args, '--stacks', 'shop-test-network', '--output', output], { env: { PATH: stub.home } });
    const report = join(stub.home, 'report.json');
    for (const args of [
      ['plan', 'shop-test', '--commit', 'abc', '--report', report],
      ['apply', 'shop-test'],
    ])
      expect(await without(...args)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('unavailable on this machine: there is no terraform on the PATH'),
      });
  });

  it('fails for a stack that was not synthesised', async () => {
    rmSync(join(output, 'stacks/shop-test-data'), { recursive: true });
    expect((await plan({ '*:show': { stdout: PLAN } })).code).toBe(1);
    expect(JSON.stringify(written())).toContain('shop-test-data: synthesise first');
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

  const reviewedAs = (digests: Readonly<Record<string, string>>, changes: object = {}): string => {
    const file = join(stub.home, 'reviewed.json');
    writeFileSync(file, JSON.stringify({ digests, changes }));
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
    expect(stub.calls().find(({ args }) => args[0] === 'apply')?.args).toEqual([
      'apply',
      '-json',
      '-lock-timeout=10m',
      'terrace.tfplan',
    ]);
    expect(outputs).toContain('waiting=\n');
  });

  it('stops at a plan that was not reviewed, applies nothing after it, and reports what waits', async () => {
    const { code, outputs, summary } = await apply({ 'shop-test-network': 'f'.repeat(64) }, both);
    expect(code).toBe(0);
    expect(calls()).toEqual(['network init', 'network plan', 'network show', 'data init', 'data state']);
    expect(outputs).toMatch(
      new RegExp(
        `^waiting=shop-test-network\ndigest=${DIGEST}\nchanges=[A-Za-z0-9+/=]+\ncreates=shop-test-data\nrest=shop-test-network shop-test-data\n$`,
      ),
    );
    expect(summary).toContain('waits for an approval');
    expect(summary).toContain('<b>create</b> <code>aws_vpc.main</code>');
  });

  it('applies a plan that was approved since, and only that', async () => {
    const { code } = await apply({}, both, '--approved', `shop-test-network=${DIGEST}`);
    expect(code).toBe(0);
    expect(calls()).toContain('network apply');
  });

  it('waits again when another plan than the approved one is next', async () => {
    const { code, outputs } = await apply(
      {},
      { ...both, 'shop-test-data:show': { stdout: PLAN } },
      '--approved',
      `shop-test-network=${DIGEST}`,
    );
    expect(code).toBe(0);
    expect(outputs).toContain('waiting=shop-test-data\n');
    expect(calls()).not.toContain('data apply');
  });

  describe('the first deployment', () => {
    const NEW: Answers = {
      'shop-test-network:show': { stdout: PLAN },
      'shop-test-data:show': { stdout: planJson([resourceChange('aws_kms_key.main', ['create'])]) },
    };
    const approved = ['--approved', `shop-test-network=${DIGEST}`, '--creates', 'shop-test-data'];

    it('lists the stacks that were never deployed with what waits, and the command that approves them', async () => {
      const { outputs, summary } = await apply(
        {},
        { ...NEW, 'shop-test-data:state': { code: 1, stderr: 'No state file was found!' } },
      );
      expect(outputs).toContain('creates=shop-test-data\n');
      expect(summary).toContain('An approval also covers the first deployment of shop-test-data');
      expect(summary).toContain(`-f stack='shop-test-network' -f digest='${DIGEST}' -f creates='shop-test-data'`);
    });

    it('needs one approval for all stacks', async () => {
      const { code, outputs } = await apply({}, NEW, ...approved);
      expect(code).toBe(0);
      expect(calls().filter((call) => call.endsWith('apply'))).toEqual(['network apply', 'data apply']);
      expect(outputs).toContain('waiting=\n');
    });

    it('includes the outputs of a stack', async () => {
      const outputs = { output_changes: { key: { actions: ['create'], before: null, after: 'arn' } } };
      const withOutputs = planJson([resourceChange('aws_kms_key.main', ['create'])], outputs);
      await apply({}, { ...NEW, 'shop-test-data:show': { stdout: withOutputs } }, ...approved);
      expect(calls()).toContain('data apply');
    });

    it('waits for a stack that was deployed meanwhile, or whose plan does more than create', async () => {
      await apply({}, { ...NEW, 'shop-test-data:state': { stdout: 'aws_kms_key.main\n' } }, ...approved);
      expect(calls()).not.toContain('data apply');
      const updates = planJson([resourceChange('aws_kms_key.main', ['update'])]);
      await apply({}, { ...NEW, 'shop-test-data:show': { stdout: updates } }, ...approved);
      expect(calls()).not.toContain('data apply');
    });

    it('waits for every stack that the approval does not name', async () => {
      const { outputs } = await apply({}, NEW, '--approved', `shop-test-network=${DIGEST}`);
      expect(outputs).toContain('waiting=shop-test-data\n');
    });

    it('takes a state that cannot be read for one with resources', async () => {
      const { outputs } = await apply({}, { ...NEW, 'shop-test-data:state': { code: 1, stderr: 'AccessDenied' } });
      expect(outputs).toContain('creates=\n');
    });
  });

  it('never applies what the guard refuses, reviewed or not', async () => {
    const digest = digestsOf(LOSS).plan();
    const { code, summary } = await apply({ 'shop-test-network': digest }, { 'shop-test-network:show': { stdout: LOSS } });
    expect(code).toBe(1);
    expect(calls()).not.toContain('network apply');
    expect(summary).toContain('the guard refuses it');
    expect(summary).toMatch(/^\| \*\*refused\*\* \| delete <code>/m);
  });

  const TWO = planJson([
    valueChange('aws_vpc.main', ['create'], null, { cidr: '10.0.0.0/16' }),
    valueChange('aws_subnet.a', ['update'], { cidr: 'a' }, { cidr: 'b' }),
    valueChange('aws_route.a', ['create', 'delete'], { x: 1 }, { x: 2 }),
  ]);

  it('applies what a plan only imports, moves or publishes', async () => {
    const only = [
      planJson([valueChange('aws_vpc.main', ['no-op'], {}, {}, { importing: { id: 'vpc-1' } })]),
      planJson([valueChange('aws_vpc.main', ['no-op'], {}, {}, {}, { previous_address: 'aws_vpc.old' })]),
      planJson([], { output_changes: { vpc_id: { actions: ['create'], before: null, after: 'vpc-1' } } }),
    ];
    for (const plan of only) {
      const { code } = await apply(
        { 'shop-test-network': digestsOf(plan).plan() },
        { ...both, 'shop-test-network:show': { stdout: plan } },
      );
      expect(code).toBe(0);
      expect(calls()).toContain('network apply');
      stub.remove();
      stub = new StubTerraform({});
    }
  });

  it('asks again for the same actions with other values', async () => {
    const values = (cidr: string) => planJson([valueChange('aws_vpc.main', ['create'], null, { cidr })]);
    const { outputs } = await apply(
      { 'shop-test-network': digestsOf(values('10.0.0.0/16')).plan() },
      { ...both, 'shop-test-network:show': { stdout: values('0.0.0.0/0') } },
    );
    expect(outputs).toContain('waiting=shop-test-network');
    expect(calls()).not.toContain('network apply');
  });

  it('stops when an apply fails, and says what was done and what was not', async () => {
    const answers = {
      ...both,
      'shop-test-network:show': { stdout: TWO },
      'shop-test-network:apply': {
        code: 1,
        stdout: jsonLines(
          completed('aws_vpc.main', 'create'),
          completed('aws_route.a', 'delete'),
          { type: 'apply_errored', hook: { resource: { addr: 'aws_subnet.a' }, action: 'update' } },
          errored('quota exceeded', 'aws_subnet.a'),
        ),
      },
    };
    const { code, summary, stderr } = await apply({ 'shop-test-network': digestsOf(TWO).plan() }, answers);
    expect(code).toBe(1);
    expect(summary).toContain('**shop-test-network stopped half-way: 1 of 3 changes done.**');
    expect(summary).toContain('aws_subnet.a: quota exceeded');
    expect(summary).toMatch(/Done:\n```\ncreate aws_vpc\.main\n```/);
    expect(summary).toMatch(/Failed:\n```\nupdate aws_subnet\.a\n```/);
    expect(summary).toMatch(/Not done:\n```\nreplace aws_route\.a \(half of it\)\n```/);
    expect(stderr).toContain('  aws_vpc.main: created in 0s\n');
    expect(calls()).not.toContain('data init');
    expect(() => readFileSync(join(output, 'stacks/shop-test-network/terrace.tfplan'))).toThrow();
  });

  it('needs no second approval for what is left of a reviewed or approved plan', async () => {
    const rest = planJson([valueChange('aws_subnet.a', ['update'], { cidr: 'a' }, { cidr: 'b' })]);
    const answers = { ...both, 'shop-test-network:show': { stdout: rest } };
    const file = reviewedAs({ 'shop-test-network': digestsOf(TWO).plan() }, { 'shop-test-network': digestsOf(TWO).changes() });
    const args = ['apply', 'shop-test', '--stacks', 'shop-test-network', '--reviewed'];
    expect((await delivery([...args, file], answers)).outputs).toContain('waiting=\n');
    expect(calls()).toContain('network apply');

    const waiting = await apply({}, { ...both, 'shop-test-network:show': { stdout: TWO } });
    const [, changes = ''] = /^changes=(.+)$/m.exec(waiting.outputs) ?? [];
    const approved = ['--approved', `shop-test-network=${digestsOf(TWO).plan()}`, '--approved-changes'];
    expect((await apply({}, answers, ...approved, changes)).code).toBe(0);
    // Changes of another plan than the approved one do not count.
    const other = await apply({}, answers, '--approved', `shop-test-network=${DIGEST}`, '--approved-changes', changes);
    expect(other.outputs).toContain('waiting=shop-test-network\n');
  });

  it('shows the values in the log and in the summary of the job', async () => {
    const { summary, stderr } = await plan({
      'shop-test-network:show': { stdout: TWO },
      'shop-test-data:show': { stdout: EMPTY },
    });
    expect(stderr).toContain('! cidr: "a" → "b"');
    expect(summary).toContain('<code>aws_subnet.a</code>: <code>cidr: &#34;a&#34; → &#34;b&#34;</code>');
    expect(stderr).toContain('  1 to create, 1 to update, 1 to replace, digest ');
  });

  it('never prompts, takes no lock for a plan that is not applied, and keeps to an existing lock file of providers', async () => {
    writeFileSync(join(output, 'stacks/shop-test-network/.terraform.lock.hcl'), '');
    await plan({ 'shop-test-network:show': { stdout: EMPTY }, 'shop-test-data:show': { stdout: EMPTY } });
    const [init, planned] = stub.calls();
    expect(init).toMatchObject({
      args: expect.arrayContaining(['-lockfile=readonly']),
      env: { TF_INPUT: '0', TF_IN_AUTOMATION: '1' },
    });
    expect(planned?.args).toContain('-lock=false');
    expect(planned?.args.some((arg) => arg.startsWith('-lock-timeout='))).toBe(false);
    rmSync(join(output, 'stacks/shop-test-network/.terraform.lock.hcl'));
  });
});
