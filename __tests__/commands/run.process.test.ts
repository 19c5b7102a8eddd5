/** `npm run run`: exit codes and what is printed. What runs on each tier is tested with its runner. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleFile, runCommand } from '../support/command';
import { TEST_CREDENTIALS } from '../support/aws-credentials';
import { AwsFailure, startStubAws, type Answers, type StubAws } from '../support/stub-aws';

const folder = mkdtempSync(join(tmpdir(), 'terrace-run-'));
const files = {
  'shop-test': exampleFile({ jobs: { migrate: { image: 'api', command: ['migrate'], vcpu: 0.25, memoryMib: 512 } } }),
};

beforeAll(() => {
  Object.assign(process.env, TEST_CREDENTIALS);
  const images = { api: { repository_url: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/test/api' } };
  writeFileSync(join(folder, 'terraform.shop-test-data.tfstate'), JSON.stringify({ outputs: { images: { value: images } } }));
});

let aws: StubAws;
afterEach(() => aws.stop());

const ended = (end: object): Answers => ({
  StartExecution: () => ({ executionArn: 'arn:execution' }),
  DescribeExecution: () => end,
  GetExecutionHistory: () => ({ events: [] }),
});

async function run(answers: Answers, ...args: readonly string[]) {
  aws = await startStubAws(answers);
  return runCommand(files, ['run', 'shop-test', ...args, '--endpoint', aws.endpoint, '--output', join(folder, 'cdktf.out')]);
}

test('a job that succeeds', async () => {
  const { exitCode, stdout, stderr } = await run(ended({ status: 'SUCCEEDED', output: '{}' }), 'migrate', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    environment: 'shop-test',
    job: 'migrate',
    outcome: 'succeeded',
    exitCode: 0,
    run: 'arn:execution',
  });
  expect(stderr).toBe('started arn:execution\n');
});

test('a job that fails ends with its own exit code, and says why', async () => {
  const cause = JSON.stringify({ Containers: [{ Name: 'migrate', ExitCode: 3 }], StoppedReason: 'Essential container exited' });
  const { exitCode, stdout, stderr } = await run(ended({ status: 'FAILED', error: 'States.TaskFailed', cause }), 'migrate');
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain('migrate failed with exit code 3: Essential container exited\n');
});

test('75: another run is active', async () => {
  const skipped = { status: 'SUCCEEDED', output: '{"skipped":"another run is active"}' };
  const { exitCode, stderr } = await run(ended(skipped), 'migrate');
  expect(exitCode).toBe(75);
  expect(stderr).toContain('migrate was not started: another run is active\n');
});

test('70: a call failed, not the job', async () => {
  const { exitCode, stderr } = await run({ StartExecution: () => new AwsFailure('AccessDeniedException', 'not you') }, 'migrate');
  expect({ exitCode, stderr }).toEqual({ exitCode: 70, stderr: 'starting the job migrate: AWS refuses it: not you\n' });
});

test('130: Ctrl-C ends the watching, and says how to go on with it', async () => {
  const interrupted = ended({ status: 'RUNNING' });
  const answers = {
    ...interrupted,
    GetExecutionHistory: () => {
      setImmediate(() => process.emit('SIGINT'));
      return { events: [] };
    },
  };
  const { exitCode, stderr } = await run(answers, 'migrate');
  expect(exitCode).toBe(130);
  expect(stderr).toContain('the run goes on; npm run logs -- shop-test migrate --follow shows its lines\n');
  expect(aws.calls.map(({ name }) => name)).not.toContain('StopExecution');
});

test('nothing is called for what cannot be run', async () => {
  for (const [args, code, text] of [
    [['migrat'], 1, /has no job migrat\n  fix   its jobs: .*migrate/],
    [[], 2, /name a job of shop-test: .*migrate/],
    [['migrate', '--image', 'a b'], 2, /neither a tag nor a digest/],
    [['database-init', '--image', 'next'], 1, /runs an image that is none of the environment's/],
  ] as const) {
    const { exitCode, stderr } = await run({}, ...args);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(text);
    expect(aws.calls).toEqual([]);
    await aws.stop();
  }
  aws = await startStubAws({});
});

test('a tag is one of the repository of the image of the job, and --dry-run starts nothing', async () => {
  const { exitCode, stderr } = await run({}, 'migrate', '--image', '3f2a1c', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stderr).toBe('would run migrate of shop-test with 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/test/api:3f2a1c\n');
  expect(aws.calls).toEqual([]);
});
