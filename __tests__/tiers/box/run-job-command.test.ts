/** The command that a person copies to run a job on the host. */
import { anyHostOf } from '../../../src/tiers/box/commands';
import { runJobCommand } from '../../../src/tiers/box/run-job-command';
import { runCopied, survivesCopying } from '../../support/copied-command';

const JOB = { key: 'sync', timeoutSeconds: 7200 };
const command = runJobCommand({ region: 'eu-west-1', instanceId: 'i-1' }, JOB);

const run = (status: string, code: string, text = command) =>
  runCopied(text, 'aws', [
    ['*describe-auto-scaling-groups*', 'i-2'],
    ['*send-command*', 'command-1'],
    ["*'--query Status'", ['InProgress', status]],
    ["*'--query ResponseCode'", code],
    ['*get-command-invocation*', 'what the job wrote'],
  ]);

describe('the command that runs a job on the host', () => {
  it('waits as long as the job may take, prints what it wrote, and ends with 0', () => {
    const { code, stdout, calls } = run('Success', '0');
    expect(code).toBe(0);
    expect(stdout).toContain('what the job wrote');
    expect(calls[0]).toContain('--instance-ids i-1 ');
    expect(calls[0]).toContain('terrace-job sync],executionTimeout=[8100]');
    expect(calls.filter((call) => call.endsWith('--query Status'))).toHaveLength(2);
  });

  it("ends with the job's exit code", () => {
    const { code, stdout } = run('Failed', '3');
    expect(code).toBe(3);
    expect(stdout).toContain('Failed, exit code: 3');
  });

  it.each([
    ['TimedOut', '-1'],
    ['Cancelled', '0'],
  ])('ends with 1 when the run was not completed: %s', (status, response) => expect(run(status, response).code).toBe(1));

  it('ends with 70 when the call is refused', () => expect(runCopied(command, 'aws', [['*send-command*', 254]]).code).toBe(70));

  it('finds a host of a group first', () => {
    const { code, calls } = run('Success', '0', runJobCommand(anyHostOf('eu-west-1', 'shop'), JOB));
    expect(code).toBe(0);
    expect(calls[1]).toContain('--instance-ids i-2 ');
  });

  it('is the same text with and without -raw', () => {
    expect(survivesCopying(command)).toBe(true);
    expect(survivesCopying(runJobCommand(anyHostOf('eu-west-1', 'shop'), JOB))).toBe(true);
  });
});
