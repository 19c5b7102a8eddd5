/** `npm run plan`, with a stub for terraform. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleFile, runCommand, SMALL } from '../../support/command';
import { planJson, resourceChange, valueChange } from '../../support/plans';
import { StubTerraform, type Answers } from '../../support/stub-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-plan-'));
const output = join(scratch, 'cdktf.out');
afterAll(() => rmSync(scratch, { recursive: true }));

const [NETWORK, DATA] = ['shop-test-network', 'shop-test-data'];
const CREATES = { stdout: planJson([resourceChange('aws_vpc.main', ['create'])]) };
const EMPTY = { stdout: planJson([]) };
const LOSS = { stdout: planJson([resourceChange('aws_s3_bucket.uploads', ['delete'])]) };
const NO_STATE = {
  code: 1,
  stderr: '╷\n│ Error: Unable to find remote state\n│ \n│   with data.terraform_remote_state.network,\n╵\n',
};

async function plan(args: readonly string[], answers: Answers) {
  const stub = new StubTerraform(answers);
  const files = { 'shop-test': exampleFile({ ...SMALL, observability: undefined, buckets: { uploads: {} } }) };
  const ran = await runCommand(files, ['plan', ...args, '--output', output], { env: stub.env({ TERRACE_BACKEND: 'local' }) });
  const calls = stub.calls();
  stub.remove();
  return { ...ran, calls, planned: calls.filter(({ args: [command] }) => command === 'plan').map(({ folder }) => folder) };
}

it('plans every stack in deploy order, shows the changes, locks and applies nothing', async () => {
  const { exitCode, stdout, planned, calls } = await plan(['shop-test'], { '*:show': CREATES });
  expect(exitCode).toBe(0);
  expect(planned.slice(0, 2)).toEqual([NETWORK, DATA]);
  expect(stdout).toContain(`${NETWORK}: 1 to create\n  create aws_vpc.main`);
  for (const { args } of calls.filter(({ args: [command] }) => command === 'plan')) expect(args).toContain('-lock=false');
  expect(calls.some(({ args: [command] }) => command === 'apply')).toBe(false);
  expect(existsSync(join(output, 'stacks', NETWORK, 'terrace.tfplan'))).toBe(false);
});

it.each([
  [['network'], [NETWORK]],
  [['shop-test-data'], [DATA]],
  [['{data,network}'], [NETWORK, DATA]],
])('plans the stacks that are named: %j', async (names, expected) => {
  const { planned } = await plan(['shop-test', ...names], { '*:show': EMPTY });
  expect(planned).toEqual(expected);
});

it('refuses a name that is no stack, with the stacks', async () => {
  const { exitCode, stderr, planned } = await plan(['shop-test', 'dta'], { '*:show': EMPTY });
  expect({ exitCode, planned }).toEqual({ exitCode: 2, planned: [] });
  expect(stderr).toContain('no stack matches "dta"; the stacks are: network, data');
});

it('says which stack is planned later, and does not count it as a failure', async () => {
  const { exitCode, stdout } = await plan(['shop-test', 'network', 'data'], {
    '*:show': CREATES,
    [`${DATA}:plan`]: NO_STATE,
  });
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`${DATA}: later\n  ${NETWORK} is not deployed yet, and this stack reads its outputs`);
  expect(stdout).toContain('shop-test: 1 to apply, 1 to be planned later');
});

it('takes a missing output for later only where the stack that publishes it changes', async () => {
  const lacking = {
    code: 1,
    stderr: 'Error: Unsupported attribute\n\n "${data.terraform_remote_state.network.outputs.new_id}"\n',
  };
  const answers = (network: object): Answers => ({ [`${NETWORK}:show`]: network, [`${DATA}:plan`]: lacking });
  expect((await plan(['shop-test', 'network', 'data'], answers(CREATES))).exitCode).toBe(0);
  expect((await plan(['shop-test', 'network', 'data'], answers(EMPTY))).exitCode).toBe(1);
});

it('ends with 1 where the guard refuses a plan, with what it found, and goes on with the others', async () => {
  const { exitCode, stdout, planned } = await plan(['shop-test', 'network', 'data'], {
    [`${NETWORK}:show`]: LOSS,
    '*:show': EMPTY,
  });
  expect(exitCode).toBe(1);
  expect(planned).toEqual([NETWORK, DATA]);
  expect(stdout).toContain('REFUSED  delete aws_s3_bucket.uploads');
});

it('prints one JSON document with --json: changes, findings, counts, and no secret', async () => {
  const change = valueChange(
    'aws_db_instance.main',
    ['update'],
    { password: 'old-secret' },
    { password: 'new-secret' },
    { before_sensitive: { password: true }, after_sensitive: { password: true } },
  );
  const { stdout } = await plan(['shop-test', 'network', '--json'], { '*:show': { stdout: planJson([change]) } });
  const { name, passed, stacks } = JSON.parse(stdout);
  expect({ name, passed }).toEqual({ name: 'shop-test', passed: true });
  expect(stacks).toMatchObject([
    { stack: NETWORK, status: 'planned', counts: { update: 1 }, changes: [{ action: 'update' }], guard: { refused: [] } },
  ]);
  expect(stdout).not.toMatch(/old-secret|new-secret/);
});

it('ends with 3 without terraform, and starts nothing for a refused file', async () => {
  const files = { 'shop-test': exampleFile({ ...SMALL, region: 'eu-nowhere-1' as 'eu-west-1' }), 'shop-ok': exampleFile(SMALL) };
  const none = await runCommand(files, ['plan', 'shop-test', '--output', output], { env: { PATH: '/nowhere' } });
  expect(none.exitCode).toBe(3);
  const stub = new StubTerraform({});
  const { exitCode, stderr } = await runCommand(files, ['plan', 'shop-test', '--output', output], { env: stub.env() });
  expect({ exitCode, calls: stub.calls() }).toEqual({ exitCode: 1, calls: [] });
  expect(stderr).toContain('eu-nowhere-1');
  stub.remove();
});

it('plans with --first in copies, says what is assumed, and leaves the output as it is', async () => {
  const { exitCode, stdout, calls } = await plan(['shop-test', 'network', 'data', '--first'], { '*:show': CREATES });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('FIRST PLAN of shop-test: ASSUMED');
  expect(stdout).toContain('2 of 2 stacks planned');
  for (const { folder } of calls.filter(({ args: [command] }) => command === 'plan')) expect(folder).not.toContain('cdktf.out');
});

it('refuses with --first what the guard refuses', async () => {
  expect((await plan(['shop-test', 'network', '--first'], { '*:show': LOSS })).exitCode).toBe(1);
});
