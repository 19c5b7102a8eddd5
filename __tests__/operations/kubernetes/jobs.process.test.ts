import { Interrupted } from '../../../src/aws/waiting';
import { KubernetesJobs } from '../../../src/operations/kubernetes/jobs';
import { deployed } from '../../support/deployed';
import { onTier } from '../../support/rich';
import { startStubAws, type StubAws } from '../../support/stub-aws';
import { failure, startStubCluster, type ClusterAnswer, type ClusterRequest, type StubCluster } from '../../support/stub-cluster';

let aws: StubAws;
let cluster: StubCluster;
afterEach(async () => {
  await aws.stop();
  await cluster.stop();
});

const LOGIN = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'sync', namespace: 'shop-test' },
  spec: {},
};

interface Cluster {
  /** Of the container, when it has ended. */
  readonly exitCode?: number;
  readonly reason?: string;
  /** Number of the job's own runs that are active before. */
  readonly active?: number;
  /** Whether the CronJob has a login during a run. */
  readonly login?: boolean;
  /** What the log has at each look. */
  readonly log?: readonly (readonly string[])[];
  /** Before anything else. */
  readonly first?: (request: ClusterRequest) => ClusterAnswer | undefined;
}

/** A cluster whose Job ends at the third look. */
function clusterWith({ exitCode = 0, reason, active = 0, login = false, log = [], first }: Cluster) {
  let looks = 0;
  let logs = 0;
  const cronJob = {
    metadata: { name: 'sync', uid: 'uid-1', annotations: login ? { 'terrace/login': JSON.stringify(LOGIN) } : {} },
    spec: {
      jobTemplate: {
        metadata: { labels: { 'app.kubernetes.io/name': 'sync' } },
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'pooler', image: 'stays' },
                { name: 'sync', image: 'released' },
              ],
            },
          },
        },
      },
    },
  };
  return (request: ClusterRequest): ClusterAnswer | undefined => {
    const answer = first?.(request);
    if (answer !== undefined) return answer;
    const { method, path } = request;
    if (path === 'jobs') return method === 'POST' ? { body: request.body } : { body: { items: [{ status: { active } }] } };
    if (path === 'cronjobs/sync') return { body: cronJob };
    if (path === 'pods') return { body: { items: [pod(looks < 2 ? { running: {} } : { terminated: { exitCode, reason } })] } };
    if (path === 'pods/pod-1/log')
      return {
        body: log
          .slice(0, (logs += 1))
          .flat()
          .join(''),
      };
    if (path.startsWith('jobs/sync-')) {
      const condition = { type: exitCode === 0 ? 'Complete' : 'Failed', status: 'True', message: 'a pod has failed' };
      return { body: { status: (looks += 1) < 3 ? {} : { conditions: [condition] } } };
    }
    if (path.startsWith('externalsecrets')) return externalSecrets(request);
    return undefined;
  };
}

function externalSecrets({ method, body }: ClusterRequest): ClusterAnswer {
  if (method === 'POST') return { body };
  return method === 'GET' ? { body: { ...LOGIN, status: { conditions: [{ type: 'Ready', status: 'True' }] } } } : { body: {} };
}

const pod = (state: object) => ({ metadata: { name: 'pod-1' }, status: { containerStatuses: [{ name: 'sync', state }] } });

async function run(described: Cluster, options: { image?: string; signal?: AbortSignal; detach?: boolean } = {}) {
  aws = await startStubAws({});
  cluster = await startStubCluster(clusterWith(described));
  const input = onTier('kubernetes');
  const target = deployed(input, aws.endpoint, {
    'compute-kubernetes': { clusterName: 'shop-test', endpoint: cluster.endpoint, certificateAuthority: '' },
    workloads: { namespace: 'shop-test' },
  });
  const lines: string[] = [];
  const result = await new KubernetesJobs(target, 0.01).run('sync', { report: (line) => void lines.push(line), ...options });
  return { result, lines };
}

const made = () => cluster.requests.find(({ method, path }) => method === 'POST' && path === 'jobs')?.body;
const did = () => cluster.requests.map(({ method, path }) => `${method} ${path.replace(/^jobs\/.*/, 'jobs/<run>')}`);

describe('a run', () => {
  test('is a Job from the template of the CronJob, which owns it', async () => {
    const { result } = await run({});
    expect(result).toEqual({ exitCode: 0, id: made().metadata.name });
    expect(made()).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^sync-\d+$/),
        labels: { 'app.kubernetes.io/name': 'sync' },
        ownerReferences: [{ kind: 'CronJob', name: 'sync', uid: 'uid-1' }],
      },
      spec: { template: { spec: { containers: [{ image: 'stays' }, { image: 'released' }] } } },
    });
  });

  test('with another image changes that of its own container only', async () => {
    await run({}, { image: 'registry/api:next' });
    const { containers } = made().spec.template.spec;
    expect(containers).toEqual([
      { name: 'pooler', image: 'stays' },
      { name: 'sync', image: 'registry/api:next' },
    ]);
  });

  test('shows each line of its log once, also those of the same moment', async () => {
    const at = (nanos: string, text: string): string => `2026-11-28T10:00:01.${nanos}Z ${text}\n`;
    const { lines } = await run({
      log: [[at('000000001', 'one'), at('000000002', 'two')], [at('000000002', 'two too')], [], [at('000000003', 'last')]],
    });
    expect(lines.slice(1)).toEqual(['one', 'two', 'two too', 'last']);
  });

  test('that fails ends with the exit code of its container, and says why', async () => {
    const { result } = await run({ exitCode: 137, reason: 'OOMKilled' });
    expect(result).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  test('starts nothing while another one is active', async () => {
    const { result } = await run({ active: 1 });
    expect(result).toEqual({ exitCode: 75, skipped: true, reason: 'another run is active' });
    expect(made()).toBeUndefined();
  });

  test('says what its pod waits for', async () => {
    const waiting = { waiting: { reason: 'ImagePullBackOff', message: 'not found' } };
    const { lines } = await run({ first: ({ path }) => (path === 'pods' ? { body: { items: [pod(waiting)] } } : undefined) });
    expect(lines.slice(1)).toEqual(['waiting: ImagePullBackOff: not found']);
  });

  test('that the cluster refuses is explained', async () => {
    const refused: ClusterAnswer = { status: 403, body: failure(403, 'cannot create resource "jobs"') };
    const ended = run({ first: ({ method }) => (method === 'POST' ? refused : undefined) });
    await expect(ended).rejects.toThrow('running the job sync: the cluster refuses it: cannot create resource "jobs"');
  });

  test('asks with a token of EKS', async () => {
    await run({});
    expect(cluster.requests[0]?.token).toMatch(/^Bearer k8s-aws-v1\./);
  });
});

describe("the login of the database's master", () => {
  test('is in the cluster from before the run to its end', async () => {
    await run({ login: true, exitCode: 1 });
    expect(did().filter((call) => /externalsecrets|POST/.test(call))).toEqual([
      'DELETE externalsecrets/sync',
      'POST externalsecrets',
      'GET externalsecrets/sync',
      'POST jobs',
      'DELETE externalsecrets/sync',
    ]);
    expect(did().at(-1)).toBe('DELETE externalsecrets/sync');
  });

  test('is taken away when nobody watches any more, but not before the pod has read it', async () => {
    const controller = new AbortController();
    let looks = 0;
    const ended = run(
      {
        login: true,
        first: ({ path }) => {
          if (path.startsWith('jobs/sync-')) controller.abort();
          if (path !== 'pods') return undefined;
          return { body: { items: [pod((looks += 1) < 4 ? { waiting: { reason: 'ContainerCreating' } } : { running: {} })] } };
        },
      },
      { signal: controller.signal },
    );
    await expect(ended).rejects.toThrow(Interrupted);
    expect(looks).toBe(4);
    expect(did().slice(-2)).toEqual(['GET pods', 'DELETE externalsecrets/sync']);
  });

  test('refuses a run that nobody watches', async () => {
    await expect(run({ login: true }, { detach: true })).rejects.toThrow('run it without --detach');
    expect(made()).toBeUndefined();
  });

  test('is not asked for by other jobs', async () => {
    await run({});
    expect(did().join()).not.toContain('externalsecrets');
  });
});
