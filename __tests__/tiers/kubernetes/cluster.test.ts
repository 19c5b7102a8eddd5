/** The cluster's parts: control plane, nodes, add-ons, and who may do what. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Testing } from 'cdktf';
import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster';
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { allocatable, maximumPods } from '../../../src/config/calculations/node-capacity';
import type { ResolvedNodeGroup, ResolvedKubernetes } from '../../../src/config/tiers/kubernetes/resolved';
import { NODE_TYPES } from '../../../src/config/tables/node-types';
import { ServiceRole } from '../../../src/modules/iam/service-role';
import { ClusterAccess } from '../../../src/tiers/kubernetes/cluster/access';
import { Addons } from '../../../src/tiers/kubernetes/cluster/addons';
import { Cluster, type ClusterProps } from '../../../src/tiers/kubernetes/cluster/cluster';
import { DataRules } from '../../../src/tiers/kubernetes/cluster/data-rules';
import { NodeGroup } from '../../../src/tiers/kubernetes/cluster/node-group';
import { nodeUserData } from '../../../src/tiers/kubernetes/cluster/node-user-data';
import { PodIdentity } from '../../../src/tiers/kubernetes/cluster/pod-role';
import { example } from '../../support/example';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../../support/synth';

const place = { environment: 'shop-test', clusterName: 'shop', region: 'eu-west-1', accountId: '123456789012' };

function kubernetes(changes: EnvironmentInput['kubernetes'] = {}): ResolvedKubernetes {
  const { tier } = parseEnvironment(example({ tier: 'kubernetes', kubernetes: changes }));
  return tier.kind === 'kubernetes' ? tier.kubernetes : fail();
}

function fail(): never {
  throw new Error('not on Kubernetes');
}

const clusterProps = (changes: Partial<ClusterProps> = {}): ClusterProps => ({
  place,
  kubernetes: kubernetes(),
  subnetIds: ['subnet-a', 'subnet-b'],
  keyArn: 'arn:key',
  logRetentionDays: 30,
  protect: false,
  ...changes,
});

const cluster = (changes: Partial<ClusterProps> = {}) =>
  synthModule((stack) => void new Cluster(stack, 'cluster', clusterProps(changes)));

const statements = (role: { assume_role_policy: string }): any[] => JSON.parse(role.assume_role_policy).Statement;

describe('the control plane', () => {
  test('knows only the API of EKS for who may log in, and hands its creator nothing when administrators are named', () => {
    expect(theOnly(cluster(), 'aws_eks_cluster').access_config).toEqual({
      authentication_mode: 'API',
      bootstrap_cluster_creator_admin_permissions: true,
    });
    const named = cluster({ kubernetes: kubernetes({ administrators: ['arn:aws:iam::123456789012:role/platform'] }) });
    expect(theOnly(named, 'aws_eks_cluster').access_config.bootstrap_cluster_creator_admin_permissions).toBe(false);
  });

  test('is not replaced when administrators are named later', () => {
    expect(theOnly(cluster(), 'aws_eks_cluster').lifecycle.ignore_changes).toEqual([
      'access_config[0].bootstrap_cluster_creator_admin_permissions',
    ]);
  });

  test('answers inside the VPC only, unless the environment opens it to networks', () => {
    expect(theOnly(cluster(), 'aws_eks_cluster').vpc_config).toEqual({
      subnet_ids: ['subnet-a', 'subnet-b'],
      endpoint_private_access: true,
      endpoint_public_access: false,
    });
    const open = cluster({ kubernetes: kubernetes({ endpoint: 'public', publicAccessCidrs: ['198.51.100.7/32'] }) });
    expect(theOnly(open, 'aws_eks_cluster').vpc_config).toMatchObject({
      endpoint_private_access: true,
      endpoint_public_access: true,
      public_access_cidrs: ['198.51.100.7/32'],
    });
  });

  test('lets private networks in by the API port, and nobody without being asked', () => {
    expect(resourcesOf(cluster(), 'aws_vpc_security_group_ingress_rule')).toEqual([]);
    const vpn = cluster({ kubernetes: kubernetes({ privateAccessCidrs: ['10.8.0.0/24'] }) });
    expect(theOnly(vpn, 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: '${aws_eks_cluster.cluster_cluster.vpc_config[0].cluster_security_group_id}',
      cidr_ipv4: '10.8.0.0/24',
      from_port: 443,
      to_port: 443,
    });
  });

  test('envelopes its secrets, by cdktf’s own matcher', () => {
    const scope = Testing.synthScope((stack) => void new Cluster(stack, 'cluster', clusterProps({ protect: true })));
    expect(scope).toHaveResourceWithProperties(EksCluster, {
      encryption_config: { resources: ['secrets'], provider: { key_arn: 'arn:key' } },
      deletion_protection: true,
      bootstrap_self_managed_addons: false,
      upgrade_policy: { support_type: 'STANDARD' },
    });
  });

  test('writes all five logs to a group that ends, which is there before it', () => {
    const module = cluster();
    expect(theOnly(module, 'aws_cloudwatch_log_group')).toMatchObject({ name: '/aws/eks/shop/cluster', retention_in_days: 30 });
    const control = theOnly(module, 'aws_eks_cluster');
    expect(control.enabled_cluster_log_types).toEqual(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']);
    expect(control.depends_on).toEqual(
      expect.arrayContaining([
        'aws_cloudwatch_log_group.cluster_logs',
        'aws_iam_role_policy_attachment.cluster_role_AmazonEKSClusterPolicy',
      ]),
    );
    const quiet = theOnly(cluster({ kubernetes: kubernetes({ controlPlaneLogs: [] }) }), 'aws_eks_cluster');
    expect(quiet.enabled_cluster_log_types).toBeUndefined();
  });

  test('can be deleted only where the environment is not protected', () => {
    expect(theOnly(cluster({ protect: true }), 'aws_eks_cluster').deletion_protection).toBe(true);
    expect(theOnly(cluster(), 'aws_eks_cluster').deletion_protection).toBe(false);
  });

  test('has a role that only this cluster takes on', () => {
    const [trust] = statements(theOnly(cluster(), 'aws_iam_role') as never);
    expect(trust.Principal).toEqual({ Service: ['eks.amazonaws.com'] });
    expect(trust.Condition.ArnLike).toEqual({ 'aws:SourceArn': 'arn:aws:eks:eu-west-1:123456789012:cluster/shop' });
  });
});

describe('who may log in', () => {
  const access = (administrators: readonly string[], viewers: readonly string[] = []) =>
    synthModule((stack) => void new ClusterAccess(stack, 'access', { clusterName: 'shop', administrators, viewers }));
  const [first, second] = ['arn:aws:iam::123456789012:role/one', 'arn:aws:iam::123456789012:role/two'] as const;

  test('administrators do everything, viewers look', () => {
    const policies = resourcesOf(access([first], [second]), 'aws_eks_access_policy_association');
    expect(policies.map((policy) => [policy.principal_arn, policy.policy_arn.split('/')[1]])).toEqual([
      [first, 'AmazonEKSClusterAdminPolicy'],
      [second, 'AmazonEKSAdminViewPolicy'],
    ]);
  });

  test('the order of the list moves nobody, and a new name disturbs no other', () => {
    const entries = (list: readonly string[]) => access(list).resource?.aws_eks_access_entry ?? {};
    expect(entries([second, first])).toEqual(entries([first, second]));
    expect(entries([first, second])).toMatchObject(entries([second]));
    expect(entries([])).toEqual({});
  });
});

describe('nodes', () => {
  const group = (changes: Partial<ResolvedNodeGroup> = {}): ResolvedNodeGroup => ({
    ...(kubernetes().nodeGroups[0] as ResolvedNodeGroup),
    ...changes,
  });
  const nodes = (changes: Partial<ResolvedNodeGroup> = {}): RootModule =>
    synthModule((stack) => {
      const role = new ServiceRole(stack, 'role', {
        name: 'nodes',
        description: '-',
        service: 'ec2.amazonaws.com',
        statements: [],
      });
      new NodeGroup(stack, 'nodes', {
        name: 'shop-test',
        clusterName: 'shop',
        version: '1.35',
        group: group(changes),
        role,
        subnetIds: ['subnet-a', 'subnet-b'],
        tags: { system: 'shop' },
        waitsFor: [],
      });
    });

  test('answer metadata only with a token, and not to pods', () => {
    expect(theOnly(nodes(), 'aws_launch_template').metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
  });

  test('have encrypted disks, and the tags that default tags do not bring', () => {
    const template = theOnly(nodes({ diskGb: 40 }), 'aws_launch_template');
    expect(template.block_device_mappings[0].ebs).toMatchObject({ volume_size: 40, volume_type: 'gp3', encrypted: 'true' });
    expect(template.tag_specifications.map(({ resource_type }: any) => resource_type)).toEqual([
      'instance',
      'volume',
      'network-interface',
    ]);
    expect(template.tag_specifications[0].tags).toEqual({ Name: 'shop-test-on-demand', system: 'shop' });
  });

  test('begin with the least number, and are not called back when the autoscaler has added some', () => {
    expect(theOnly(nodes({ min: 3, max: 6 }), 'aws_eks_node_group')).toMatchObject({
      scaling_config: { min_size: 3, max_size: 6, desired_size: 3 },
      lifecycle: { create_before_destroy: true, ignore_changes: ['scaling_config[0].desired_size'] },
    });
  });

  test('follow the version of the control plane and the newest template', () => {
    expect(theOnly(nodes(), 'aws_eks_node_group')).toMatchObject({
      version: '1.35',
      launch_template: {
        id: '${aws_launch_template.nodes_template.id}',
        version: '${aws_launch_template.nodes_template.latest_version}',
      },
    });
  });

  test('run the image of their architecture, on demand or Spot', () => {
    expect(theOnly(nodes(), 'aws_eks_node_group')).toMatchObject({
      ami_type: 'AL2023_x86_64_STANDARD',
      capacity_type: 'ON_DEMAND',
      node_group_name_prefix: 'on-demand-',
    });
    expect(theOnly(nodes({ key: 'spot', capacity: 'SPOT', architecture: 'arm64' }), 'aws_eks_node_group')).toMatchObject({
      ami_type: 'AL2023_ARM_64_STANDARD',
      capacity_type: 'SPOT',
      node_group_name_prefix: 'spot-',
    });
  });

  test('are told how many pods they hold when interfaces carry prefixes, and count by themselves otherwise', () => {
    const told = Buffer.from(theOnly(nodes(), 'aws_launch_template').user_data, 'base64').toString();
    expect(told).toContain('      maxPods: 110\n');
    expect(told).toMatch(/^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="TERRACE"\n\n--TERRACE\n/);
    expect(told.trimEnd()).toMatch(/--TERRACE--$/);
    const [without] = kubernetes({ prefixDelegation: false }).nodeGroups;
    expect(theOnly(nodes({ maximumPods: without?.maximumPods }), 'aws_launch_template').user_data).toBeUndefined();
  });

  test('get no Terraform template in their user data', () => {
    expect(nodeUserData({ maximumPods: 110 })).not.toMatch(/[$%]\{/);
  });
});

describe('how much a node holds', () => {
  const type = (name: string) => NODE_TYPES.get(name) ?? fail();

  // From the table of the node image (`eni-max-pods.txt`) and the user guide's limits.
  test.each([
    ['t3.medium', 17, 110],
    ['t3.large', 35, 110],
    ['m7g.medium', 8, 98],
    ['m6i.large', 29, 110],
    ['c7g.2xlarge', 58, 110],
    ['r7i.4xlarge', 234, 110],
    ['m7i.8xlarge', 234, 250],
  ])('%s: %d pods, %d with prefixes', (name, plain, prefixed) => {
    expect(maximumPods(type(name), false)).toBe(plain);
    expect(maximumPods(type(name), true)).toBe(prefixed);
  });

  test('is less than its type says, and never nothing', () => {
    for (const [name, { vcpu, memoryGib }] of NODE_TYPES) {
      const room = allocatable(type(name));
      expect([name, room.vcpu < vcpu, room.memoryMib < memoryGib * 1024]).toEqual([name, true, true]);
      expect([name, room.vcpu > 0.25, room.memoryMib > 512]).toEqual([name, true, true]);
    }
  });
});

describe('add-ons', () => {
  const addons = (changes: EnvironmentInput['kubernetes'] = {}) =>
    synthModule((stack) => {
      const { addons: versions, prefixDelegation } = kubernetes(changes);
      const installed = new Addons(stack, 'addon', { place, clusterName: 'shop', versions, prefixDelegation });
      installed.installOn([new CloudwatchLogGroup(stack, 'node', {})]);
    });
  const addon = (module: RootModule, name: string) => module.resource?.aws_eks_addon?.[`addon_${name}`] ?? fail();
  const values = (module: RootModule, name: string) => JSON.parse(addon(module, name).configuration_values);

  test('are pinned to what goes with the Kubernetes version', () => {
    expect(addon(addons(), 'kube-proxy').addon_version).toBe('v1.35.3-eksbuild.29');
    expect(addon(addons({ version: '1.36' }), 'kube-proxy').addon_version).toBe('v1.36.0-eksbuild.25');
    expect(resourcesOf(addons(), 'aws_eks_addon').every(({ addon_version }) => /^v.*-eksbuild\.\d+$/.test(addon_version))).toBe(
      true,
    );
  });

  test('take another version from the environment', () => {
    const module = addons({ addonVersions: { coredns: 'v1.14.6-eksbuild.4' } });
    expect(addon(module, 'coredns').addon_version).toBe('v1.14.6-eksbuild.4');
    expect(addon(module, 'kube-proxy').addon_version).toBe('v1.35.3-eksbuild.29');
  });

  test('obey network policies, and hand out prefixes unless told otherwise', () => {
    expect(values(addons(), 'vpc-cni')).toEqual({
      enableNetworkPolicy: 'true',
      env: { ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' },
    });
    expect(values(addons({ prefixDelegation: false }), 'vpc-cni').env).toEqual({ ENABLE_PREFIX_DELEGATION: 'false' });
  });

  test('wait for nodes only where they run on them', () => {
    const module = addons();
    for (const name of ['coredns', 'aws-ebs-csi-driver', 'amazon-cloudwatch-observability'])
      expect(addon(module, name).depends_on).toContain('aws_cloudwatch_log_group.node');
    for (const name of ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'])
      expect(addon(module, name).depends_on ?? []).not.toContain('aws_cloudwatch_log_group.node');
  });

  test('call AWS by roles of their own service accounts', () => {
    const module = addons();
    expect(addon(module, 'aws-ebs-csi-driver').pod_identity_association).toEqual([
      {
        role_arn: '${aws_iam_role.addon_aws-ebs-csi-driver-identity_pods_role.arn}',
        service_account: 'ebs-csi-controller-sa',
      },
    ]);
    expect(addon(module, 'kube-proxy').pod_identity_association).toBeUndefined();
  });

  test('bring Container Insights by choice, without sending logs twice', () => {
    expect(values(addons(), 'amazon-cloudwatch-observability')).toMatchObject({ containerLogs: { enabled: false } });
    for (const monitoring of ['prometheus', 'none'] as const)
      expect(addons({ monitoring }).resource?.aws_eks_addon).not.toHaveProperty('addon_amazon-cloudwatch-observability');
  });
});

describe('a role of pods', () => {
  const module = synthModule((stack) => {
    new PodIdentity(stack, 'api', {
      place,
      clusterName: 'shop',
      name: 'api',
      description: 'Pods of api',
      namespace: 'shop',
      serviceAccount: 'api',
      statements: [{ actions: ['sqs:SendMessage'], resources: ['arn:queue'] }],
    });
  });

  test('is taken on by one service account of one cluster', () => {
    const [trust] = statements(theOnly(module, 'aws_iam_role') as never);
    expect(trust).toMatchObject({
      Principal: { Service: ['pods.eks.amazonaws.com'] },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:SourceAccount': '123456789012',
          'aws:RequestTag/eks-cluster-name': 'shop',
          'aws:RequestTag/kubernetes-namespace': 'shop',
          'aws:RequestTag/kubernetes-service-account': 'api',
        },
      },
    });
  });

  test('is bound to that account, once it may do something', () => {
    expect(theOnly(module, 'aws_eks_pod_identity_association')).toMatchObject({
      cluster_name: 'shop',
      namespace: 'shop',
      service_account: 'api',
      depends_on: ['aws_iam_role_policy.api_pods_policy'],
    });
  });
});

describe('the way into data', () => {
  const rules = (changes: Partial<EnvironmentInput> = {}) =>
    synthModule((stack) => {
      const { workloads } = parseEnvironment(example({ tier: 'kubernetes', ...changes }));
      const network = { databaseSecurityGroupId: 'sg-database', cacheSecurityGroupId: 'sg-cache' };
      new DataRules(stack, 'pods-into', { clusterSecurityGroupId: 'sg-cluster', network, workloads });
    });
  const opened = (module: RootModule) =>
    resourcesOf(module, 'aws_vpc_security_group_ingress_rule').map((rule) => [rule.security_group_id, rule.from_port]);

  test('is opened from the nodes, on the port of the data that some workload uses', () => {
    expect(theOnly(rules(), 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: 'sg-database',
      referenced_security_group_id: 'sg-cluster',
      from_port: 5432,
      to_port: 5432,
    });
  });

  test('is opened to the cache when somebody refers to it, and to nothing that is not used', () => {
    const api = { ...example().services?.api, environment: { CACHE: { from: 'cache.url' as const } } } as never;
    expect(opened(rules({ services: { api }, database: undefined }))).toEqual([['sg-cache', 6379]]);
  });
});
