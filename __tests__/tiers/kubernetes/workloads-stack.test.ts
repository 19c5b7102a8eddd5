/** The workloads stack: it applies exactly the rendered manifests, and holds no secret, no token and no custom kind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { parse } from 'yaml';
import { parseEnvironment, type ResolvedEnvironment } from '../../../src/config';
import { workloadContext } from '../../../src/tiers/kubernetes/workloads/context';
import { configFingerprint } from '../../../src/tiers/kubernetes/workloads/resources/workload';
import { environmentManifests, manifestList } from '../../../src/tiers/kubernetes/workloads/manifests';
import type { DataHandover, KubernetesHandover, PlatformHandover } from '../../../src/contracts/handovers';
import { expression } from '../../../src/terraform/expression';
import { Handover } from '../../../src/terraform/handover';
import { TerraceStack } from '../../../src/terraform/terrace-stack';
import { CHART_FILES } from '../../../src/tiers/kubernetes/workloads/resources/custom-resources';
import { WorkloadsStack } from '../../../src/tiers/kubernetes/workloads-stack';
import { example, rotatingLogin } from '../../support/example';
import { addProducers, stackProps } from '../../support/handovers';
import { kubernetesOf, richKubernetes } from '../../support/kubernetes';
import { danglingReferences, remoteReads } from '../../support/references';
import { rendered, synthApp, type RootModule } from '../../support/synth';

const CLUSTER: KubernetesHandover = {
  clusterName: 'shop-test',
  clusterArn: 'arn:cluster',
  endpoint: 'https://cluster.example',
  certificateAuthority: 'Q0E=',
  clusterSecurityGroupId: 'sg-cluster',
  platformLogGroup: { name: '/aws/eks/shop-test/platform', arn: 'arn:log-group' },
  workloadRoleArns: {},
  autoScalingGroupNames: {},
};

/** The stack, after stubs of the stacks that it reads. */
function addStack(app: App, environment: ResolvedEnvironment): WorkloadsStack {
  const { identity, protect, tier, workloads, network, data, edge } = environment;
  if (tier.kind !== 'kubernetes') throw new Error('not on Kubernetes');
  const stub = <T extends object>(kind: 'compute-kubernetes' | 'platform', values: T): Handover<T> => {
    const props = stackProps(environment, kind);
    return new Handover(new TerraceStack(app, props), values);
  };
  return new WorkloadsStack(app, {
    stack: stackProps(environment, 'workloads'),
    identity,
    protect,
    tier,
    workloads,
    network,
    data,
    edge,
    handovers: {
      ...addProducers(app, environment),
      cluster: stub('compute-kubernetes', CLUSTER),
      platform: stub<PlatformHandover>('platform', { releases: { 'external-secrets': '2.9.0' } }),
    },
  });
}

function moduleOf(environment: ResolvedEnvironment): RootModule {
  return synthApp((app) => addStack(app, environment))[`${environment.identity.environment}-workloads`] as RootModule;
}

const environment = richKubernetes();
const root = moduleOf(environment);
const resource = (type: string, id: string): any => root.resource?.[type]?.[id];

/** Every value at the ends of an object, as text. */
function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** The types of resources by the kinds that they are. */
const TYPES: Readonly<Record<string, string>> = {
  Namespace: 'kubernetes_namespace_v1',
  ResourceQuota: 'kubernetes_resource_quota_v1',
  LimitRange: 'kubernetes_limit_range_v1',
  NetworkPolicy: 'kubernetes_network_policy_v1',
  ServiceAccount: 'kubernetes_service_account_v1',
  ConfigMap: 'kubernetes_config_map_v1',
  Deployment: 'kubernetes_deployment_v1',
  CronJob: 'kubernetes_cron_job_v1',
  Service: 'kubernetes_service_v1',
  HorizontalPodAutoscaler: 'kubernetes_horizontal_pod_autoscaler_v2',
  PodDisruptionBudget: 'kubernetes_pod_disruption_budget_v1',
  Ingress: 'kubernetes_ingress_v1',
};

describe('the resources', () => {
  it('are the manifests: no value is lost in the conversion', () => {
    // These manifests hold the same references as the stack's.
    let expected: ReturnType<typeof manifestList> = [];
    synthApp((app) => {
      const stack = addStack(app, environment);
      const data = stackData(stack);
      const manifests = manifestList(
        environmentManifests(
          workloadContext(environment, kubernetesOf(environment).namespace, data, {
            fingerprint: configFingerprint,
            image: (image) =>
              image.kind === 'pinned' ? image.reference : expression(`data.aws_ssm_parameter.image_${image.key}.insecure_value`),
            ingress: {
              scheme: 'internet-facing',
              certificateArn: expression('data.terraform_remote_state.domain.outputs.certificate_arn'),
              subnetIds: [0, 1].map((zone) =>
                expression(`data.terraform_remote_state.network.outputs.public_subnet_ids[${zone}]`),
              ),
              idleTimeoutSeconds: 60,
              logBucketName: data.buckets[environment.data.logBucket]?.name ?? '',
              admits: { kind: 'networks', cidrs: ['0.0.0.0/0'] },
            },
          }),
          environment.workloads,
        ),
      );
      expected = rendered(stack, manifests);
    });
    const builtIn = expected.filter(({ kind }) => kind in TYPES);
    expect(builtIn.length).toBeGreaterThan(25);
    const resources = Object.values(root.resource ?? {}).flatMap((byId) => Object.values(byId));
    expect(resources.length).toBe(builtIn.length + 1);
    for (const { apiVersion: _version, kind, ...content } of builtIn) {
      const candidates = Object.values(root.resource?.[TYPES[kind] ?? ''] ?? {}).filter(
        ({ metadata }) => metadata.name === content.metadata.name,
      );
      expect([kind, content.metadata.name, candidates.length]).toEqual([kind, content.metadata.name, 1]);
      const remaining = [...leaves(candidates[0])];
      const lost = leaves(content).filter((leaf) => {
        const at = remaining.indexOf(leaf);
        if (at >= 0) remaining.splice(at, 1);
        return at < 0;
      });
      expect([kind, content.metadata.name, lost]).toEqual([kind, content.metadata.name, []]);
    }
  });

  it('are spelled as the provider expects', () => {
    const { spec } = resource('kubernetes_deployment_v1', 'service-api_deployment');
    expect(spec.template.spec.container[0]).toMatchObject({
      port: [{ container_port: 8080, name: 'http', protocol: 'TCP' }],
      liveness_probe: { http_get: { path: '/health', port: '8080' }, period_seconds: 30 },
      lifecycle: { pre_stop: [{ exec: { command: ['sleep', '15'] } }] },
      security_context: { run_as_user: '1000', read_only_root_filesystem: true },
    });
    expect(spec.template.spec.topology_spread_constraint).toHaveLength(2);
    expect(spec.replicas).toBeUndefined();
    expect(resource('kubernetes_deployment_v1', 'service-quiet_deployment').spec.replicas).toBe('1');
    expect(resource('kubernetes_cron_job_v1', 'job-sync_cron-job').spec).toMatchObject({ timezone: 'Etc/UTC', suspend: false });
    expect(resource('kubernetes_ingress_v1', 'ingress').spec.rule[0].http.path[0]).toMatchObject({
      path: '/api/*',
      path_type: 'ImplementationSpecific',
    });
  });

  it('need no custom kind at plan time', () => {
    expect(Object.keys(root.resource ?? {}).sort()).toEqual([...Object.values(TYPES), 'helm_release'].sort());
  });

  it('replace pods when their variables change, including those that only Terraform knows', () => {
    const { annotations } = resource('kubernetes_deployment_v1', 'service-api_deployment').spec.template.metadata;
    expect(annotations['terrace/variables']).toBe('${sha1(jsonencode(kubernetes_config_map_v1.service-api_config.data))}');
    expect(resource('kubernetes_config_map_v1', 'service-api_config').data.DATABASE_HOST).toBe(
      '${data.terraform_remote_state.data.outputs.database.host}',
    );
  });

  it('run the image of the parameter that releases write', () => {
    const [container] = resource('kubernetes_deployment_v1', 'worker-runner_deployment').spec.template.spec.container;
    expect(container.image).toBe('${data.aws_ssm_parameter.image_worker.insecure_value}');
    expect(resource('kubernetes_deployment_v1', 'service-quiet_deployment').spec.template.spec.container[0].image).toBe(
      'docker.io/library/quiet:1',
    );
  });

  it('are created in an order in which no pod starts before its policies, and the ingress is destroyed first', () => {
    const after = (type: string, id: string): readonly string[] => resource(type, id).depends_on;
    expect(after('kubernetes_deployment_v1', 'service-api_deployment')).toEqual([
      'kubernetes_service_account_v1.service-api_account',
      'kubernetes_config_map_v1.service-api_config',
      'kubernetes_network_policy_v1.service-api_policy',
    ]);
    expect(after('kubernetes_service_account_v1', 'service-api_account')).toEqual(
      expect.arrayContaining([
        'kubernetes_namespace_v1.namespace_namespace',
        'kubernetes_resource_quota_v1.namespace_quota',
        'kubernetes_network_policy_v1.namespace_default-deny',
      ]),
    );
    expect(after('kubernetes_ingress_v1', 'ingress')).toEqual([
      'kubernetes_service_v1.service-api_service',
      'kubernetes_service_v1.service-quiet_service',
    ]);
    expect(after('helm_release', 'custom-resources_release')).toContain('kubernetes_namespace_v1.namespace_namespace');
  });

  it('give the deletion of the namespace the time that the deletion of a load balancer takes', () => {
    expect(resource('kubernetes_namespace_v1', 'namespace_namespace').timeouts).toEqual({ delete: '20m' });
  });

  it('wait for the load balancer, which edge looks up, but not for pods, which wait for secrets and images', () => {
    expect(resource('kubernetes_deployment_v1', 'service-api_deployment').wait_for_rollout).toBe(false);
    expect(resource('kubernetes_ingress_v1', 'ingress').wait_for_load_balancer).toBe(true);
  });
});

describe('the providers', () => {
  const args = [
    'eks',
    'get-token',
    '--cluster-name',
    '${data.terraform_remote_state.compute-kubernetes.outputs.cluster_name}',
    '--region',
    'eu-west-1',
    '--output',
    'json',
  ];
  const exec = { api_version: 'client.authentication.k8s.io/v1beta1', command: 'aws', args };

  it('obtain a token at each run, and read the cluster from an earlier stack', () => {
    expect(root.terraform.required_providers).toMatchObject({
      kubernetes: { version: '>= 2.38.0, < 3.0.0' },
      helm: { version: '>= 3.1.1, < 4.0.0' },
    });
    const [kubernetes] = root.provider.kubernetes ?? [];
    const [helm] = root.provider.helm ?? [];
    expect(kubernetes).toMatchObject({
      host: '${data.terraform_remote_state.compute-kubernetes.outputs.endpoint}',
      cluster_ca_certificate:
        '${base64decode("${data.terraform_remote_state.compute-kubernetes.outputs.certificate_authority}")}',
      exec: [exec],
    });
    expect(helm?.kubernetes).toMatchObject({ exec });
    expect(JSON.stringify(root.provider)).not.toMatch(/"token"|client_key|password/);
  });
});

describe('the stack', () => {
  it('has no dangling reference', () => {
    expect(danglingReferences(root)).toEqual([]);
    expect(new Set(remoteReads(root).map(({ state }) => state))).toEqual(
      new Set(['compute-kubernetes', 'data', 'domain', 'network']),
    );
    expect(Object.keys(root.data?.terraform_remote_state ?? {})).toContain('platform');
  });

  it('holds no secret: no Kubernetes Secret, no value, only ARNs', () => {
    expect(Object.keys(root.resource ?? {}).filter((type) => type.includes('secret'))).toEqual([]);
    expect(Object.keys(root.data ?? {})).toEqual(expect.not.arrayContaining([expect.stringMatching(/secret/)]));
    expect(resource('helm_release', 'custom-resources_release').set_sensitive).toBeUndefined();
  });

  it('is deterministic', () => {
    expect(JSON.stringify(moduleOf(richKubernetes()))).toBe(JSON.stringify(root));
  });

  it('publishes the load balancer, by the name that edge looks up', () => {
    expect(root.output?.load_balancer).toMatchObject({
      value: {
        name: 'shop-test-pods',
        dns_name: '${kubernetes_ingress_v1.ingress.status[0].load_balancer[0].ingress[0].hostname}',
      },
    });
    expect(root.output?.namespace?.value).toBe('shop');
  });

  it('outputs the exact commands for next steps', () => {
    expect(root.output?.run_migrate?.value).toContain('kubectl --namespace shop create job --from=cronjob/migrate $run');
    expect(root.output?.login?.value).toMatch(/^aws eks update-kubeconfig --region eu-west-1 --name \$\{/);
    expect(root.output?.watch_release_api?.value).toBe('kubectl rollout status --namespace shop deployment/api');
    expect(root.output?.url_shop_example?.value).toBe('https://shop.example');
    expect(Object.keys(root.output ?? {})).not.toContain('shell_api');
  });

  it('installs Reloader for its own namespace, only where a Deployment uses a rotated secret', () => {
    const input = rotatingLogin(example({ tier: 'kubernetes' }));
    const reloader = moduleOf(parseEnvironment(input)).resource?.helm_release?.reloader_release;
    expect(reloader).toMatchObject({ chart: 'reloader', version: expect.stringMatching(/^\d+\.\d+\.\d+$/), namespace: 'shop' });
    expect(JSON.parse(reloader?.values[0]).reloader).toMatchObject({ watchGlobally: false, ignoreConfigMaps: true });
    expect(root.resource?.helm_release).not.toHaveProperty('reloader_release');
  });

  it('does not revert restarts by others', () => {
    expect(resource('kubernetes_deployment_v1', 'service-api_deployment').lifecycle.ignore_changes).toEqual([
      'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]',
      'spec[0].template[0].metadata[0].annotations["reloader.stakater.com/last-reloaded-from"]',
    ]);
  });

  it('creates no ingress and no chart where none is needed', () => {
    const small = moduleOf(
      parseEnvironment({
        ...example({ tier: 'kubernetes' }),
        domain: undefined,
        database: undefined,
        cache: undefined,
        services: { api: { ...example().services?.api, routes: [], environment: {} } },
      }),
    );
    expect(small.resource?.kubernetes_ingress_v1).toBeUndefined();
    expect(small.resource?.helm_release).toBeUndefined();
    expect(small.output?.load_balancer).toBeUndefined();
    expect(small.resource?.kubernetes_deployment_v1).toHaveProperty('service-api_deployment');
  });
});

describe('the chart', () => {
  const release = resource('helm_release', 'custom-resources_release');

  it('is rolled back when an object is rejected, and keeps five revisions in the namespace', () => {
    expect(release).toMatchObject({ name: 'custom-resources', namespace: 'shop', atomic: true, max_history: 5 });
  });

  it('gets the complete custom objects as values, with references for Terraform to resolve', () => {
    const { resources } = parse(release.values[0]);
    expect(Object.keys(resources).sort()).toEqual(
      [
        'ExternalSecret-api',
        'PodMonitor-runner',
        'ScaledObject-runner',
        'SecretStore-secrets-manager',
        'TriggerAuthentication-aws',
      ].sort(),
    );
    expect(resources['ExternalSecret-api'].spec.data[1].remoteRef).toEqual({
      key: '${data.terraform_remote_state.data.outputs.secrets.jwt.arn}',
      property: 'signing-key',
    });
    expect(release.values[0]).toContain("key: '${data.terraform_remote_state.data.outputs.secrets.jwt.arn}'");
  });

  it('is written next to the module, by the program alone: no file of the source tree is read', () => {
    const [outdir, elsewhere] = [mkdtempSync(join(tmpdir(), 'terrace-chart-')), mkdtempSync(join(tmpdir(), 'terrace-cwd-'))];
    const cwd = process.cwd();
    try {
      process.chdir(elsewhere);
      const app = new App({ outdir, stackTraces: false });
      addStack(app, environment);
      app.synth();
      const folder = join(outdir, 'stacks', 'shop-test-workloads');
      const { resource: written } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8'));
      const { chart } = written.helm_release['custom-resources_release'];
      expect(chart).toMatch(/^\.\/assets\//);
      for (const [name, content] of Object.entries(CHART_FILES))
        expect([name, readFileSync(join(folder, chart, name), 'utf8')]).toEqual([name, content]);
      expect(chart).toBe(release.chart);
    } finally {
      process.chdir(cwd);
      for (const temporary of [outdir, elsewhere]) rmSync(temporary, { recursive: true });
    }
  });
});

/** The data that the stack itself sees. */
function stackData(stack: WorkloadsStack): DataHandover {
  return (stack as unknown as { readonly data: DataHandover }).data;
}
