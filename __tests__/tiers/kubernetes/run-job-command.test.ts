/** The command that a person copies to run a job on the cluster. */
import { runJobCommand } from '../../../src/tiers/kubernetes/run-job-command';
import { runCopied, survivesCopying } from '../../support/copied-command';

const command = runJobCommand({ namespace: 'shop', key: 'sync', concurrency: 'forbid' });

const run = (conditions: string, code: string, active = '', text = command) =>
  runCopied(text, 'kubectl', [
    ['*status.active*', active],
    ["*'create job'*", 'job.batch/sync created'],
    ['*conditions*type*', ['', conditions]],
    ['*conditions*message*', 'the message'],
    ["*'logs job/sync-'*", 'what the job wrote'],
    ['*exitCode*', code],
  ]);

describe('the command that runs a job on the cluster', () => {
  it('waits, prints the log, and ends with 0 when the job succeeded', () => {
    const { code, stdout, calls } = run('SuccessCriteriaMet Complete', '0');
    expect(code).toBe(0);
    expect(stdout).toContain('what the job wrote');
    expect(calls.find((call) => call.includes('create job'))).toMatch(
      /^--namespace shop create job --from=cronjob\/sync sync-\d+$/,
    );
    expect(calls.filter((call) => call.includes('conditions[*].type'))).toHaveLength(2);
  });

  it("ends with the job's exit code and prints the reason", () => {
    const { code, stdout } = run('FailureTarget Failed', '3');
    expect(code).toBe(3);
    expect(stdout).toContain('exit code: 3 the message');
  });

  it('ends with 1 when the job had no exit code, as after its time limit', () => expect(run('Failed', '').code).toBe(1));

  it('starts nothing while another run is active, and ends with 75', () => {
    const { code, stdout, calls } = run('Complete', '0', '1');
    expect(code).toBe(75);
    expect(stdout).toContain('nothing was started');
    expect(calls).toHaveLength(1);
  });

  it('starts it all the same where runs may overlap', () =>
    expect(run('Complete', '0', '1', runJobCommand({ namespace: 'shop', key: 'sync', concurrency: 'allow' })).code).toBe(0));

  it('is the same text with and without -raw', () => expect(survivesCopying(command)).toBe(true));
});

describe('the command that runs database-init', () => {
  const init = runJobCommand({ namespace: 'shop', key: 'database-init', concurrency: 'forbid', loginDuringRun: true });
  const initialise = (conditions: string, { active = '', ready = '' }: { active?: string; ready?: string | number } = {}) =>
    runCopied(init, 'kubectl', [
      ['*status.active*', active],
      ['*annotations.terrace/login*', '{}'],
      ["*'apply --filename -'*", 'created'],
      ["*'wait --for'*", ready],
      ["*'create job'*", 'created'],
      ['*conditions*type*', conditions],
      ['*conditions*message*', ''],
      ["*'logs job/'*", ''],
      ['*exitCode*', conditions === 'Complete' ? '0' : '1'],
      ["*'delete externalsecret database-init'*", ''],
    ]);
  const stepsOf = (calls: readonly string[]) =>
    calls.flatMap((call) => /apply|create job|delete|wait --for/.exec(call)?.[0] ?? []);

  it.each(['Complete', 'Failed'])('has the master login during the run only (%s)', (conditions) => {
    const { calls } = initialise(conditions);
    expect(stepsOf(calls)).toEqual(['apply', 'wait --for', 'create job', 'delete']);
  });

  it('leaves no login behind when it cannot be read, and starts nothing', () => {
    const { code, calls } = initialise('Complete', { ready: 1 });
    expect(code).toBe(70);
    expect(stepsOf(calls)).toEqual(['apply', 'wait --for', 'delete']);
  });

  it('does not take the login away from another run', () => {
    expect(stepsOf(initialise('Complete', { active: '1' }).calls)).toEqual([]);
  });

  it('is the same text with and without -raw', () => expect(survivesCopying(init)).toBe(true));
});
