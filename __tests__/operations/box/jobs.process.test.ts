import { BoxJobs } from '../../../src/operations/box/jobs';
import { boxed } from '../../support/boxed';
import { deployed } from '../../support/deployed';
import { AwsFailure, startStubAws, type Answers, type StubAws } from '../../support/stub-aws';

const jobs = { sync: { image: 'api', vcpu: 0.25, memoryMib: 512 } };

let aws: StubAws;
afterEach(() => aws.stop());

async function run(answers: Answers, options: { image?: string; detach?: boolean } = {}) {
  aws = await startStubAws({
    SendCommand: () => ({ Command: { CommandId: 'command-1' } }),
    FilterLogEvents: () => ({ events: [] }),
    ...answers,
  });
  const lines: string[] = [];
  const target = deployed(boxed({ jobs }), aws.endpoint, { 'compute-box': { instanceId: 'i-1' } });
  const result = await new BoxJobs(target, 0.01).run('sync', { report: (line) => void lines.push(line), ...options });
  return { result, lines };
}

/** A command that ends at the third look. */
function ended(answer: object): Answers {
  let looks = 0;
  return {
    GetCommandInvocation: () => {
      looks += 1;
      if (looks === 1) return new AwsFailure('InvocationDoesNotExist', 'not told yet');
      return looks === 2 ? { Status: 'InProgress' } : answer;
    },
  };
}

test('a run shows the lines of its container, and ends with the exit code of the host', async () => {
  const { result, lines } = await run({
    ...ended({ Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 3, StandardOutputContent: 'one\n' }),
    FilterLogEvents: () => ({ events: [{ eventId: 'a', timestamp: Date.now(), message: 'one' }] }),
  });
  expect(result).toEqual({ exitCode: 3, id: 'command-1' });
  expect(lines).toEqual(['started command-1 on i-1', 'one']);
  const { input } = aws.calls.find(({ name }) => name === 'FilterLogEvents') ?? {};
  expect(input).toMatchObject({ logGroupName: '/shop/test/sync', logStreamNamePrefix: 'sync/sync/' });
});

test('a run whose container wrote nothing to the log group shows what the host says', async () => {
  const output = { StandardOutputContent: 'Job sync failed\n', StandardErrorContent: 'no image\n' };
  const { lines } = await run(ended({ Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 1, ...output }));
  expect(lines).toEqual(['started command-1 on i-1', 'Job sync failed', 'no image']);
});

test('a host that does not answer is an error, not a result of the job', async () => {
  const unreachable = { Status: 'Undeliverable', StatusDetails: 'Undeliverable', ResponseCode: -1 };
  await expect(run(ended(unreachable))).rejects.toThrow('i-1 did not run the command: Undeliverable');
});

test('a run with another image names it to the host', async () => {
  await run(ended({ Status: 'Success', StatusDetails: 'Success', ResponseCode: 0 }), { image: 'registry/api:next' });
  expect(aws.calls[0]?.input.Parameters.commands).toEqual(['/usr/local/sbin/terrace-job sync --image registry/api:next']);
});

test('a run that is detached is sent, and not watched', async () => {
  const { result } = await run({}, { detach: true });
  expect(result).toEqual({ exitCode: 0, id: 'command-1' });
  expect(aws.calls.map(({ name }) => name)).toEqual(['SendCommand']);
});

test('a run of a job that runs already is skipped, and one that ends with 75 by itself has failed', async () => {
  const failed = { Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 75 };
  const skipped = await run(ended({ ...failed, StandardOutputContent: 'sync runs already: nothing was started\n' }));
  expect(skipped.result).toEqual({ exitCode: 75, skipped: true, reason: 'another run is active', id: 'command-1' });
  expect(skipped.lines).toEqual(['started command-1 on i-1']);
  await aws.stop();
  const { result } = await run(ended({ ...failed, StandardOutputContent: 'try again later\n' }));
  expect(result).toEqual({ exitCode: 75, id: 'command-1' });
});
