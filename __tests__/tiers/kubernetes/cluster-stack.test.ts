/** The cluster's stack: its resources, what it publishes, and the permissions of pods and controllers. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { example } from '../../support/example';
import { kubernetesStacks, outputsOf, queueWorker, synthKubernetes } from '../../support/kubernetes-stacks';
import { danglingReferences } from '../../support/references';
import { resourcesOf, theOnly, type RootModule } from '../../support/synth';

const image = { image: 'api', vcpu: 0.25, memoryMib: 512 } as const;

const protectedInput = {
  protect: true,
  acknowledge: {
    'single-zone-database': { 'database.multiAz': 'tests do not mind' },
    'single-nat': { 'network.nat': 'tests do not mind' },
  },
} satisfies Partial<EnvironmentInput>;

const cluster = (changes: Partial<EnvironmentInput> = {}) => kubernetesStacks(changes).cluster;

/** The inline policy of a pod role, by the role's construct. */
function granted(module: RootModule, id: string): readonly any[] {
  const policy = module.resource?.aws_iam_role_policy?.[`${id}_pods_policy`];
  return policy === undefined ? [] : JSON.parse(policy.policy).Statement;
}

describe('the cluster’s stack', () => {
  test('has no dangling reference', () => {
    const module = cluster({ ...queueWorker, kubernetes: { spot: { instanceTypes: ['t3.large'], max: 2 } } });
    expect(resourcesOf(module, 'aws_eks_node_group')).toHaveLength(2);
    expect(danglingReferences(module)).toEqual([]);
  });

  test('has a role for every service, worker and job, bound to the account of its key in the system’s namespace', () => {
    const module = cluster({ ...queueWorker, jobs: { migrate: image } });
    const accounts = resourcesOf(module, 'aws_eks_pod_identity_association').filter(({ namespace }) => namespace === 'shop');
    expect(accounts.map(({ service_account }) => service_account).sort()).toEqual(['api', 'database-init', 'mail', 'migrate']);
    expect(Object.keys(outputsOf(module).workload_role_arns).sort()).toEqual(['api', 'database-init', 'mail', 'migrate']);
  });

  test('binds them in the namespace that the environment names', () => {
    const module = cluster({ kubernetes: { namespace: 'shop-two' } });
    const association = module.resource?.aws_eks_pod_identity_association?.workload_api_association;
    expect(association?.namespace).toBe('shop-two');
    const trust = JSON.parse(module.resource?.aws_iam_role?.workload_api_pods_role?.assume_role_policy);
    expect(trust.Statement[0].Condition.StringEquals['aws:RequestTag/kubernetes-namespace']).toBe('shop-two');
  });

  test('grants a workload what it declares, on exact ARNs, and nothing to one that declares nothing', () => {
    const api = { ...example().services?.api, permissions: [{ queue: 'mail', access: 'send' }] } as never;
    const module = cluster({ ...queueWorker, services: { api } });
    expect(granted(module, 'workload_api')[0]).toMatchObject({
      Resource: ['${data.terraform_remote_state.data.outputs.queues.mail.arn}'],
    });
    expect(granted(module, 'workload_mail')).toEqual([]);
  });

  test('uses the environment’s KMS key where there is one, and creates a key otherwise', () => {
    const own = cluster({ encryption: { key: 'aws-managed' } });
    expect(theOnly(own, 'aws_eks_cluster').encryption_config.provider.key_arn).toBe('${aws_kms_key.secrets_key.arn}');
    const shared = cluster(protectedInput);
    expect(theOnly(shared, 'aws_eks_cluster').encryption_config.provider.key_arn).toContain('outputs.key_arn');
    expect(resourcesOf(shared, 'aws_kms_key')).toEqual([]);
  });

  test('is in private subnets, as are its nodes', () => {
    const module = cluster();
    for (const subnets of [
      theOnly(module, 'aws_eks_cluster').vpc_config.subnet_ids,
      theOnly(module, 'aws_eks_node_group').subnet_ids,
    ])
      expect(subnets).toEqual(
        [0, 1].map((zone) => `\${data.terraform_remote_state.network.outputs.private_subnet_ids[${zone}]}`),
      );
  });

  test('creates nodes after the network add-on, and DNS after the nodes', () => {
    const module = cluster();
    expect(theOnly(module, 'aws_eks_node_group').depends_on).toEqual(
      expect.arrayContaining(['aws_eks_addon.addon_vpc-cni', 'aws_eks_addon.addon_eks-pod-identity-agent']),
    );
    expect(module.resource?.aws_eks_addon?.addon_coredns?.depends_on).toEqual(['aws_eks_node_group.nodes-on-demand_nodes']);
  });

  test('admits pods to the database that they use, by the cluster’s security group', () => {
    expect(theOnly(cluster(), 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: '${data.terraform_remote_state.network.outputs.database_security_group_id}',
      referenced_security_group_id: '${aws_eks_cluster.cluster_cluster.vpc_config[0].cluster_security_group_id}',
      from_port: 5432,
    });
  });

  test('creates every log group that its writer would otherwise create without retention', () => {
    const names = (module: RootModule) => resourcesOf(module, 'aws_cloudwatch_log_group').map(({ name }) => name);
    expect(names(cluster()).sort()).toEqual([
      '/aws/containerinsights/shop-test/performance',
      '/aws/eks/shop-test/cluster',
      '/aws/eks/shop-test/platform',
    ]);
    expect(names(cluster({ kubernetes: { monitoring: 'none' } }))).toHaveLength(2);
    expect(resourcesOf(cluster(), 'aws_cloudwatch_log_group').every(({ retention_in_days }) => retention_in_days === 30)).toBe(
      true,
    );
  });

  test('encrypts its logs with the environment’s key only where logs are', () => {
    const keys = (changes: Partial<EnvironmentInput>) =>
      resourcesOf(cluster({ ...protectedInput, ...changes }), 'aws_cloudwatch_log_group').map(({ kms_key_id }) => kms_key_id);
    const key = '${data.terraform_remote_state.data.outputs.key_arn}';
    expect(keys({ logs: { encryption: 'kms' } })).toEqual([key, key, key]);
    expect(keys({})).toEqual([undefined, undefined, undefined]);
  });

  test('publishes what a login needs, and no token', () => {
    const published = outputsOf(cluster());
    expect(published).toMatchObject({
      cluster_name: '${aws_eks_cluster.cluster_cluster.name}',
      endpoint: '${aws_eks_cluster.cluster_cluster.endpoint}',
      certificate_authority: '${aws_eks_cluster.cluster_cluster.certificate_authority[0].data}',
      auto_scaling_group_names: {
        'on-demand': '${aws_eks_node_group.nodes-on-demand_nodes.resources[0].autoscaling_groups[0].name}',
      },
    });
    expect(JSON.stringify(cluster())).not.toMatch(/aws_eks_cluster_auth|"token"/);
  });

  test('lets Alertmanager publish to two topics: the notices, by their name, and the watchdog without subscriptions', () => {
    const module = cluster({ kubernetes: { monitoring: 'prometheus' } });
    const watchdog = theOnly(module, 'aws_sns_topic');
    expect(watchdog).toMatchObject({ name: 'shop-test-watchdog', kms_master_key_id: 'alias/aws/sns' });
    expect(resourcesOf(module, 'aws_sns_topic_subscription')).toEqual([]);
    const notices = 'arn:aws:sns:eu-west-1:123456789012:shop-test-notices';
    const topics = outputsOf(module).alert_topics;
    expect(topics).toEqual({
      notices_arn: notices,
      watchdog_arn: '${aws_sns_topic.alerts_watchdog.arn}',
      watchdog_name: '${aws_sns_topic.alerts_watchdog.name}',
    });
    const policy = module.resource?.aws_iam_role_policy?.['platform_kube-prometheus-stack_pods_policy'];
    expect(JSON.parse(policy?.policy).Statement).toEqual([
      expect.objectContaining({ Action: ['sns:Publish'], Resource: [notices, topics.watchdog_arn] }),
      expect.objectContaining({
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Condition: {
          StringEquals: { 'kms:ViaService': 'sns.eu-west-1.amazonaws.com' },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/shop-test-notices'] },
        },
      }),
    ]);
  });

  test('has no topics where there are no alerts, or no one who wants them', () => {
    for (const changes of [{}, { kubernetes: { monitoring: 'prometheus' }, observability: { alarms: 'none' } }] as const) {
      const module = cluster(changes);
      expect(resourcesOf(module, 'aws_sns_topic')).toEqual([]);
      expect(outputsOf(module).alert_topics).toBeUndefined();
    }
  });

  test('publishes the web ACL of the ingress', () => {
    const edge = { waf: { rules: { rate: { kind: 'rate', priority: 10, requests: 2000 } } } } as const;
    expect(outputsOf(cluster({ edge })).web_acl_arn).toMatch(/^\$\{aws_wafv2_web_acl\./);
    expect(outputsOf(cluster()).web_acl_arn).toBeUndefined();
    expect(resourcesOf(cluster(), 'aws_wafv2_web_acl')).toEqual([]);
  });
});

describe('permissions of controllers', () => {
  test('External Secrets reads the secrets of variables, and no others', () => {
    const api = example().services?.api;
    const secrets = { jwt: { description: 'tokens' }, other: { description: 'not injected' } };
    const module = cluster({
      encryption: { key: 'aws-managed' },
      secrets,
      services: { api: { ...api, environment: { JWT: { secret: 'jwt' } } } as never },
      database: undefined,
    });
    expect(granted(module, 'platform_external-secrets')).toEqual([
      {
        Sid: 'ReadInjectedSecrets',
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: ['${data.terraform_remote_state.data.outputs.secrets.jwt.arn}'],
      },
    ]);
  });

  test('External Secrets decrypts with the environment’s key, through Secrets Manager only', () => {
    const [, decrypt] = granted(cluster(protectedInput), 'platform_external-secrets');
    expect(decrypt).toMatchObject({
      Action: ['kms:Decrypt'],
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });

  test('the autoscaler resizes groups of this cluster only', () => {
    const [size] = granted(cluster(), 'platform_cluster-autoscaler').filter(({ Sid }) => Sid === 'SizeOwnGroups');
    expect(size.Condition.StringEquals).toEqual({ 'aws:ResourceTag/k8s.io/cluster-autoscaler/shop-test': 'owned' });
  });

  test('KEDA reads the queues that workers scale on, and has no role without such a worker', () => {
    expect(granted(cluster(queueWorker), 'platform_keda')).toEqual([
      expect.objectContaining({
        Action: ['sqs:GetQueueAttributes'],
        Resource: ['${data.terraform_remote_state.data.outputs.queues.mail.arn}'],
      }),
    ]);
    expect(JSON.stringify(cluster())).not.toContain('keda');
  });

  test('the log collector writes to existing groups, and creates none', () => {
    const [write] = granted(cluster(), 'platform_fluent-bit');
    expect(write.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(write.Resource).toContain('${aws_cloudwatch_log_group.platform-logs.arn}:*');
    expect(write.Resource).toHaveLength(parseEnvironment(example({ tier: 'kubernetes' })).data.logGroups.length + 1);
  });

  test('the load balancer controller changes only resources with its cluster’s tag', () => {
    const statements = granted(cluster(), 'platform_aws-load-balancer-controller');
    const by = (sid: string) => statements.find(({ Sid }) => Sid === sid);
    for (const sid of ['OwnGroups', 'OwnBalancers', 'TagOwnGroups', 'TagOwnBalancers'])
      expect(by(sid).Condition.StringEquals).toEqual({ 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'shop-test' });
    expect(by('LetBalancersIntoNodes').Resource[0]).toBe(
      'arn:aws:ec2:eu-west-1:123456789012:security-group/${aws_eks_cluster.cluster_cluster.vpc_config[0].cluster_security_group_id}',
    );
    const everything = statements.filter(({ Resource }) => Resource.includes('*')).map(({ Sid }) => Sid);
    expect(everything).toEqual(['ServiceLinkedRole', 'Look']);
  });

  test('no role exceeds IAM’s size limit', () => {
    for (const { policy } of resourcesOf(cluster(queueWorker), 'aws_iam_role_policy')) expect(policy.length).toBeLessThan(10_240);
  });
});

test('the same description gives the same bytes', () => {
  const bytes = () => JSON.stringify(synthKubernetes(queueWorker));
  expect(bytes()).toBe(bytes());
});
