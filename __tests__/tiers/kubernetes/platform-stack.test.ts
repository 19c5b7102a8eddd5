/** The platform's stack: which charts it installs, and their values. */
import type { EnvironmentInput } from '../../../src/config';
import { chartContainerSize, type ChartContainer } from '../../../src/config/tables/platform-components';
import { CHARTS, type AwsChartName } from '../../../src/tiers/kubernetes/platform/charts';
import { kubernetesStacks, outputsOf, queueWorker } from '../../support/kubernetes-stacks';
import { danglingReferences, remoteReads } from '../../support/references';
import { resourcesOf, type RootModule } from '../../support/synth';

const platform = (changes: Partial<EnvironmentInput> = {}) => kubernetesStacks(changes).platform;

const values = (module: RootModule, chart: keyof typeof CHARTS): any =>
  JSON.parse(module.resource?.helm_release?.[`${chart}_release`]?.values[0] ?? 'null');

/** Where the values of each chart have the resources of each container. Reloader's are in the workloads stack. */
const PATHS: Readonly<Record<Exclude<ChartContainer, 'reloader'>, string>> = {
  'load-balancer-controller': 'aws-load-balancer-controller',
  'external-secrets': 'external-secrets',
  'external-secrets-webhook': 'external-secrets.webhook',
  'external-secrets-certificates': 'external-secrets.certController',
  'metrics-server': 'metrics-server',
  'cluster-autoscaler': 'cluster-autoscaler',
  'fluent-bit': 'fluent-bit',
  'keda-operator': 'keda.operator',
  'keda-metrics': 'keda.metricServer',
  'keda-webhooks': 'keda.webhooks',
  prometheus: 'kube-prometheus-stack.prometheus.prometheusSpec',
  alertmanager: 'kube-prometheus-stack.alertmanager.alertmanagerSpec',
  'config-reloader': 'kube-prometheus-stack.prometheusOperator.prometheusConfigReloader',
  grafana: 'kube-prometheus-stack.grafana',
  'grafana-sidecar': 'kube-prometheus-stack.grafana.sidecar',
  'prometheus-operator': 'kube-prometheus-stack.prometheusOperator',
  'prometheus-operator-certificates': 'kube-prometheus-stack.prometheusOperator.admissionWebhooks.patch',
  'kube-state-metrics': 'kube-prometheus-stack.kube-state-metrics',
  'node-exporter': 'kube-prometheus-stack.prometheus-node-exporter',
};

/** Every object with requests in a chart's values, by its path without `resources`. */
function resourcesIn(value: unknown, path: string): readonly (readonly [path: string, resources: object])[] {
  if (typeof value !== 'object' || value === null) return [];
  // The request of a volume is no container's.
  if ('requests' in value && 'limits' in value) return [[path.replace('.resources', ''), value]];
  return Object.entries(value).flatMap(([name, inner]) => resourcesIn(inner, `${path}.${name}`));
}

describe('the platform’s stack', () => {
  test('installs what every cluster needs, and KEDA and Prometheus only where they are needed', () => {
    const installed = (module: RootModule) =>
      resourcesOf(module, 'helm_release')
        .map(({ name }) => name)
        .sort();
    const always = ['aws-load-balancer-controller', 'cluster-autoscaler', 'external-secrets', 'fluent-bit', 'metrics-server'];
    expect(installed(platform())).toEqual(always);
    expect(installed(platform(queueWorker))).toEqual([...always, 'keda'].sort());
    const list = {
      ...queueWorker.workers.mail,
      environment: { URL: { from: 'cache.url' } },
      scaling: { redisList: 'queue:mail' },
    } as const;
    expect(installed(platform({ workers: { list } }))).toEqual([...always, 'keda'].sort());
    expect(installed(platform({ kubernetes: { monitoring: 'prometheus' } }))).toEqual(
      [...always, 'kube-prometheus-stack'].sort(),
    );
  });

  test('pins every chart, and rolls back a release that does not become ready', () => {
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

  test('logs in by the AWS CLI, with outputs of the cluster’s stack, which configures no such provider itself', () => {
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
    expect(kubernetesStacks().cluster.provider.helm).toBeUndefined();
  });

  test('reads nothing that earlier stacks do not publish', () => {
    const { platform: module, cluster: producer } = kubernetesStacks({ kubernetes: { monitoring: 'prometheus' } });
    expect(danglingReferences(module)).toEqual([]);
    const read = remoteReads(module).filter(({ state }) => state === 'compute-kubernetes');
    expect(read.length).toBeGreaterThan(0);
    for (const { path } of read) expect(outputsOf(producer)).toHaveProperty(path.slice(0, 1));
  });

  test('publishes its releases', () => {
    expect(outputsOf(platform()).releases).toEqual({
      'aws-load-balancer-controller': CHARTS['aws-load-balancer-controller'].version,
      'external-secrets': CHARTS['external-secrets'].version,
      'metrics-server': CHARTS['metrics-server'].version,
      'cluster-autoscaler': CHARTS['cluster-autoscaler'].version,
      'fluent-bit': CHARTS['fluent-bit'].version,
    });
  });

  test('runs each controller with the service account that its role is bound to', () => {
    const { platform: charts, cluster: roles } = kubernetesStacks({ ...queueWorker, kubernetes: { monitoring: 'prometheus' } });
    const bound = resourcesOf(roles, 'aws_eks_pod_identity_association').map(({ namespace, service_account }) => [
      namespace,
      service_account,
    ]);
    const account: Readonly<Record<AwsChartName, string>> = {
      'aws-load-balancer-controller': values(charts, 'aws-load-balancer-controller').serviceAccount.name,
      'external-secrets': values(charts, 'external-secrets').serviceAccount.name,
      'cluster-autoscaler': values(charts, 'cluster-autoscaler').rbac.serviceAccount.name,
      'fluent-bit': values(charts, 'fluent-bit').serviceAccount.name,
      keda: values(charts, 'keda').serviceAccount.operator.name,
      'kube-prometheus-stack': values(charts, 'kube-prometheus-stack').alertmanager.serviceAccount.name,
    };
    for (const [chart, name] of Object.entries(account))
      expect(bound).toContainEqual([CHARTS[chart as keyof typeof CHARTS].namespace, name]);
  });

  test('creates the namespaces of its charts, except the one that every cluster has', () => {
    for (const { namespace, create_namespace } of resourcesOf(platform(queueWorker), 'helm_release'))
      expect(create_namespace).toBe(namespace !== 'kube-system');
  });

  test('sets region and VPC, because pods cannot reach the node’s metadata', () => {
    expect(values(platform(), 'aws-load-balancer-controller')).toMatchObject({
      region: 'eu-west-1',
      vpcId: '${data.terraform_remote_state.network.outputs.vpc_id}',
    });
    expect(values(platform(), 'cluster-autoscaler').awsRegion).toBe('eu-west-1');
  });

  test('lets Services be created while the load balancer controller is down, and keeps its certificates', () => {
    expect(values(platform(), 'aws-load-balancer-controller')).toMatchObject({
      enableServiceMutatorWebhook: false,
      keepTLSSecret: true,
      replicaCount: 2,
    });
  });

  test('removes nodes that run only system pods', () => {
    expect(values(platform(), 'cluster-autoscaler').extraArgs).toMatchObject({ 'skip-nodes-with-system-pods': false });
  });

  test('sends logs of workloads to the groups that their pods name, and all others to the platform’s', () => {
    const { inputs, filters, outputs: sent } = values(platform(), 'fluent-bit').config;
    expect(inputs).toContain('Path /var/log/containers/*_shop_*.log');
    expect(inputs).toContain('Exclude_Path /var/log/containers/*_shop_*.log');
    expect(filters).toContain('Annotations On');
    expect(sent).toContain("log_group_template $kubernetes['annotations']['terrace.logs/group']");
    expect(sent).toContain('log_group_name ${data.terraform_remote_state.compute-kubernetes.outputs.platform_log_group.name}');
    expect(sent).not.toMatch(/auto_create_group On/);
  });

  test('gives every container of every chart the requests of the table, and a limit with room above them', () => {
    const module = platform({ ...queueWorker, kubernetes: { monitoring: 'prometheus' } });
    const written = (Object.keys(CHARTS) as (keyof typeof CHARTS)[]).flatMap((chart) =>
      resourcesIn(values(module, chart), chart).map(([path, resources]) => [path, resources] as const),
    );
    expect(Object.fromEntries(written)).toEqual(
      Object.fromEntries(
        Object.entries(PATHS).map(([container, path]) => {
          const { cpuMillis, memoryMib } = chartContainerSize(container as ChartContainer);
          const limits = { memory: `${2 * memoryMib}Mi`, ...(path.startsWith('keda.') ? { cpu: null } : {}) };
          return [path, { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMib}Mi` }, limits }];
        }),
      ),
    );
  });

  test('gives no container of a chart less than it was seen to use', () => {
    for (const container of ['external-secrets', 'external-secrets-webhook', 'external-secrets-certificates'] as const)
      expect(chartContainerSize(container).memoryMib).toBeGreaterThanOrEqual(128);
    expect(chartContainerSize('grafana').memoryMib).toBeGreaterThanOrEqual(512);
    expect(chartContainerSize('prometheus-operator').memoryMib).toBeGreaterThanOrEqual(256);
  });

  test('gives External Secrets no right that only stores and secrets of a whole cluster need', () => {
    const { crds, rbac, ...flags } = values(platform(), 'external-secrets');
    const processed = Object.entries(flags).filter(([name]) => name.startsWith('process'));
    expect(processed.map(([name]) => name).sort()).toEqual([
      'processClusterExternalSecret',
      'processClusterGenerator',
      'processClusterPushSecret',
      'processClusterStore',
      'processPushSecret',
    ]);
    expect([...processed.map(([, on]) => on), ...Object.values(crds)]).not.toContain(true);
    expect(rbac).toEqual({ serviceAccountTokenCreate: false });
  });

  test('collects logs on every node, before other pods find room, and whatever the size of a pod’s object', () => {
    const { priorityClassName, config } = values(platform(), 'fluent-bit');
    expect(priorityClassName).toBe('system-node-critical');
    expect(config.filters).toMatch(/^ {4}Buffer_Size 0$/m);
  });

  test('keeps Grafana’s dashboards on an encrypted volume, which one pod at a time mounts', () => {
    const { grafana, extraManifests } = values(platform({ kubernetes: { monitoring: 'prometheus' } }), 'kube-prometheus-stack');
    expect(grafana.persistence).toMatchObject({ enabled: true, storageClassName: extraManifests[0].metadata.name });
    expect(grafana.deploymentStrategy).toEqual({ type: 'Recreate', rollingUpdate: null });
    expect(grafana.initChownData).toEqual({ enabled: false });
  });

  test('sends alerts to the topic of the environment, the watchdog to its own, and what only informs nowhere', () => {
    const module = platform({ kubernetes: { monitoring: 'prometheus' } });
    const { route, receivers } = values(module, 'kube-prometheus-stack').alertmanager.config;
    const topics = '${data.terraform_remote_state.compute-kubernetes.outputs.alert_topics';
    const sns = (topic: string) => [
      { topic_arn: `${topics}.${topic}_arn}`, sigv4: { region: 'eu-west-1' }, send_resolved: true },
    ];
    expect(receivers).toEqual([
      { name: 'null' },
      { name: 'notices', sns_configs: sns('notices') },
      { name: 'watchdog', sns_configs: sns('watchdog') },
    ]);
    expect(route.receiver).toBe('notices');
    const routes = route.routes.map(({ receiver, matchers }: any) => [receiver, ...matchers]);
    expect(routes).toEqual([
      ['watchdog', 'alertname = "Watchdog"'],
      ['null', 'alertname = "InfoInhibitor"'],
      ['null', 'severity =~ "info|none"'],
      ['notices', 'severity = "critical"'],
    ]);
  });

  test('drops alerts where the environment has no alarms', () => {
    const module = platform({ kubernetes: { monitoring: 'prometheus' }, observability: { alarms: 'none' } });
    expect(values(module, 'kube-prometheus-stack').alertmanager).not.toHaveProperty('config');
  });

  test('has no Terraform template except its references, and no Helm template', () => {
    for (const {
      values: [text],
    } of resourcesOf(platform({ kubernetes: { monitoring: 'prometheus' } }), 'helm_release')) {
      expect(text.replace(/\$\{data\.terraform_remote_state\.[a-z0-9_.-]+\}/g, '')).not.toMatch(/[$%]\{|\{\{/);
    }
  });

  test('keeps Prometheus’ metrics on an encrypted volume that they cannot fill, and sets no password', () => {
    const module = platform({ kubernetes: { monitoring: 'prometheus', prometheus: { storageGb: 40, retentionDays: 30 } } });
    const { prometheus, extraManifests, grafana } = values(module, 'kube-prometheus-stack');
    expect(prometheus.prometheusSpec).toMatchObject({ retention: '30d', retentionSize: '34816MB' });
    expect(prometheus.prometheusSpec.storageSpec.volumeClaimTemplate.spec).toMatchObject({
      storageClassName: extraManifests[0].metadata.name,
      resources: { requests: { storage: '40Gi' } },
    });
    expect(extraManifests[0].parameters).toEqual({ type: 'gp3', encrypted: 'true' });
    expect(grafana).not.toHaveProperty('adminPassword');
    expect(outputsOf(module).grafana).toContain('port-forward');
    expect(outputsOf(platform()).grafana).toBeUndefined();
  });
});
