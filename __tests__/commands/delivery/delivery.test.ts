/** `npm run delivery -- plan` and `apply`, with a stub for terraform: which plans are applied. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../../src/commands/delivery/actions';
import type { EnvironmentReport } from '../../../src/commands/delivery/stack-report';
import { runCommand } from '../../support/command';
import { actionsIn as actions, planJson, resourceChange } from '../../support/plans';
import { StubTerraform, type Answers } from '../../support/stub-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-delivery-'));
afterAll(() => rmSync(scratch, { recursive: true }));

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
    writeFileSync(file, JSON.stringify({ digests }));
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
    expect(calls()).toEqual(['network init', 'network plan', 'network show', 'data init', 'data state']);
    expect(outputs).toBe(
      `waiting=shop-test-network\ndigest=${DIGEST}\ncreates=shop-test-data\nrest=shop-test-network shop-test-data\n`,
    );
    expect(summary).toContain('waits for an approval');
    expect(summary).toContain('create `aws_vpc.main`');
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
