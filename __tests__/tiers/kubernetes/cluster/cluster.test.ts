/** The constructs of the cluster: control plane, nodes, add-ons, access and roles. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Testing } from 'cdktf';
import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster';
import { parseEnvironment, type EnvironmentInput } from '../../../../src/config';
import type { ResolvedNodeGroup, ResolvedKubernetes } from '../../../../src/config/tiers/kubernetes/resolved';
import { AccessEntries } from '../../../../src/tiers/kubernetes/cluster/access-entries';
import { Addons } from '../../../../src/tiers/kubernetes/cluster/addons';
import { Cluster, type ClusterProps } from '../../../../src/tiers/kubernetes/cluster/cluster';
import { DataRules } from '../../../../src/tiers/kubernetes/cluster/data-rules';
import { NodeGroup, NodeRole, nodeUserData } from '../../../../src/tiers/kubernetes/cluster/nodes';
import { PodIdentity } from '../../../../src/tiers/kubernetes/cluster/pod-identities';
import { example } from '../../../support/example';
import { kubernetesOf } from '../../../support/kubernetes';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../../../support/synth';

const identity = { environment: 'shop-test', clusterName: 'shop', region: 'eu-west-1', accountId: '123456789012' };

const kubernetes = (changes: EnvironmentInput['kubernetes'] = {}): ResolvedKubernetes =>
  kubernetesOf(parseEnvironment(example({ tier: 'kubernetes', kubernetes: changes })));

const clusterProps = (changes: Partial<ClusterProps> = {}): ClusterProps => ({
  identity,
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
  test('admits identities by access entries only, and its creator only when no administrator is named', () => {
    expect(theOnly(cluster(), 'aws_eks_cluster').access_config).toEqual({
      authentication_mode: 'API',
      bootstrap_cluster_creator_admin_permissions: true,
    });
    const named = cluster({ kubernetes: kubernetes({ administrators: ['arn:aws:iam::123456789012:role/platform'] }) });
    expect(theOnly(named, 'aws_eks_cluster').access_config.bootstrap_cluster_creator_admin_permissions).toBe(false);
  });

  test('is not replaced when administrators are added later', () => {
    expect(theOnly(cluster(), 'aws_eks_cluster').lifecycle.ignore_changes).toEqual([
      'access_config[0].bootstrap_cluster_creator_admin_permissions',
    ]);
  });

  test('is reachable inside the VPC only, unless the environment names networks', () => {
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

  test('admits private networks to the API port only where they are named', () => {
    expect(resourcesOf(cluster(), 'aws_vpc_security_group_ingress_rule')).toEqual([]);
    const vpn = cluster({ kubernetes: kubernetes({ privateAccessCidrs: ['10.8.0.0/24'] }) });
    expect(theOnly(vpn, 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: '${aws_eks_cluster.cluster_cluster.vpc_config[0].cluster_security_group_id}',
      cidr_ipv4: '10.8.0.0/24',
      from_port: 443,
      to_port: 443,
    });
  });

  test('encrypts its secrets (by cdktf’s own matcher)', () => {
    const scope = Testing.synthScope((stack) => void new Cluster(stack, 'cluster', clusterProps({ protect: true })));
    expect(scope).toHaveResourceWithProperties(EksCluster, {
      encryption_config: { resources: ['secrets'], provider: { key_arn: 'arn:key' } },
      deletion_protection: true,
      bootstrap_self_managed_addons: false,
      upgrade_policy: { support_type: 'STANDARD' },
    });
  });

  test('writes all five logs to a group with a retention, which is created before it', () => {
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

  test('is protected from deletion under `protect` only', () => {
    expect(theOnly(cluster({ protect: true }), 'aws_eks_cluster').deletion_protection).toBe(true);
    expect(theOnly(cluster(), 'aws_eks_cluster').deletion_protection).toBe(false);
  });

  test('keeps its version after standard support only if the environment pays for extended support', () => {
    const support = (versionSupport: 'standard' | 'extended') =>
      theOnly(cluster({ kubernetes: kubernetes({ versionSupport }) }), 'aws_eks_cluster').upgrade_policy.support_type;
    expect([support('standard'), support('extended')]).toEqual(['STANDARD', 'EXTENDED']);
  });

  test('has a role that only this cluster assumes', () => {
    const [trust] = statements(theOnly(cluster(), 'aws_iam_role') as never);
    expect(trust.Principal).toEqual({ Service: ['eks.amazonaws.com'] });
    expect(trust.Condition.ArnLike).toEqual({ 'aws:SourceArn': 'arn:aws:eks:eu-west-1:123456789012:cluster/shop' });
  });
});

describe('access', () => {
  const access = (administrators: readonly string[], viewers: readonly string[] = [], planners: readonly string[] = []) =>
    synthModule((stack) => void new AccessEntries(stack, 'access', { clusterName: 'shop', administrators, viewers, planners }));
  const [first, second, third] = ['one', 'two', 'three'].map((name) => `arn:aws:iam::123456789012:role/${name}`) as [
    string,
    string,
    string,
  ];

  test('administrators may do everything, viewers read all but Secrets, planners read Secrets too', () => {
    const policies = resourcesOf(access([first], [second], [third]), 'aws_eks_access_policy_association');
    expect(Object.fromEntries(policies.map((policy) => [policy.principal_arn, policy.policy_arn.split('/')[1]]))).toEqual({
      [first]: 'AmazonEKSClusterAdminPolicy',
      [second]: 'AmazonEKSViewPolicy',
      [third]: 'AmazonEKSAdminViewPolicy',
    });
    expect(Object.keys(access([], [second]).resource?.aws_eks_access_entry ?? {})).toEqual(
      Object.keys(access([], [], [second]).resource?.aws_eks_access_entry ?? {}),
    );
  });

  test('the order of the list does not matter, and a new entry changes no other', () => {
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
  const nodes = (changes: Partial<ResolvedNodeGroup> = {}, release?: string): RootModule =>
    synthModule((stack) => {
      const role = new NodeRole(stack, 'role', { environment: 'shop-test', region: 'eu-west-1', accountId: '123456789012' });
      new NodeGroup(stack, 'nodes', {
        environment: 'shop-test',
        clusterName: 'shop',
        version: '1.35',
        group: group(changes),
        release,
        role,
        subnetIds: ['subnet-a', 'subnet-b'],
        tags: { system: 'shop' },
        after: [],
      });
    });

  test('read no parameter of the account: their role has the actions of Session Manager, not the managed policy', () => {
    const attached = resourcesOf(nodes(), 'aws_iam_role_policy_attachment').map(({ policy_arn }) => policy_arn.split('/').at(-1));
    expect(attached.sort()).toEqual(['AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodePolicy']);
    const { Statement } = JSON.parse(theOnly(nodes(), 'aws_iam_role_policy').policy);
    const actions: string[] = Statement.flatMap(({ Action }: any) => Action);
    expect(actions.filter((action) => !action.startsWith('ssmmessages:'))).toEqual(['ssm:UpdateInstanceInformation']);
  });

  test('answer metadata requests only with a token, and never those of pods', () => {
    expect(theOnly(nodes(), 'aws_launch_template').metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
  });

  test('have encrypted disks, and the tags that default tags do not set', () => {
    const template = theOnly(nodes({ diskGb: 40 }), 'aws_launch_template');
    expect(template.block_device_mappings[0].ebs).toMatchObject({ volume_size: 40, volume_type: 'gp3', encrypted: 'true' });
    expect(template.tag_specifications.map(({ resource_type }: any) => resource_type)).toEqual([
      'instance',
      'volume',
      'network-interface',
    ]);
    expect(template.tag_specifications[0].tags).toEqual({ Name: 'shop-test-on-demand', system: 'shop' });
  });

  test('start at the minimum, and Terraform does not revert the autoscaler', () => {
    expect(theOnly(nodes({ min: 3, max: 6 }), 'aws_eks_node_group')).toMatchObject({
      scaling_config: { min_size: 3, max_size: 6, desired_size: 3 },
      lifecycle: { create_before_destroy: true, ignore_changes: ['scaling_config[0].desired_size'] },
    });
  });

  test('are replaced a third at a time, and repaired by EKS', () => {
    expect(theOnly(nodes(), 'aws_eks_node_group')).toMatchObject({
      update_config: { max_unavailable_percentage: 33 },
      node_repair_config: { enabled: true },
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

  test('run the newest release of their image at each deployment, or the one that is named', () => {
    const newest = nodes({ architecture: 'arm64' });
    expect(theOnly(newest, 'aws_eks_node_group').release_version).toBe('${data.aws_ssm_parameter.nodes_release.insecure_value}');
    expect(newest.data?.aws_ssm_parameter?.nodes_release?.name).toBe(
      '/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/release_version',
    );
    const fixed = nodes({}, '1.35.2-20261112');
    expect(theOnly(fixed, 'aws_eks_node_group').release_version).toBe('1.35.2-20261112');
    expect(fixed.data?.aws_ssm_parameter).toBeUndefined();
  });

  test('of a named group keep all pods away that do not choose it; those of the default groups admit every pod', () => {
    const reserved = nodes({ key: 'reports', reserved: true, labels: { team: 'data' } });
    expect(theOnly(reserved, 'aws_eks_node_group')).toMatchObject({
      node_group_name_prefix: 'reports-',
      labels: { team: 'data', 'terrace/node-group': 'reports' },
      taint: [{ key: 'terrace/node-group', value: 'reports', effect: 'NO_SCHEDULE' }],
    });
    const { labels, taint } = theOnly(nodes(), 'aws_eks_node_group');
    expect([labels, taint]).toEqual([undefined, undefined]);
  });

  test('get their maximum of pods with prefix delegation, and calculate it themselves without', () => {
    const userData = Buffer.from(theOnly(nodes(), 'aws_launch_template').user_data, 'base64').toString();
    expect(userData).toContain('      maxPods: 110\n');
    expect(userData).toMatch(/^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="TERRACE"\n\n--TERRACE\n/);
    expect(userData.trimEnd()).toMatch(/--TERRACE--$/);
    const [without] = kubernetes({ prefixDelegation: false }).nodeGroups;
    expect(theOnly(nodes({ maximumPods: without?.maximumPods }), 'aws_launch_template').user_data).toBeUndefined();
  });

  test('have no Terraform template in their user data', () => {
    expect(nodeUserData({ maximumPods: 110 })).not.toMatch(/[$%]\{/);
  });
});

describe('add-ons', () => {
  const addons = (changes: EnvironmentInput['kubernetes'] = {}) =>
    synthModule((stack) => {
      const { addons: versions, prefixDelegation } = kubernetes(changes);
      const installed = new Addons(stack, 'addon', { cluster: identity, clusterName: 'shop', versions, prefixDelegation });
      installed.createOn([new CloudwatchLogGroup(stack, 'node', {})]);
    });
  const addon = (module: RootModule, name: string) => module.resource?.aws_eks_addon?.[`addon_${name}`] as any;
  const values = (module: RootModule, name: string) => JSON.parse(addon(module, name).configuration_values);

  test('have the pinned versions of their Kubernetes version', () => {
    expect(addon(addons(), 'kube-proxy').addon_version).toBe('v1.35.3-eksbuild.29');
    expect(addon(addons({ version: '1.36' }), 'kube-proxy').addon_version).toBe('v1.36.0-eksbuild.25');
    expect(resourcesOf(addons(), 'aws_eks_addon').every(({ addon_version }) => /^v.*-eksbuild\.\d+$/.test(addon_version))).toBe(
      true,
    );
  });

  test('override changes that were made by hand', () => {
    for (const addon of resourcesOf(addons(), 'aws_eks_addon'))
      expect(addon).toMatchObject({ resolve_conflicts_on_create: 'OVERWRITE', resolve_conflicts_on_update: 'OVERWRITE' });
  });

  test('take another version from the environment', () => {
    const module = addons({ addonVersions: { coredns: 'v1.14.6-eksbuild.4' } });
    expect(addon(module, 'coredns').addon_version).toBe('v1.14.6-eksbuild.4');
    expect(addon(module, 'kube-proxy').addon_version).toBe('v1.35.3-eksbuild.29');
  });

  test('enforce network policies, and delegate prefixes unless disabled', () => {
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

  test('call AWS with the roles of their service accounts', () => {
    const module = addons();
    expect(addon(module, 'aws-ebs-csi-driver').pod_identity_association).toEqual([
      {
        role_arn: '${aws_iam_role.addon_aws-ebs-csi-driver-identity_pods_role.arn}',
        service_account: 'ebs-csi-controller-sa',
      },
    ]);
    expect(addon(module, 'kube-proxy').pod_identity_association).toBeUndefined();
  });

  test('include Container Insights if selected, without sending logs twice', () => {
    expect(values(addons(), 'amazon-cloudwatch-observability')).toMatchObject({ containerLogs: { enabled: false } });
    for (const monitoring of ['prometheus', 'none'] as const)
      expect(addons({ monitoring }).resource?.aws_eks_addon).not.toHaveProperty('addon_amazon-cloudwatch-observability');
  });
});

describe('a role of pods', () => {
  const module = synthModule((stack) => {
    new PodIdentity(stack, 'api', {
      cluster: identity,
      clusterName: 'shop',
      name: 'api',
      description: 'Pods of api',
      namespace: 'shop',
      serviceAccount: 'api',
      statements: [{ actions: ['sqs:SendMessage'], resources: ['arn:queue'] }],
    });
  });

  test('is assumed by one service account of one cluster', () => {
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

  test('is bound to that account after its policy is attached', () => {
    expect(theOnly(module, 'aws_eks_pod_identity_association')).toMatchObject({
      cluster_name: 'shop',
      namespace: 'shop',
      service_account: 'api',
      depends_on: ['aws_iam_role_policy.api_pods_policy'],
    });
  });
});

describe('access to data', () => {
  const rules = (changes: Partial<EnvironmentInput> = {}, endpoints: { readonly endpointSecurityGroupId?: string } = {}) =>
    synthModule((stack) => {
      const { workloads } = parseEnvironment(example({ tier: 'kubernetes', ...changes }));
      const network = { databaseSecurityGroupId: 'sg-database', cacheSecurityGroupId: 'sg-cache', ...endpoints };
      new DataRules(stack, 'pods-into', { clusterSecurityGroupId: 'sg-cluster', network, workloads });
    });
  const opened = (module: RootModule) =>
    resourcesOf(module, 'aws_vpc_security_group_ingress_rule').map((rule) => [rule.security_group_id, rule.from_port]);

  test('is opened to the nodes, on the port of the data that a workload uses', () => {
    expect(theOnly(rules(), 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: 'sg-database',
      referenced_security_group_id: 'sg-cluster',
      from_port: 5432,
      to_port: 5432,
    });
  });

  test('is opened to the cache when a workload refers to it, and to no data that is unused', () => {
    const api = { ...example().services?.api, environment: { CACHE: { from: 'cache.url' as const } } } as never;
    expect(opened(rules({ services: { api }, database: undefined }))).toEqual([['sg-cache', 6379]]);
  });

  test('is opened to interface endpoints wherever there are any', () => {
    const unused = { services: { api: { ...example().services?.api, environment: {} } as never }, database: undefined };
    expect(opened(rules(unused, { endpointSecurityGroupId: 'sg-endpoints' }))).toEqual([['sg-endpoints', 443]]);
    expect(opened(rules(unused))).toEqual([]);
  });
});
