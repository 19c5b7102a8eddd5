/** What the first deployment decides, without AWS. */
import { CommandError } from '../../src/cli/errors';
import { readValue } from '../../src/commands/deploy/provide-missing';
import { createLogins, databaseInitAddresses, isBeforeLogins } from '../../src/operations/first-deployment/database-logins';
import type { JobRunner } from '../../src/operations/jobs';

const signal = new AbortController().signal;
const runnerOf = (...answers: readonly (number | Error)[]): JobRunner & { runs: number } => {
  const runner = {
    runs: 0,
    run: () => {
      const answer = answers[runner.runs] ?? answers.at(-1)!;
      runner.runs += 1;
      return typeof answer === 'number' ? Promise.resolve({ exitCode: answer }) : Promise.reject(answer);
    },
  };
  return runner;
};

describe('the job that creates logins', () => {
  const options = { signal, report: () => undefined, everySeconds: 0.01 };

  it('waits for a host that is not ready yet', async () => {
    const runner = runnerOf(new CommandError('no host is online'), new CommandError('no host is online'), 0);
    await createLogins(runner, { ...options, readyWithin: 5 });
    expect(runner.runs).toBe(3);
  });

  it('is not repeated when it has run and failed, nor where there is nothing to wait for', async () => {
    const failed = runnerOf(3);
    await expect(createLogins(failed, { ...options, readyWithin: 5 })).rejects.toThrow('database-init ended with 3');
    const refused = runnerOf(new CommandError('AWS refuses it'));
    await expect(createLogins(refused, { ...options, readyWithin: 0 })).rejects.toThrow('AWS refuses it');
    expect([failed.runs, refused.runs]).toEqual([1, 1]);
  });

  it('is applied alone with what it needs: on a cluster also with the values of secrets, on a host not at all', () => {
    const cluster = {
      kubernetes_cron_job_v1: { 'job-database-init_cron-job': {}, 'job-sync_cron-job': {} },
      kubernetes_deployment_v1: { 'service-api_deployment': {} },
      helm_release: { 'custom-resources_release': {}, reloader_release: {} },
    };
    expect(databaseInitAddresses({ resource: cluster })).toEqual([
      'kubernetes_cron_job_v1.job-database-init_cron-job',
      'helm_release.custom-resources_release',
    ]);
    expect(
      databaseInitAddresses({ resource: { aws_instance: { host: {} }, helm_release: { 'custom-resources_release': {} } } }),
    ).toEqual([]);
  });

  it('comes before services exist; on a host, before anything later is deployed', () => {
    const services = { resource: { aws_ecs_service: { 'service-api_service': {} } } };
    expect(isBeforeLogins({ module: services, types: ['aws_sfn_state_machine'], isFollowed: false })).toBe(true);
    expect(isBeforeLogins({ module: services, types: ['aws_ecs_service'], isFollowed: false })).toBe(false);
    const host = { resource: { aws_instance: { host: {} } } };
    expect(isBeforeLogins({ module: host, types: ['aws_instance'], isFollowed: false })).toBe(true);
    expect(isBeforeLogins({ module: host, types: ['aws_instance'], isFollowed: true })).toBe(false);
    expect(isBeforeLogins({ module: host, types: [], isFollowed: undefined })).toBe(true);
    expect(isBeforeLogins({ module: host, types: ['aws_instance'], isFollowed: undefined })).toBe(false);
  });
});

describe('a value that is typed', () => {
  const answers = (...texts: readonly string[]) => {
    const left = [...texts];
    return () => Promise.resolve(left.shift() ?? '');
  };

  it('is one text, or a JSON object with a text for each key', async () => {
    expect(await readValue('stripe', undefined, answers('a b'))).toBe('a b');
    expect(JSON.parse((await readValue('stripe', ['key', 'hook'], answers('1', '2')))!)).toEqual({ key: '1', hook: '2' });
  });

  it('is not put when nothing, or not everything, was typed', async () => {
    expect(await readValue('stripe', undefined, answers(''))).toBeUndefined();
    expect(await readValue('stripe', ['key', 'hook'], answers('1', ''))).toBeUndefined();
  });
});
