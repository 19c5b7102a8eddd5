/** What the API of a cluster says of Deployments and Jobs. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readStatus } from '../../../src/operations/status/read-status';
import type { PartName } from '../../../src/operations/status/status';
import { example } from '../../support/example';
import { stubTarget } from '../../support/stub-target';

const NOW = new Date('2026-11-28T10:00:00Z');
const hoursAgo = (hours: number): string => new Date(NOW.getTime() - hours * 3_600_000).toISOString();

const { api } = example().services ?? {};
const ENVIRONMENT = example({
  name: 'shop-scale',
  tier: 'kubernetes',
  services: { api: { ...api!, user: '1000:1000' } },
  jobs: { report: { image: 'api', vcpu: 0.25, memoryMib: 512, command: ['report'], user: '1000:1000' } },
});

const DEPLOYMENT = {
  metadata: { name: 'api', creationTimestamp: hoursAgo(100) },
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'api', image: '1.dkr.ecr.x.amazonaws.com/shop/scale/api:v3' }] } },
  },
  status: {
    readyReplicas: 2,
    updatedReplicas: 2,
    conditions: [{ type: 'Progressing', status: 'True', lastUpdateTime: hoursAgo(4) }],
  },
};

const job = (name: string, hours: number, type?: 'Complete' | 'Failed', more: object = {}) => ({
  metadata: { name, creationTimestamp: hoursAgo(hours), labels: { 'app.kubernetes.io/name': 'report' } },
  status: {
    startTime: hoursAgo(hours),
    ...(type === undefined ? {} : { conditions: [{ type, status: 'True', lastTransitionTime: hoursAgo(hours - 1), ...more }] }),
  },
});

let server: Server;
let answers: Readonly<Record<string, readonly unknown[]>> = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    const kind = request.url?.split('/').at(-1) ?? '';
    const isKnown = request.url?.includes('/namespaces/shop/') === true && kind in answers;
    response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? { kind: 'List', items: answers[kind] } : { message: 'forbidden' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

async function lines(part: PartName, found: Readonly<Record<string, readonly unknown[]>>, deployed = true) {
  answers = found;
  const outputs = {
    'compute-kubernetes': {
      cluster_name: 'shop-scale',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificate_authority: '',
    },
    ...(deployed ? { workloads: { namespace: 'shop' } } : {}),
  };
  const target = stubTarget(ENVIRONMENT, { aws: { sts: {} }, outputs });
  const { parts } = await readStatus(target, { now: NOW, environments: [] });
  return parts.find(({ name }) => name === part)?.rows.map(({ mark, name, text }) => `${mark}: ${name}: ${text}`);
}

describe('services', () => {
  it.each([
    [{}, 'fine: api: 2 of 2 ready, shop/scale/api:v3, for 4 hours'],
    [{ status: { ...DEPLOYMENT.status, readyReplicas: 1 } }, 'wrong: api: 1 of 2 ready, shop/scale/api:v3, for 4 hours'],
    [
      { status: { ...DEPLOYMENT.status, updatedReplicas: 1 } },
      'note: api: 2 of 2 ready, shop/scale/api:v3, for 4 hours; a rollout is in progress',
    ],
    [
      {
        status: {
          ...DEPLOYMENT.status,
          conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
        },
      },
      'wrong: api: 2 of 2 ready, shop/scale/api:v3, for 4 days; its rollout has FAILED',
    ],
    [{ metadata: { name: 'other' } }, 'wrong: api: there is no Deployment api'],
  ])('show the Deployment: %#', async (changes, line) =>
    expect(await lines('services', { deployments: [{ ...DEPLOYMENT, ...changes }] })).toEqual([line]),
  );

  it('say that the stack is not deployed, and why the cluster does not answer', async () => {
    expect(await lines('services', {}, false)).toEqual(['note: none: workloads is not deployed']);
    expect((await lines('services', {}))?.[0]).toMatch(/^unknown: not read: listing Deployments: .*403/s);
  });
});

describe('jobs', () => {
  it.each([
    [[job('report-2', 3, 'Complete'), job('report-1', 30, 'Failed')], 'fine: report: succeeded 2 hours ago'],
    [
      [job('report-1', 30, 'Complete'), job('report-2', 3, 'Failed', { reason: 'DeadlineExceeded' })],
      'wrong: report: failed 2 hours ago: DeadlineExceeded',
    ],
    [[job('report-2', 3)], 'note: report: runs, started 3 hours ago'],
    [[], 'note: report: has not run, or its Jobs are removed'],
  ])('show the last of their runs: %#', async (jobs, line) => expect(await lines('jobs', { jobs })).toContain(line));
});
