/** The `kubernetes` section: defaults, derived settings, and its tables. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { architectureOf } from '../../../src/config/tables/ec2-architectures';
import { EKS_ADDONS, EKS_VERSIONS } from '../../../src/config/tables/eks-versions';
import { NODE_TYPES } from '../../../src/config/tables/node-types';
import { example } from '../../support/example';
import { kubernetesOf } from '../../support/kubernetes';

const resolved = (kubernetes: EnvironmentInput['kubernetes'] = {}, changes: Partial<EnvironmentInput> = {}) =>
  kubernetesOf(parseEnvironment(example({ tier: 'kubernetes', kubernetes, ...changes })));

describe('a cluster without settings', () => {
  it('is private, logged, and has three to six t3.medium nodes', () => {
    const { addons, ...cluster } = resolved();
    expect(cluster).toEqual({
      clusterName: 'shop-test',
      version: '1.35',
      versionSupport: 'standard',
      namespace: 'shop',
      publicAccessCidrs: undefined,
      privateAccessCidrs: [],
      administrators: [],
      viewers: [],
      planners: [],
      nodeGroups: [
        {
          key: 'on-demand',
          capacity: 'ON_DEMAND',
          reserved: false,
          labels: {},
          instanceTypes: ['t3.medium'],
          architecture: 'x86_64',
          min: 3,
          max: 6,
          diskGb: 30,
          maximumPods: 110,
        },
      ],
      prefixDelegation: true,
      controlPlaneLogs: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
      monitoring: 'container-insights',
      prometheus: { storageGb: 20, retentionDays: 15 },
      platformLogGroup: '/aws/eks/shop-test/platform',
      scalesOnQueues: false,
    });
    expect(Object.keys(addons).sort()).toEqual([...EKS_ADDONS].sort());
  });

  it('is not part of other tiers', () => {
    expect(parseEnvironment(example()).tier).not.toHaveProperty('kubernetes');
  });
});

describe('derived settings', () => {
  it('a public API is open to the named networks, and without any to all', () => {
    expect(resolved({ endpoint: 'public' }).publicAccessCidrs).toEqual(['0.0.0.0/0']);
    expect(resolved({ endpoint: 'public', publicAccessCidrs: ['198.51.100.7/32'] }).publicAccessCidrs).toEqual([
      '198.51.100.7/32',
    ]);
  });

  it('a worker that scales on a queue needs KEDA, one that scales on load does not', () => {
    const worker = { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 1, max: 3 } };
    const scaled = (scaling: object) =>
      resolved({}, { queues: { mail: {} }, workers: { mail: { ...worker, scaling } } }).scalesOnQueues;
    expect(scaled({ queue: 'mail' })).toBe(true);
    expect(scaled({ cpuPercent: 70 })).toBe(false);
  });

  it('Graviton nodes are arm64, and the smallest type of a group sets the maximum of pods', () => {
    const api = { ...example().services?.api, architecture: 'arm64', environment: {} } as never;
    const nodes = { instanceTypes: ['m7g.large', 'm6g.large'] };
    const [group] = resolved({ nodes }, { services: { api }, database: undefined }).nodeGroups;
    expect(group).toMatchObject({ architecture: 'arm64', maximumPods: 110 });
    expect(resolved({ prefixDelegation: false }).nodeGroups[0]?.maximumPods).toBeUndefined();
  });

  it('the job database-init can run on the nodes: it has their architecture', () => {
    const job = (architecture: 'x86_64' | 'arm64') =>
      parseEnvironment(example({ services: { api: { ...example().services?.api, architecture } as never } })).workloads.jobs[0];
    expect(job('arm64')).toMatchObject({ key: 'database-init', architecture: 'arm64' });
    expect(job('x86_64')).toMatchObject({ key: 'database-init', architecture: 'x86_64' });
  });

  it('a Spot group is a second node group', () => {
    const [, spot] = resolved({ spot: { instanceTypes: ['t3.large', 't3a.large'], max: 4 } }).nodeGroups;
    expect(spot).toMatchObject({ key: 'spot', capacity: 'SPOT', min: 0, max: 4, diskGb: 30 });
  });
});

describe('named node groups', () => {
  const nodeGroups = {
    reports: { instanceTypes: ['r7g.large'], capacity: 'spot' as const, max: 2, labels: { team: 'data' } },
  };
  const reports = { image: 'api', architecture: 'arm64', vcpu: 1, memoryMib: 8192, nodeGroup: 'reports' } as const;

  it('are added to the default ones, which keep their keys', () => {
    expect(resolved({ nodeGroups }, { jobs: { reports } }).nodeGroups).toEqual([
      expect.objectContaining({ key: 'on-demand', reserved: false }),
      {
        key: 'reports',
        capacity: 'SPOT',
        reserved: true,
        labels: { team: 'data' },
        instanceTypes: ['r7g.large'],
        architecture: 'arm64',
        min: 0,
        max: 2,
        diskGb: 30,
        maximumPods: 110,
      },
    ]);
  });

  it('leave database-init on the default nodes, with their architecture', () => {
    const api = { ...example().services?.api, architecture: 'arm64', nodeGroup: 'reports' } as never;
    const { workloads } = parseEnvironment(example({ tier: 'kubernetes', kubernetes: { nodeGroups }, services: { api } }));
    expect(workloads.jobs[0]).toMatchObject({ key: 'database-init', architecture: 'x86_64' });
    expect(workloads.jobs[0]?.nodeGroup).toBeUndefined();
  });
});

describe('the tables', () => {
  it('pin every add-on of every version', () => {
    for (const [version, { addons, standardSupportUntil }] of EKS_VERSIONS) {
      expect(standardSupportUntil).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(Object.keys(addons).sort()).toEqual([...EKS_ADDONS].sort());
      expect(addons['kube-proxy']).toMatch(new RegExp(`^v${version.replace('.', '\\.')}\\.`));
    }
  });

  // Amazon EC2 user guide, instance types.
  it.each([
    ['t3.medium', 2, 4],
    ['t3a.large', 2, 8],
    ['m6i.xlarge', 4, 16],
    ['c7g.2xlarge', 8, 16],
    ['r8g.medium', 1, 8],
    ['r5.4xlarge', 16, 128],
  ])('%s has %d vCPUs and %d GiB', (name, vcpu, memoryGib) => {
    expect(NODE_TYPES.get(name)).toMatchObject({ vcpu, memoryGib });
  });

  it('hold only Graviton types with one vCPU, as AWS sells them', () => {
    const single = [...NODE_TYPES].filter(([, { vcpu }]) => vcpu === 1).map(([name]) => architectureOf(name));
    expect(single.length).toBeGreaterThan(0);
    expect(new Set(single)).toEqual(new Set(['arm64']));
  });
});
