/** The cluster's stack and the platform's as wholes: what stands in them, what they hand on, what each controller may do. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../../src/config';
import { CHARTS } from '../../../src/tiers/kubernetes/platform/charts';
import { type PLATFORM_ACCOUNTS } from '../../../src/tiers/kubernetes/platform/accounts';
import { KubernetesStack } from '../../../src/tiers/kubernetes/cluster-stack';
import { PlatformStack } from '../../../src/tiers/kubernetes/platform-stack';
import { example } from '../../support/example';
import { addProducers, KEY_ARN, stackProps } from '../../support/handovers';
import { danglingReferences, remoteReads } from '../../support/references';
import { resourcesOf, synthApp, theOnly, type RootModule } from '../../support/synth';

const image = { image: 'api', vcpu: 0.25, memoryMib: 512 } as const;
const queueWorker = {
  queues: { mail: {} },
  workers: { mail: { ...image, replicas: { min: 0, max: 3 }, scaling: { queue: 'mail' } } },
} satisfies Partial<EnvironmentInput>;

const described = (changes: Partial<EnvironmentInput> = {}) => parseEnvironment(example({ tier: 'kubernetes', ...changes }));

const protectedInput = {
  protect: true,
  acknowledge: { 'single-zone-database': 'tests do not mind', 'single-nat': 'tests do not mind' },
} satisfies Partial<EnvironmentInput>;

interface Built {
  readonly cluster: RootModule;
  readonly platform: RootModule;
}

function build(environment: ResolvedEnvironment): Built {
  const stacks = synthApp((app) => {
    const { identity, protect, workloads, data, tier } = environment;
    if (tier.kind !== 'kubernetes') throw new Error('not on Kubernetes');
    const handovers = addProducers(app, environment);
    const { handover } = new KubernetesStack(app, {
      stack: stackProps(environment, 'compute-kubernetes'),
      identity,
      protect,
      tier,
      workloads,
      data,
      edge: environment.edge,
      handovers,
    });
    new PlatformStack(app, {
      stack: stackProps(environment, 'platform'),
      identity,
      tier,
      handovers: { network: handovers.network, cluster: handover },
    });
  });
  const stack = (kind: string) => stacks[`${environment.identity.environment}-${kind}`] as RootModule;
  return { cluster: stack('compute-kubernetes'), platform: stack('platform') };
}

const cluster = (changes: Partial<EnvironmentInput> = {}) => build(described(changes)).cluster;
const platform = (changes: Partial<EnvironmentInput> = {}) => build(described(changes)).platform;

const outputs = (module: RootModule): Record<string, any> =>
  Object.fromEntries(Object.entries(module.output ?? {}).map(([name, { value }]) => [name, value]));

/** The inline policy of a pod role, by the role's construct. */
function granted(module: RootModule, id: string): readonly any[] {
  const policy = module.resource?.aws_iam_role_policy?.[`${id}_pods_policy`];
  return policy === undefined ? [] : JSON.parse(policy.policy).Statement;
}

const values = (module: RootModule, chart: keyof typeof CHARTS): any =>
  JSON.parse(module.resource?.helm_release?.[`${chart}_release`]?.values[0] ?? 'null');

describe('the cluster’s stack', () => {
  test('names nothing that is not there', () => {
    const module = cluster({ ...queueWorker, kubernetes: { spot: { instanceTypes: ['t3.large'], max: 2 } } });
    expect(resourcesOf(module, 'aws_eks_node_group')).toHaveLength(2);
    expect(danglingReferences(module)).toEqual([]);
  });

  test('has a role for every service, worker and job, bound to the account of its key in the system’s namespace', () => {
    const module = cluster({ ...queueWorker, jobs: { migrate: image } });
    const accounts = resourcesOf(module, 'aws_eks_pod_identity_association').filter(({ namespace }) => namespace === 'shop');
    expect(accounts.map(({ service_account }) => service_account).sort()).toEqual(['api', 'database-init', 'mail', 'migrate']);
    expect(Object.keys(outputs(module).workload_role_arns).sort()).toEqual(['api', 'database-init', 'mail', 'migrate']);
  });

  test('binds them in another namespace when the environment names one', () => {
    const module = cluster({ kubernetes: { namespace: 'shop-two' } });
    const association = module.resource?.aws_eks_pod_identity_association?.workload_api_association;
    expect(association?.namespace).toBe('shop-two');
    const trust = JSON.parse(module.resource?.aws_iam_role?.workload_api_pods_role?.assume_role_policy);
    expect(trust.Statement[0].Condition.StringEquals['aws:RequestTag/kubernetes-namespace']).toBe('shop-two');
  });

  test('gives a workload what it declares, on exact ARNs, and nothing to one that declares nothing', () => {
    const api = { ...example().services?.api, permissions: [{ queue: 'mail', access: 'send' }] } as never;
    const module = cluster({ ...queueWorker, services: { api } });
    expect(granted(module, 'workload_api')[0]).toMatchObject({
      Resource: ['${data.terraform_remote_state.data.outputs.queues.mail.arn}'],
    });
    expect(granted(module, 'workload_mail')).toEqual([]);
  });

  test('uses the environment’s key where there is one, and makes one of its own otherwise', () => {
    const own = cluster();
    expect(theOnly(own, 'aws_eks_cluster').encryption_config.provider.key_arn).toBe('${aws_kms_key.secrets_key.arn}');
    const shared = cluster(protectedInput);
    expect(theOnly(shared, 'aws_eks_cluster').encryption_config.provider.key_arn).toContain('outputs.key_arn');
    expect(resourcesOf(shared, 'aws_kms_key')).toEqual([]);
    expect(KEY_ARN).toContain(':key/');
  });

  test('stands in private subnets, also its nodes', () => {
    const module = cluster();
    for (const subnets of [
      theOnly(module, 'aws_eks_cluster').vpc_config.subnet_ids,
      theOnly(module, 'aws_eks_node_group').subnet_ids,
    ])
      expect(subnets).toEqual(
        [0, 1].map((zone) => `\${data.terraform_remote_state.network.outputs.private_subnet_ids[${zone}]}`),
      );
  });

  test('starts nodes only when the network add-on is there, and DNS only when nodes are', () => {
    const module = cluster();
    expect(theOnly(module, 'aws_eks_node_group').depends_on).toEqual(
      expect.arrayContaining(['aws_eks_addon.addon_vpc-cni', 'aws_eks_addon.addon_eks-pod-identity-agent']),
    );
    expect(module.resource?.aws_eks_addon?.addon_coredns?.depends_on).toEqual(['aws_eks_node_group.nodes-on-demand_nodes']);
  });

  test('lets pods into the database that they use, from the cluster’s own group', () => {
    expect(theOnly(cluster(), 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: '${data.terraform_remote_state.network.outputs.database_security_group_id}',
      referenced_security_group_id: '${aws_eks_cluster.cluster_cluster.vpc_config[0].cluster_security_group_id}',
      from_port: 5432,
    });
  });

  test('keeps every log group that somebody would otherwise make without an end', () => {
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

  test('hands on what it takes to log in, and no token', () => {
    const handed = outputs(cluster());
    expect(handed).toMatchObject({
      cluster_name: '${aws_eks_cluster.cluster_cluster.name}',
      endpoint: '${aws_eks_cluster.cluster_cluster.endpoint}',
      certificate_authority: '${aws_eks_cluster.cluster_cluster.certificate_authority[0].data}',
      auto_scaling_group_names: {
        'on-demand': '${aws_eks_node_group.nodes-on-demand_nodes.resources[0].autoscaling_groups[0].name}',
      },
    });
    expect(JSON.stringify(cluster())).not.toMatch(/aws_eks_cluster_auth|"token"/);
  });

  test('hands on the web ACL when one guards the ingress', () => {
    expect(
      outputs(cluster({ edge: { waf: { rules: { rate: { kind: 'rate', priority: 10, requests: 2000 } } } } })).web_acl_arn,
    ).toMatch(/^\$\{aws_wafv2_web_acl\./);
    expect(outputs(cluster()).web_acl_arn).toBeUndefined();
  });
});

describe('what controllers may do', () => {
  test('external secrets reads the secrets that are injected, and no other', () => {
    const api = example().services?.api;
    const secrets = { jwt: { description: 'tokens' }, other: { description: 'not injected' } };
    const module = cluster({
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

  test('external secrets decrypts with the environment’s key, through Secrets Manager only', () => {
    const [, decrypt] = granted(cluster(protectedInput), 'platform_external-secrets');
    expect(decrypt).toMatchObject({
      Action: ['kms:Decrypt'],
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });

  test('the autoscaler sizes groups of this cluster only', () => {
    const [size] = granted(cluster(), 'platform_cluster-autoscaler').filter(({ Sid }) => Sid === 'SizeOwnGroups');
    expect(size.Condition.StringEquals).toEqual({ 'aws:ResourceTag/k8s.io/cluster-autoscaler/shop-test': 'owned' });
  });

  test('KEDA counts messages of queues that workers scale on, and is not there without such a worker', () => {
    expect(granted(cluster(queueWorker), 'platform_keda')).toEqual([
      expect.objectContaining({
        Action: ['sqs:GetQueueAttributes'],
        Resource: ['${data.terraform_remote_state.data.outputs.queues.mail.arn}'],
      }),
    ]);
    expect(JSON.stringify(cluster())).not.toContain('keda');
  });

  test('the log collector writes to groups that are there, and makes none', () => {
    const [write] = granted(cluster(), 'platform_fluent-bit');
    expect(write.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(write.Resource).toContain('${aws_cloudwatch_log_group.platform-logs.arn}:*');
    expect(write.Resource).toHaveLength(Object.keys(described().data.logGroups).length + 1);
  });

  test('the load balancer controller changes only what carries its cluster’s tag', () => {
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

  test('no role is larger than IAM takes', () => {
    for (const { policy } of resourcesOf(cluster(queueWorker), 'aws_iam_role_policy')) expect(policy.length).toBeLessThan(10_240);
  });
});

describe('the platform’s stack', () => {
  test('installs what every cluster needs, and KEDA and Prometheus only where they are wanted', () => {
    const installed = (module: RootModule) =>
      resourcesOf(module, 'helm_release')
        .map(({ name }) => name)
        .sort();
    const always = ['aws-load-balancer-controller', 'cluster-autoscaler', 'external-secrets', 'fluent-bit', 'metrics-server'];
    expect(installed(platform())).toEqual(always);
    expect(installed(platform(queueWorker))).toEqual([...always, 'keda'].sort());
    expect(installed(platform({ kubernetes: { monitoring: 'prometheus' } }))).toEqual(
      [...always, 'kube-prometheus-stack'].sort(),
    );
  });

  test('pins every chart, takes back what does not become ready', () => {
    for (const release of resourcesOf(platform(queueWorker), 'helm_release')) {
      expect(release).toMatchObject({
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        repository: expect.stringMatching(/^https:\/\//),
        atomic: true,
        wait: true,
        cleanup_on_fail: true,
      });
    }
  });

  test('logs in by the AWS CLI, with what the cluster’s stack handed on; the provider of no stack is configured from itself', () => {
    const module = platform();
    const [login] = module.provider.helm ?? [];
    expect(login?.kubernetes).toMatchObject({
      host: '${data.terraform_remote_state.compute-kubernetes.outputs.endpoint}',
      exec: {
        command: 'aws',
        args: expect.arrayContaining(['get-token', '${data.terraform_remote_state.compute-kubernetes.outputs.cluster_name}']),
      },
    });
    expect(JSON.stringify(module.provider)).not.toMatch(/"token"|client_key/);
    expect(build(described()).cluster.provider.helm).toBeUndefined();
  });

  test('reads nothing that earlier stacks do not hand on', () => {
    const { platform: module, cluster: producer } = build(described({ kubernetes: { monitoring: 'prometheus' } }));
    expect(danglingReferences(module)).toEqual([]);
    const read = remoteReads(module).filter(({ state }) => state === 'compute-kubernetes');
    expect(read.length).toBeGreaterThan(0);
    for (const { path } of read) expect(outputs(producer)).toHaveProperty(path.slice(0, 1));
  });

  test('hands on which releases there are', () => {
    expect(outputs(platform()).releases).toEqual({
      'aws-load-balancer-controller': CHARTS['aws-load-balancer-controller'].version,
      'external-secrets': CHARTS['external-secrets'].version,
      'metrics-server': CHARTS['metrics-server'].version,
      'cluster-autoscaler': CHARTS['cluster-autoscaler'].version,
      'fluent-bit': CHARTS['fluent-bit'].version,
    });
  });

  test('each controller runs as the account that its role is bound to, in the same namespace', () => {
    const { platform: charts, cluster: roles } = build(described(queueWorker));
    const bound = resourcesOf(roles, 'aws_eks_pod_identity_association').map(({ namespace, service_account }) => [
      namespace,
      service_account,
    ]);
    const account: Readonly<Record<keyof typeof PLATFORM_ACCOUNTS, string>> = {
      'aws-load-balancer-controller': values(charts, 'aws-load-balancer-controller').serviceAccount.name,
      'external-secrets': values(charts, 'external-secrets').serviceAccount.name,
      'cluster-autoscaler': values(charts, 'cluster-autoscaler').rbac.serviceAccount.name,
      'fluent-bit': values(charts, 'fluent-bit').serviceAccount.name,
      keda: values(charts, 'keda').serviceAccount.operator.name,
    };
    for (const [chart, name] of Object.entries(account))
      expect(bound).toContainEqual([CHARTS[chart as keyof typeof CHARTS].namespace, name]);
  });

  test('makes the namespaces of its charts, but not the one that every cluster has', () => {
    for (const { namespace, create_namespace } of resourcesOf(platform(queueWorker), 'helm_release'))
      expect(create_namespace).toBe(namespace !== 'kube-system');
  });

  test('knows region and VPC without asking the node’s metadata, which pods cannot reach', () => {
    expect(values(platform(), 'aws-load-balancer-controller')).toMatchObject({
      region: 'eu-west-1',
      vpcId: '${data.terraform_remote_state.network.outputs.vpc_id}',
    });
    expect(values(platform(), 'cluster-autoscaler').awsRegion).toBe('eu-west-1');
  });

  test('sends the lines of workloads to the groups that their pods name, and all others to the platform’s', () => {
    const { inputs, filters, outputs: sent } = values(platform(), 'fluent-bit').config;
    expect(inputs).toContain('Path /var/log/containers/*_shop_*.log');
    expect(inputs).toContain('Exclude_Path /var/log/containers/*_shop_*.log');
    expect(filters).toContain('Annotations On');
    expect(sent).toContain("log_group_template $kubernetes['annotations']['terrace.logs/group']");
    expect(sent).toContain('log_group_name ${data.terraform_remote_state.compute-kubernetes.outputs.platform_log_group.name}');
    expect(sent).not.toMatch(/auto_create_group On/);
  });

  test('holds no Terraform template but its references, and no template of Helm', () => {
    for (const {
      values: [text],
    } of resourcesOf(platform({ kubernetes: { monitoring: 'prometheus' } }), 'helm_release')) {
      expect(text.replace(/\$\{data\.terraform_remote_state\.[a-z0-9_.-]+\}/g, '')).not.toMatch(/[$%]\{|\{\{/);
    }
  });

  test('keeps Prometheus’ metrics on an encrypted volume that they cannot fill, and draws no password', () => {
    const module = platform({ kubernetes: { monitoring: 'prometheus', prometheus: { storageGb: 40, retentionDays: 30 } } });
    const { prometheus, extraManifests, grafana } = values(module, 'kube-prometheus-stack');
    expect(prometheus.prometheusSpec).toMatchObject({ retention: '30d', retentionSize: '34816MB' });
    expect(prometheus.prometheusSpec.storageSpec.volumeClaimTemplate.spec).toMatchObject({
      storageClassName: extraManifests[0].metadata.name,
      resources: { requests: { storage: '40Gi' } },
    });
    expect(extraManifests[0].parameters).toEqual({ type: 'gp3', encrypted: 'true' });
    expect(grafana).not.toHaveProperty('adminPassword');
    expect(outputs(module).grafana).toContain('port-forward');
    expect(outputs(platform()).grafana).toBeUndefined();
  });
});

test('the same description gives the same bytes', () => {
  const bytes = () => JSON.stringify(build(described(queueWorker)));
  expect(bytes()).toBe(bytes());
});
