/** What stands in the namespace: the same containers as on every other tier, held as tightly as Kubernetes can. */
import { parseEnvironment, type ResolvedEnvironment } from '../../../src/config';
import type { IngressSettings } from '../../../src/tiers/kubernetes/workloads/context';
import { rollingUpdate } from '../../../src/tiers/kubernetes/workloads/deployment';
import { ingressLoadBalancerName } from '../../../src/tiers/kubernetes/workloads/ingress';
import { kubernetesLiteral } from '../../../src/tiers/kubernetes/workloads/literal';
import { manifestList } from '../../../src/tiers/kubernetes/workloads/manifests';
import { probesOf } from '../../../src/tiers/kubernetes/workloads/probes';
import { cpuQuantity, memoryQuantity } from '../../../src/tiers/kubernetes/workloads/quantity';
import { example } from '../../support/example';
import { manifest, manifestsOf, richKubernetes } from '../../support/kubernetes';

const environment = richKubernetes();
const manifests = manifestsOf(environment);
const find = (kind: string, name: string): any => manifest(manifests, kind, name);
const pod = (kind: string, name: string): any => {
  const { spec } = find(kind, name);
  return kind === 'CronJob' ? spec.jobTemplate.spec.template : spec.template;
};
const pods = [
  ...['api', 'quiet', 'runner'].map((name) => ['Deployment', name] as const),
  ...['sync', 'migrate', 'database-init'].map((name) => ['CronJob', name] as const),
];

/** The example with a service changed. */
function withApi(change: (api: any, input: any) => void): ResolvedEnvironment {
  const input: any = structuredClone(example({ tier: 'kubernetes' }));
  change(input.services.api, input);
  return parseEnvironment(input);
}

describe('every pod', () => {
  it.each(pods)('%s %s runs as nobody special and may write only to scratch space', (kind, name) => {
    const { spec } = pod(kind, name);
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      serviceAccountName: name,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(spec.securityContext.runAsUser).toBeGreaterThan(0);
    for (const { securityContext, resources } of spec.containers) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources.requests).toEqual(resources.limits);
    }
  });

  it.each(pods)('%s %s has an account of its own, and names the log group that it writes to on every tier', (kind, name) => {
    expect(find('ServiceAccount', name).automountServiceAccountToken).toBe(false);
    expect(pod(kind, name).metadata.annotations).toMatchObject({
      'terrace.logs/group': `/shop/test/${name}`,
      'terrace.logs/stream-prefix': name,
    });
  });

  it('runs as the user that the description names, and else as 1000', () => {
    expect(pod('Deployment', 'runner').spec.securityContext).toMatchObject({ runAsUser: 33, runAsGroup: 44, fsGroup: 44 });
    expect(pod('CronJob', 'database-init').spec.securityContext).toMatchObject({ runAsUser: 70, runAsGroup: 70 });
    expect(pod('Deployment', 'api').spec.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000 });
  });

  it('may write everywhere in its container only where the description says so', () => {
    const open = manifestsOf(withApi((api) => Object.assign(api, { exec: true, writablePaths: ['/cache'] })));
    const [container] = manifest(open, 'Deployment', 'api').spec.template.spec.containers;
    expect(container.securityContext.readOnlyRootFilesystem).toBe(false);
    expect(container.volumeMounts).toBeUndefined();
    expect(pod('Deployment', 'api').spec.volumes).toEqual([{ name: 'scratch-0', emptyDir: { sizeLimit: '1Gi' } }]);
    expect(pod('Deployment', 'api').spec.containers[0].volumeMounts).toEqual([{ name: 'scratch-0', mountPath: '/tmp' }]);
  });

  it('stays off Spot nodes without a Spot share, and prefers them with one', () => {
    const expression = (operator: string) => ({
      matchExpressions: [{ key: 'eks.amazonaws.com/capacityType', operator, values: ['SPOT'] }],
    });
    expect(pod('Deployment', 'api').spec.affinity.nodeAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [expression('NotIn')] },
    });
    expect(pod('Deployment', 'runner').spec.affinity.nodeAffinity).toEqual({
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 60, preference: expression('In') }],
    });
  });
});

describe('the variables', () => {
  it('are the same as on Fargate: plain ones in a ConfigMap, where Kubernetes does not look into them', () => {
    expect(find('ConfigMap', 'api').data).toEqual({
      CACHE_URL: 'rediss://cache.internal:6379',
      DATABASE_HOST: 'database.internal',
      GREETING: 'pays $${cash} and $(more)',
      UPLOADS: environment.data.buckets[0]?.name,
    });
    expect(pod('Deployment', 'api').spec.containers[0].envFrom).toEqual([{ configMapRef: { name: 'api' } }]);
    expect(pod('Deployment', 'api').metadata.annotations['terrace/variables']).toBe('fingerprint-api');
  });

  it('have no ConfigMap where there are none', () => {
    expect(() => find('ConfigMap', 'quiet')).toThrow('0 ConfigMap');
    expect(pod('Deployment', 'quiet').spec.containers[0].envFrom).toBeUndefined();
    expect(pod('Deployment', 'quiet').metadata.annotations).not.toHaveProperty('terrace/variables');
  });

  it('come from secrets by reference only, each under the name of its variable', () => {
    const named = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: 'api', key: name } } });
    expect(pod('Deployment', 'api').spec.containers[0].env).toEqual([
      named('DATABASE_PASSWORD'),
      named('JWT_KEY'),
      named('STRIPE'),
    ]);
    expect(find('ExternalSecret', 'api').spec).toMatchObject({
      secretStoreRef: { kind: 'SecretStore', name: 'secrets-manager' },
      target: { name: 'api', creationPolicy: 'Owner' },
      data: [
        { secretKey: 'DATABASE_PASSWORD', remoteRef: { key: 'arn:secret:role-app', property: 'password' } },
        { secretKey: 'JWT_KEY', remoteRef: { key: 'arn:secret:jwt', property: 'signing-key' } },
        { secretKey: 'STRIPE', remoteRef: { key: 'arn:secret:stripe' } },
      ],
    });
    expect(find('SecretStore', 'secrets-manager').spec).toEqual({
      provider: { aws: { service: 'SecretsManager', region: 'eu-west-1' } },
    });
    expect(JSON.stringify(manifestList(manifests))).not.toContain('"Secret"');
  });

  it('reach commands as they were written, past both readers of dollar signs', () => {
    expect(pod('CronJob', 'migrate').spec.containers[0].args).toEqual(['sh', '-c', 'echo $$(date) $$$ $${HOME}']);
    for (const text of ['echo $(date) $$', '$$$(x)', '$', 'a$$(b', '$x $$y', "curl -w '%{code}' ${URL}"]) {
      expect(expand(terraform(kubernetesLiteral(text)))).toBe(text);
    }
    expect(expand('echo $(date)')).not.toBe('echo $(date)');
  });

  it('keep the entry point apart from the command, as Docker and ECS do', () => {
    const changed = manifestsOf(withApi((api) => Object.assign(api, { entryPoint: ['/tini', '--'], command: ['serve'] })));
    expect(manifest(changed, 'Deployment', 'api').spec.template.spec.containers[0]).toMatchObject({
      command: ['/tini', '--'],
      args: ['serve'],
    });
    expect(pod('Deployment', 'api').spec.containers[0].command).toBeUndefined();
  });
});

describe('a service', () => {
  it('is asked on its health path: patiently while it starts, regularly afterwards', () => {
    const [container] = pod('Deployment', 'api').spec.containers;
    const httpGet = { path: '/health', port: 8080, scheme: 'HTTP' };
    expect(container.startupProbe).toMatchObject({ httpGet, periodSeconds: 5, failureThreshold: 12 });
    expect(container.readinessProbe).toMatchObject({ httpGet, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 });
    expect(container.livenessProbe).toMatchObject({ httpGet, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 });
  });

  it('is judged by its own command where it has one, and given the longer of two grace periods', () => {
    const health = {
      path: '/',
      intervalSeconds: 10,
      timeoutSeconds: 3,
      healthyThreshold: 2,
      unhealthyThreshold: 4,
      startPeriodSeconds: 20,
      gracePeriodSeconds: 300,
    };
    const probes = probesOf(80, { ...health, command: 'test -f $(cat /where)' });
    expect(probes.livenessProbe.exec?.command).toEqual(['sh', '-c', 'test -f $$(cat /where)']);
    expect(probes.livenessProbe.httpGet).toBeUndefined();
    expect(probes.startupProbe.failureThreshold).toBe(60);
    expect(probesOf(80, { ...health, startPeriodSeconds: 0, gracePeriodSeconds: 0 }).startupProbe.failureThreshold).toBe(4);
  });

  it('tells the load balancer first when it goes, and has its full time afterwards', () => {
    const { spec } = pod('Deployment', 'api');
    expect(spec.containers[0].lifecycle).toEqual({ preStop: { exec: { command: ['sleep', '15'] } } });
    expect(spec.terminationGracePeriodSeconds).toBe(30 + 15);
    expect(pod('Deployment', 'runner').spec.terminationGracePeriodSeconds).toBe(120);
    expect(pod('Deployment', 'runner').spec.containers[0].lifecycle).toBeUndefined();
  });

  it('is spread over zones and nodes, and loses one pod at a time', () => {
    const { topologySpreadConstraints } = pod('Deployment', 'api').spec;
    expect(topologySpreadConstraints.map((constraint: any) => constraint.topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    expect(find('PodDisruptionBudget', 'api').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'api' } },
    });
  });

  it('is replaced by a quarter more, with none missing, unless the description allows it', () => {
    expect(find('Deployment', 'api').spec.strategy.rollingUpdate).toEqual({ maxSurge: '25%', maxUnavailable: '0%' });
    const roll = (minimumHealthyPercent: number, maximumPercent: number) =>
      rollingUpdate({ minimumHealthyPercent, maximumPercent, circuitBreaker: true }).rollingUpdate;
    expect(roll(50, 150)).toEqual({ maxSurge: '25%', maxUnavailable: '50%' });
    expect(roll(50, 110)).toEqual({ maxSurge: '10%', maxUnavailable: '50%' });
    expect(roll(0, 100)).toEqual({ maxSurge: '0%', maxUnavailable: '100%' });
  });

  it('scales between its bounds on CPU and memory, and then says no number of its own', () => {
    expect(find('Deployment', 'api').spec.replicas).toBeUndefined();
    const { spec } = find('HorizontalPodAutoscaler', 'api');
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'api' } });
    expect(spec.metrics.map((metric: any) => [metric.resource.name, metric.resource.target.averageUtilization])).toEqual([
      ['cpu', 70],
      ['memory', 80],
    ]);
    expect(spec.behavior.scaleUp.policies[0]).toEqual({ type: 'Percent', value: 100, periodSeconds: 60 });
    expect(spec.behavior.scaleDown.stabilizationWindowSeconds).toBe(300);
  });

  it('has its number and no autoscaler where the number is fixed', () => {
    expect(find('Deployment', 'quiet').spec.replicas).toBe(1);
    expect(() => find('HorizontalPodAutoscaler', 'quiet')).toThrow('0 HorizontalPodAutoscaler');
  });

  it('is restarted when a secret that it holds is rotated, and not otherwise', () => {
    const rotating = manifestsOf(withApi((_api, input) => (input.database.roles = { app: { rotateAfterDays: 90 } })));
    const reload = 'secret.reloader.stakater.com/reload';
    expect(manifest(rotating, 'Deployment', 'api').metadata.annotations).toEqual({ [reload]: 'api' });
    expect(manifest(rotating, 'ExternalSecret', 'api').spec.refreshInterval).toBe('5m');
    expect(find('Deployment', 'api').metadata.annotations).toBeUndefined();
    expect(find('ExternalSecret', 'api').spec.refreshInterval).toBe('1h');
  });
});

describe('a pooler', () => {
  const pooled = manifestsOf(
    withApi((api) => {
      api.pooler = { maxClientConnections: 100, poolSize: 5 };
      api.stopTimeoutSeconds = 20;
      api.environment.DATABASE_PORT = { from: 'database.port' };
    }),
  );
  const { spec } = manifest(pooled, 'Deployment', 'api').spec.template;

  it('answers before its neighbour starts, and goes after it', () => {
    expect(spec.containers.map(({ name }: any) => name)).toEqual(['pooler', 'api']);
    const [pooler] = spec.containers;
    expect(pooler.lifecycle.postStart.exec.command.join(' ')).toContain('until nc -z 127.0.0.1 6432');
    expect(pooler.lifecycle.preStop.exec.command).toEqual(['sleep', '35']);
    expect(spec.terminationGracePeriodSeconds).toBe(35);
  });

  it('is the database as its neighbour sees it, and knows the real one itself', () => {
    expect(manifest(pooled, 'ConfigMap', 'api').data).toMatchObject({ DATABASE_HOST: '127.0.0.1', DATABASE_PORT: '6432' });
    expect(spec.containers[0].env).toContainEqual({ name: 'DB_HOST', value: 'database.internal' });
  });

  it('runs without root, with the login of its neighbour from a secret', () => {
    expect(spec.containers[0].securityContext).toMatchObject({ runAsUser: 70, runAsNonRoot: true, readOnlyRootFilesystem: true });
    expect(spec.volumes).toContainEqual({ name: 'pooler', emptyDir: { sizeLimit: '1Gi' } });
    expect(spec.containers[0].env).toContainEqual({
      name: 'DB_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'api-pooler', key: 'DB_PASSWORD' } },
    });
    expect(manifest(pooled, 'ExternalSecret', 'api-pooler').spec.data).toEqual([
      { secretKey: 'DB_PASSWORD', remoteRef: { key: 'arn:secret:role-app', property: 'password' } },
      { secretKey: 'DB_USER', remoteRef: { key: 'arn:secret:role-app', property: 'username' } },
    ]);
  });
});

describe('a worker from zero', () => {
  it('scales on its queue, and is not cut off in the middle of its work', () => {
    const { spec } = find('ScaledObject', 'runner');
    expect(spec).toMatchObject({
      minReplicaCount: 0,
      maxReplicaCount: 3,
      cooldownPeriod: 600,
      scaleTargetRef: { name: 'runner' },
    });
    expect(spec.triggers).toEqual([
      {
        type: 'aws-sqs-queue',
        metadata: { queueURL: 'https://sqs/work', queueLength: '2', awsRegion: 'eu-west-1', scaleOnInFlight: 'true' },
        authenticationRef: { name: 'aws' },
      },
    ]);
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy).toBe('Disabled');
    expect(pod('Deployment', 'runner').metadata.annotations['cluster-autoscaler.kubernetes.io/safe-to-evict']).toBe('false');
    expect(find('Deployment', 'runner').spec.replicas).toBeUndefined();
    expect(() => find('HorizontalPodAutoscaler', 'runner')).toThrow('0 HorizontalPodAutoscaler');
  });

  it('that rests above zero comes down in the ordinary way', () => {
    const input: any = structuredClone(example({ tier: 'kubernetes', queues: { work: {} } }));
    input.workers = {
      runner: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 1, max: 3 }, scaling: { queue: 'work' } },
    };
    const { spec } = manifest(manifestsOf(parseEnvironment(input)), 'ScaledObject', 'runner');
    expect(spec.minReplicaCount).toBe(1);
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy).toBe('Max');
  });
});

describe('a job', () => {
  it('runs at its times in UTC, one run at once, for as long as it may', () => {
    const { spec } = find('CronJob', 'sync');
    expect(spec).toMatchObject({ schedule: '0 2 * * 0', timeZone: 'Etc/UTC', suspend: false, concurrencyPolicy: 'Forbid' });
    expect(spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 900, backoffLimit: 1 });
    expect(spec.jobTemplate.spec.template.spec.restartPolicy).toBe('Never');
  });

  it('without a schedule is a template that never starts by itself', () => {
    expect(find('CronJob', 'migrate').spec.suspend).toBe(true);
    expect(find('CronJob', 'database-init').spec.suspend).toBe(true);
  });

  it('is tried again when its node goes, and not when its program fails', () => {
    expect(find('CronJob', 'migrate').spec.jobTemplate.spec.podFailurePolicy.rules).toEqual([
      { action: 'Count', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [0] } },
    ]);
  });
});

describe('the network', () => {
  const policy = (name: string): any => find('NetworkPolicy', name).spec;

  it('lets nobody talk to anybody', () => {
    expect(policy('default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('lets every pod reach names, HTTPS and its AWS credentials, and nothing else', () => {
    const { egress, policyTypes } = policy('common-egress');
    expect(policyTypes).toEqual(['Egress']);
    expect(egress.map(({ ports }: any) => ports.map(({ protocol, port }: any) => `${protocol} ${port}`))).toEqual([
      ['UDP 53', 'TCP 53'],
      ['TCP 443'],
      ['TCP 80'],
    ]);
    expect(egress[2].to).toEqual([{ ipBlock: { cidr: '169.254.170.23/32' } }]);
  });

  it('lets the load balancer in on the port of a routed service, and whoever uses data out to the data subnets', () => {
    const { network } = environment;
    expect(policy('api').ingress).toEqual([
      { from: network.subnets.public.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
    expect(policy('api').egress).toEqual([
      {
        to: network.subnets.isolated.map((cidr) => ({ ipBlock: { cidr } })),
        ports: [
          { protocol: 'TCP', port: 5432 },
          { protocol: 'TCP', port: 6379 },
        ],
      },
    ]);
    expect(policy('database-init').ingress).toBeUndefined();
    expect(policy('database-init').egress[0].ports).toEqual([{ protocol: 'TCP', port: 5432 }]);
    expect(() => policy('quiet')).toThrow('0 NetworkPolicy');
  });
});

describe('the door', () => {
  const { metadata, spec } = find('Ingress', 'public');
  const annotation = (name: string): string => metadata.annotations[`alb.ingress.kubernetes.io/${name}`];

  it('is a public load balancer of a fixed name that speaks HTTPS, and redirects', () => {
    expect(annotation('load-balancer-name')).toBe(ingressLoadBalancerName('shop-test'));
    expect(annotation('load-balancer-name').length).toBeLessThanOrEqual(32);
    expect(ingressLoadBalancerName('a-system-with-a-very-long-na')).toHaveLength(32);
    expect(JSON.parse(annotation('listen-ports'))).toEqual([{ HTTP: 80 }, { HTTPS: 443 }]);
    expect(annotation('ssl-redirect')).toBe('443');
    expect(annotation('certificate-arn')).toBe('arn:certificate');
    expect(annotation('ssl-policy')).toMatch(/TLS13-1-2/);
    expect(annotation('target-type')).toBe('ip');
    expect(annotation('subnets')).toBe('subnet-public-a,subnet-public-b');
    expect(annotation('tags')).toContain('environment=shop-test');
  });

  it('has the settings of the Fargate tier: logs, invalid headers, protection from deletion only under protect', () => {
    expect(annotation('load-balancer-attributes').split(',')).toEqual(
      expect.arrayContaining([
        'deletion_protection.enabled=true',
        'access_logs.s3.enabled=true',
        'access_logs.s3.bucket=shop-logs',
        'access_logs.s3.prefix=load-balancers',
        'routing.http.drop_invalid_header_fields.enabled=true',
      ]),
    );
    const open = manifest(manifestsOf(withApi(() => undefined)), 'Ingress', 'public').metadata.annotations;
    expect(open['alb.ingress.kubernetes.io/load-balancer-attributes']).toContain('deletion_protection.enabled=false');
  });

  it('names the web ACL when there is one', () => {
    const ingress = {
      certificateArn: 'arn:certificate',
      subnetIds: ['a'],
      logBucketName: 'logs',
      webAclArn: 'arn:acl',
      admits: { prefixListId: 'pl-1' },
    };
    const guarded = manifest(manifestsOf(environment, { ingress }), 'Ingress', 'public').metadata.annotations;
    expect(guarded['alb.ingress.kubernetes.io/wafv2-acl-arn']).toBe('arn:acl');
    expect(annotation('wafv2-acl-arn')).toBeUndefined();
  });

  it('admits everybody, or only those who stand before it: networks by their addresses, CloudFront by its prefix list', () => {
    const ofIngress = (admits: IngressSettings['admits']) => {
      const ingress = { certificateArn: 'arn:certificate', subnetIds: ['a'], logBucketName: 'logs', admits };
      const { annotations } = manifest(manifestsOf(environment, { ingress }), 'Ingress', 'public').metadata;
      return (name: string): string => annotations[`alb.ingress.kubernetes.io/${name}`];
    };
    expect(annotation('inbound-cidrs')).toBe('0.0.0.0/0');
    expect(ofIngress({ cidrs: ['192.0.2.0/24', '198.51.100.0/24'] })('inbound-cidrs')).toBe('192.0.2.0/24,198.51.100.0/24');
    const listed = ofIngress({ prefixListId: 'pl-1' });
    expect([listed('security-group-prefix-lists'), listed('inbound-cidrs')]).toEqual(['pl-1', undefined]);
    expect(JSON.parse(listed('listen-ports'))).toEqual([{ HTTPS: 443 }]);
  });

  it('keeps the order of priorities, and sends the rest to the default', () => {
    const routed = manifestsOf(
      withApi((api) => {
        api.routes = [
          { priority: 20, paths: ['/b/*', '/c'] },
          { priority: 10, host: 'shop.example', paths: ['/a*'] },
          { host: 'shop.example' },
          {},
        ];
      }),
    );
    const rules = manifest(routed, 'Ingress', 'public').spec.rules.map(({ host, http }: any) => [
      host,
      http.paths.map(({ path }: any) => path),
    ]);
    expect(rules).toEqual([
      ['shop.example', ['/a*']],
      [undefined, ['/b/*', '/c']],
      ['shop.example', ['/*']],
    ]);
    expect(spec.defaultBackend).toEqual({ service: { name: 'api', port: { number: 8080 } } });
    for (const { http } of spec.rules) for (const { pathType } of http.paths) expect(pathType).toBe('ImplementationSpecific');
  });

  it('judges each service by its own health settings, and only those with routes', () => {
    const annotations = find('Service', 'api').metadata.annotations;
    expect(annotations).toMatchObject({
      'alb.ingress.kubernetes.io/healthcheck-path': '/health',
      'alb.ingress.kubernetes.io/healthcheck-interval-seconds': '30',
      'alb.ingress.kubernetes.io/unhealthy-threshold-count': '3',
      'alb.ingress.kubernetes.io/success-codes': '200',
    });
    expect(find('Service', 'quiet').metadata.annotations).toBeUndefined();
    expect(find('Service', 'quiet').spec).toMatchObject({ type: 'ClusterIP', ports: [{ port: 9000, targetPort: 9000 }] });
  });

  it('is not there without routes', () => {
    const closed = withApi((api, input) => {
      api.routes = [];
      delete input.domain;
    });
    expect(manifestsOf(closed, { ingress: undefined }).ingress).toBeUndefined();
  });
});

describe('the namespace', () => {
  it('refuses pods with privileges', () => {
    expect(manifests.namespace.metadata).toMatchObject({
      name: 'shop',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
  });

  it('holds twice what runs at most, every job twice, and no load balancer beside the door', () => {
    // api 2*4*0.5, quiet 2*1*1, runner 2*3*0.25, sync 2*0.25, migrate 2*0.5, database-init 2*0.25, by hand 1.
    expect(manifests.quota.spec.hard).toMatchObject({
      'requests.cpu': '10500m',
      'limits.cpu': '10500m',
      pods: '26',
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });

  it('holds all of it: every object names the namespace', () => {
    for (const { kind, metadata } of manifestList(manifests))
      expect([kind, metadata.namespace]).toEqual([kind, kind === 'Namespace' ? undefined : 'shop']);
  });

  it('has no two objects of one kind and name', () => {
    const names = manifestList(manifests).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('quantities', () => {
  it.each([
    [0.25, '250m'],
    [0.1, '100m'],
    [1, '1'],
    [1.5, '1500m'],
    [16, '16'],
  ])('%d vCPUs are %s', (vcpu, text) => {
    expect(cpuQuantity(vcpu)).toBe(text);
  });

  it.each([
    [512, '512Mi'],
    [1024, '1Gi'],
    [1536, '1536Mi'],
    [8192, '8Gi'],
  ])('%d MiB are %s', (mib, text) => {
    expect(memoryQuantity(mib)).toBe(text);
  });
});

/** What Terraform makes of a template without references. */
function terraform(template: string): string {
  return template.replace(/([$%])\1(?=\{)/g, '$1');
}

/** What Kubernetes makes of a command (k8s.io/kubernetes, third_party/forked/golang/expansion); variables become VALUE. */
function expand(text: string): string {
  let expanded = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '$' || at + 1 === text.length) expanded += text.charAt(at);
    else if (text[at + 1] === '$') {
      expanded += '$';
      at += 1;
    } else if (text[at + 1] === '(' && text.includes(')', at)) {
      expanded += 'VALUE';
      at = text.indexOf(')', at);
    } else expanded += '$';
  }
  return expanded;
}
