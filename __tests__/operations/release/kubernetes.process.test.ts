/** Releases on Kubernetes against an API that behaves as that of a cluster, from one look to the next. */
import { planBack } from '../../../src/operations/release/back';
import { takeBack } from '../../../src/operations/release/perform';
import { planRelease } from '../../../src/operations/release/plan';
import type { EnvironmentInput } from '../../../src/config';
import type { Handovers } from '../../../src/contracts/handovers';
import { example } from '../../support/example';
import type { ReleaseAws } from '../../support/release-aws';
import { ReleaseCluster } from '../../support/release-cluster';
import { API, deployed, PARAMETER, RECORD, released, StubRunner, targetAt, WEB, withCredentials } from '../../support/released';

withCredentials();

const small = { image: 'api', vcpu: 0.25, memoryMib: 512, user: '1000:1000' } as const;

function onKubernetes(): EnvironmentInput {
  const { api } = example().services ?? {};
  if (api === undefined) throw new Error('the example has no service');
  return example({
    tier: 'kubernetes',
    images: { api: {}, web: {} },
    services: {
      api: { ...api, user: '1000:1000', sidecars: { proxy: { image: 'web', vcpu: 0.1, memoryMib: 128, user: '1000:1000' } } },
    },
    workers: { mail: { ...small } },
    jobs: { migrate: { ...small, before: 'release' }, report: { ...small, schedule: '0 2 * * *' } },
  });
}

let aws: ReleaseAws;
let cluster: ReleaseCluster;
beforeEach(async () => {
  aws = await deployed();
  cluster = await ReleaseCluster.start();
  cluster.add('deployments', 'api', { proxy: `${WEB}:one`, api: `${API}:one` });
  cluster.add('deployments', 'mail', { mail: `${API}:one` });
  cluster.add('cronjobs', 'migrate', { migrate: `${API}:one` });
  cluster.add('cronjobs', 'report', { report: `${API}:one` });
});
afterEach(async () => {
  await cluster.stop();
  await aws.stop();
});

const target = () =>
  targetAt(aws.url, onKubernetes(), {
    'compute-kubernetes': { clusterName: 'shop-test', endpoint: cluster.url, certificateAuthority: '' },
    workloads: { namespace: 'shop-test' },
  } as unknown as Partial<Handovers>);

const state = () => ({
  parameter: aws.parameter(PARAMETER),
  record: aws.parameter(RECORD),
  api: cluster.images('deployments', 'api'),
  mail: cluster.images('deployments', 'mail'),
  jobs: [cluster.images('cronjobs', 'migrate'), cluster.images('cronjobs', 'report')],
});

const everythingAt = (tag: string) => ({
  parameter: `${API}:${tag}`,
  record: undefined,
  api: { api: `${API}:${tag}`, proxy: `${WEB}:one` },
  mail: { mail: `${API}:${tag}` },
  jobs: [{ migrate: `${API}:${tag}` }, { report: `${API}:${tag}` }],
});

describe('a release on Kubernetes', () => {
  it('changes the images of Deployments and CronJobs, nothing else, and waits', async () => {
    const runner = new StubRunner();
    expect(await released(target(), { api: 'two' }, { runner })).toMatchObject({ outcome: 'released', exitCode: 0 });
    expect(runner.ran).toEqual([{ key: 'migrate', image: `${API}:two` }]);
    expect(state()).toEqual(everythingAt('two'));
    expect(cluster.isComplete('api') && cluster.isComplete('mail')).toBe(true);
  });

  it.each(['deadline', 'never', 'undone'] as const)('is put back whatever became of it: %s', async (fate) => {
    cluster.fate = (tag) => (tag === 'bad' ? fate : 'steady');
    const result = await released(target(), { api: 'bad' }, { timeoutSeconds: fate === 'never' ? 1 : 20 });
    expect(result).toMatchObject({ outcome: 'put-back', exitCode: 1 });
    const { proxy: _changed, ...api } = state().api;
    const { proxy: _expected, ...wanted } = everythingAt('one').api as Record<string, string>;
    expect({ ...state(), api }).toEqual({ ...everythingAt('one'), api: wanted });
  });

  it('says why pods do not become ready, with exit codes and the last lines of the log', async () => {
    cluster.fate = (tag) => (tag === 'bad' ? 'deadline' : 'steady');
    const text = (await released(target(), { api: 'bad' })).reasons.join('\n');
    expect(text).toContain('mail: the new pods do not become ready: ReplicaSet "api-5d4f" has timed out progressing.');
    expect(text).toContain('mail: CrashLoopBackOff: back-off 40s');
    expect(text).toContain('mail ended with 17 (Error)');
    expect(text).toContain('| cannot connect to the database');
  });

  it('goes on when the API does not answer for a moment', async () => {
    cluster.onCall = (line) => void (line.startsWith('PATCH') && (cluster.failing = 4));
    expect(await released(target(), { api: 'two' })).toMatchObject({ outcome: 'released' });
    expect(state()).toEqual(everythingAt('two'));
  });

  it('that is interrupted is continued by the same command, or taken back', async () => {
    for (const way of ['again', 'back']) {
      const controller = new AbortController();
      let patches = 0;
      cluster.onCall = (line) => void (line.startsWith('PATCH') && (patches += 1) === 2 && controller.abort());
      expect(await released(target(), { api: 'two' }, { signal: controller.signal })).toMatchObject({ outcome: 'interrupted' });
      cluster.onCall = () => undefined;
      if (way === 'again') await released(target(), { api: 'two' });
      else {
        const { plan } = await planBack(target(), []);
        await takeBack(target(), plan, { timeoutSeconds: 20, everySeconds: 0.002, report: () => undefined });
      }
      expect(state()).toEqual(everythingAt(way === 'again' ? 'two' : 'one'));
      await released(target(), { api: 'one' });
    }
  });

  it('is refused while a Deployment is missing', async () => {
    cluster.remove('deployments', 'mail');
    await expect(planRelease(target(), { api: 'two' }, { jobs: true })).rejects.toThrow(
      /the worker mail is not deployed\n.*workloads/,
    );
  });

  it('of what runs already does nothing', async () => {
    expect((await planRelease(target(), { api: 'one' }, { jobs: true })).changes).toEqual([]);
  });
});
