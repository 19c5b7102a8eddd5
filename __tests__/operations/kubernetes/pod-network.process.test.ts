import { podEnd } from '../../../src/operations/kubernetes/pod-network';
import { withTestCredentials } from '../../support/aws-credentials';
import { manifest, manifestsOf, richKubernetes } from '../../support/kubernetes';
import { operated } from '../../support/operated';
import { failure, startStubCluster, type StubCluster } from '../../support/stub-cluster';

const environment = richKubernetes();
const CRON_JOB = manifest(manifestsOf(environment), 'CronJob', 'database-init');

describe('the network of pods', () => {
  const restore = withTestCredentials();
  let cluster: StubCluster;
  const policies = new Map<string, any>();

  beforeAll(async () => {
    cluster = await startStubCluster(({ method, path, body }) => {
      if (path === 'cronjobs/database-init') return { body: CRON_JOB };
      const name = path.split('/')[1] ?? body?.metadata?.name;
      if (method === 'POST' && policies.has(name)) return { status: 409, body: failure(409, 'exists') };
      if (method === 'POST') policies.set(name, body);
      else if (!policies.delete(name)) return undefined;
      return { body: body ?? {} };
    });
  });
  afterAll(async () => {
    await cluster.stop();
    restore();
  });

  const end = () =>
    podEnd(
      operated(environment, undefined, {
        handovers: {
          network: { vpcId: 'vpc-1', privateSubnetIds: ['subnet-1', 'subnet-2'] },
          'compute-kubernetes': {
            clusterName: 'shop',
            endpoint: cluster.endpoint,
            certificateAuthority: '',
            clusterSecurityGroupId: 'sg-pods',
          },
          workloads: { namespace: 'shop' },
        },
      }),
    );

  it('is that of the nodes, with the group of the cluster', async () => {
    expect(await end()).toMatchObject({ vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupId: 'sg-pods' });
  });

  it('admits one port of other networks, for pods of scripts only, and is closed again', async () => {
    const { policy } = await end();
    for (let time = 0; time < 2; time += 1) await policy?.open('move_1', ['10.2.0.0/24'], 5432);
    expect([...policies.keys()]).toEqual(['terrace-move-1']);
    expect(policies.get('terrace-move-1').spec).toEqual({
      podSelector: { matchLabels: CRON_JOB.spec.jobTemplate.spec.template.metadata.labels },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.2.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5432 }] }],
    });
    for (let time = 0; time < 2; time += 1) await policy?.close('move_1');
    expect(policies.size).toBe(0);
  });

  it('is none before the environment is deployed', async () => {
    await expect(podEnd(operated(environment, undefined))).rejects.toThrow('network is not deployed');
  });
});
