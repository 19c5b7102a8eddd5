/** The objects of the namespace: the same containers as on every other tier, with as few rights as Kubernetes allows. */
import { parseEnvironment, type ResolvedEnvironment } from '../../../../src/config';
import { TLS_POLICY } from '../../../../src/config/tables/tls-policy';
import type { IngressSettings } from '../../../../src/tiers/kubernetes/workloads/context';
import { rollingUpdate } from '../../../../src/tiers/kubernetes/workloads/deployment';
import { ingressLoadBalancerName } from '../../../../src/tiers/kubernetes/workloads/ingress';
import { manifestList } from '../../../../src/tiers/kubernetes/workloads/manifests';
import { probesOf } from '../../../../src/tiers/kubernetes/workloads/probes';
import { cpuQuantity, kubernetesLiteral, memoryQuantity } from '../../../../src/tiers/kubernetes/workloads/notation';
import { example, rotatingLogin } from '../../../support/example';
import { manifest, manifestsOf, richKubernetes } from '../../../support/kubernetes';

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

/** The example with changes. */
function withApi(change: (api: any, input: any) => void): ResolvedEnvironment {
  const input: any = structuredClone(example({ tier: 'kubernetes' }));
  change(input.services.api, input);
  return parseEnvironment(input);
}

describe('every pod', () => {
  it.each(pods)('%s %s has no privileges and may write only to scratch space', (kind, name) => {
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

  it.each(pods)('%s %s has its own service account, and names the same log group as on every tier', (kind, name) => {
    expect(find('ServiceAccount', name).automountServiceAccountToken).toBe(false);
    expect(pod(kind, name).metadata.annotations).toMatchObject({
      'terrace.logs/group': `/shop/test/${name}`,
      'terrace.logs/stream-prefix': name,
    });
  });

  it('runs as the user of the description, by default as 1000', () => {
    expect(pod('Deployment', 'runner').spec.securityContext).toMatchObject({ runAsUser: 33, runAsGroup: 44, fsGroup: 44 });
    expect(pod('CronJob', 'database-init').spec.securityContext).toMatchObject({ runAsUser: 70, runAsGroup: 70 });
    expect(pod('Deployment', 'api').spec.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000 });
  });

  it('may write to its whole container only where the description allows it', () => {
    const open = manifestsOf(withApi((api) => Object.assign(api, { exec: true, writablePaths: ['/cache'] })));
    const [container] = manifest(open, 'Deployment', 'api').spec.template.spec.containers;
    expect(container.securityContext.readOnlyRootFilesystem).toBe(false);
    expect(container.volumeMounts).toBeUndefined();
    expect(pod('Deployment', 'api').spec.volumes).toEqual([{ name: 'scratch-0', emptyDir: { sizeLimit: '1Gi' } }]);
    expect(pod('Deployment', 'api').spec.containers[0].volumeMounts).toEqual([{ name: 'scratch-0', mountPath: '/tmp' }]);
  });

  it('avoids Spot nodes without a Spot share, and prefers them with one', () => {
    const expression = (operator: string) => ({
      matchExpressions: [{ key: 'eks.amazonaws.com/capacityType', operator, values: ['SPOT'] }],
    });
    expect(pod('Deployment', 'api').spec.affinity.nodeAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [expression('NotIn')] },
    });
    expect(pod('Deployment', 'runner').spec.affinity.nodeAffinity).toEqual({
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 60, preference: expression('In') }],
    });
    const little = manifestsOf(withApi((api) => (api.spotPercent = 1)));
    const { nodeAffinity } = manifest(little, 'Deployment', 'api').spec.template.spec.affinity;
    expect(nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight).toBe(1);
  });

  it('runs on nodes of its architecture', () => {
    expect(pod('Deployment', 'api').spec.nodeSelector).toEqual({ 'kubernetes.io/arch': 'amd64' });
    const arm = withApi((api, input) => {
      api.architecture = 'arm64';
      input.kubernetes = { nodes: { instanceTypes: ['t4g.medium'] } };
    });
    expect(manifest(manifestsOf(arm), 'Deployment', 'api').spec.template.spec.nodeSelector).toEqual({
      'kubernetes.io/arch': 'arm64',
    });
  });

  it('may be evicted from a node unless it is in the middle of some work', () => {
    const evictable = ([kind, name]: readonly [string, string]) =>
      pod(kind, name).metadata.annotations['cluster-autoscaler.kubernetes.io/safe-to-evict'];
    expect(pods.map((one) => [one[1], evictable(one)])).toEqual([
      ['api', 'true'],
      ['quiet', 'true'],
      ['runner', 'false'],
      ['sync', 'false'],
      ['migrate', 'false'],
      ['database-init', 'false'],
    ]);
  });
});

describe('a pod of a named node group', () => {
  const groups = manifestsOf(
    richKubernetes({
      kubernetes: {
        monitoring: 'prometheus',
        nodeGroups: { reports: { instanceTypes: ['t3.large'], capacity: 'spot', max: 2 } },
      },
      jobs: { sync: { image: 'worker', vcpu: 0.25, memoryMib: 512, nodeGroup: 'reports' } },
    }),
  );

  it('chooses the nodes of the group and tolerates their taint, whatever their capacity', () => {
    const { nodeSelector, tolerations, affinity } = manifest(groups, 'CronJob', 'sync').spec.jobTemplate.spec.template.spec;
    expect(nodeSelector).toEqual({ 'kubernetes.io/arch': 'amd64', 'terrace/node-group': 'reports' });
    expect(tolerations).toEqual([{ key: 'terrace/node-group', operator: 'Equal', value: 'reports', effect: 'NoSchedule' }]);
    expect(affinity).toBeUndefined();
  });

  it('is the only one that does', () => {
    const { nodeSelector, tolerations } = manifest(groups, 'Deployment', 'api').spec.template.spec;
    expect(nodeSelector).not.toHaveProperty('terrace/node-group');
    expect(tolerations).toBeUndefined();
  });
});

describe('metrics', () => {
  const withMetrics = (metrics: object | undefined) =>
    manifestsOf(
      withApi((api, input) => {
        input.kubernetes = { monitoring: 'prometheus' };
        api.metrics = metrics;
      }),
    );
  const prometheus = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
  };

  it('of a service are read by Prometheus, on a declared port, through the network policy', () => {
    const described = withMetrics({ port: 9102, path: '/actuator/prometheus' });
    expect(manifest(described, 'PodMonitor', 'api').spec).toEqual({
      jobLabel: 'app.kubernetes.io/name',
      selector: manifest(described, 'Deployment', 'api').spec.selector,
      podMetricsEndpoints: [{ portNumber: 9102, path: '/actuator/prometheus' }],
    });
    expect(manifest(described, 'Deployment', 'api').spec.template.spec.containers.at(-1).ports).toEqual([
      { name: 'http', containerPort: 8080, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9102, protocol: 'TCP' },
    ]);
    expect(manifest(described, 'NetworkPolicy', 'api').spec.ingress).toContainEqual({
      from: [prometheus],
      ports: [{ protocol: 'TCP', port: 9102 }],
    });
  });

  it('of a worker open no other port than theirs', () => {
    expect(find('PodMonitor', 'runner').spec.podMetricsEndpoints).toEqual([{ portNumber: 9090, path: '/metrics' }]);
    expect(find('NetworkPolicy', 'runner').spec).toMatchObject({
      policyTypes: ['Ingress'],
      ingress: [{ from: [prometheus], ports: [{ protocol: 'TCP', port: 9090 }] }],
    });
  });

  it('on the port of a service are on one declared port', () => {
    const { ports } = manifest(withMetrics({ port: 8080 }), 'Deployment', 'api').spec.template.spec.containers.at(-1);
    expect(ports).toEqual([{ name: 'http', containerPort: 8080, protocol: 'TCP' }]);
  });

  it('are not expected of a workload without them', () => {
    const without = withMetrics(undefined);
    expect(manifestList(without).map(({ kind }) => kind)).not.toContain('PodMonitor');
    expect(JSON.stringify(manifest(without, 'NetworkPolicy', 'api'))).not.toContain('monitoring');
  });
});

describe('every container', () => {
  it('requests CPU and memory', () => {
    const specs = manifestList(manifestsOf(richKubernetes())).flatMap(
      (one: any) => one.spec?.template?.spec ?? one.spec?.jobTemplate?.spec.template.spec ?? [],
    );
    expect(specs.length).toBeGreaterThan(4);
    for (const { containers } of specs)
      for (const { name, resources } of containers)
        expect([name, resources.requests]).toEqual([
          name,
          expect.objectContaining({ cpu: expect.any(String), memory: expect.any(String) }),
        ]);
  });
});

describe('the variables', () => {
  it('are the same as on Fargate: plain ones in a ConfigMap, which Kubernetes does not expand', () => {
    expect(find('ConfigMap', 'api').data).toEqual({
      CACHE_URL: 'rediss://${CACHE_HOST}:6379',
      DATABASE_HOST: '${DATABASE_HOST}',
      GREETING: 'pays ${cash} and $(more)',
      UPLOADS: environment.data.buckets[0]?.name,
    });
    expect(pod('Deployment', 'api').spec.containers[0].envFrom).toEqual([{ configMapRef: { name: 'api' } }]);
    expect(pod('Deployment', 'api').metadata.annotations['terrace/variables']).toBe('${HASH_OF_VARIABLES_OF_API}');
  });

  it('have no ConfigMap where there are no plain ones', () => {
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
      target: { name: 'api', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: [
        { secretKey: 'DATABASE_PASSWORD', remoteRef: { key: '${DATABASE_ROLE_APP_SECRET_ARN}', property: 'password' } },
        { secretKey: 'JWT_KEY', remoteRef: { key: '${SECRET_JWT_ARN}', property: 'signing-key' } },
        { secretKey: 'STRIPE', remoteRef: { key: '${SECRET_STRIPE_ARN}' } },
      ],
    });
    expect(find('SecretStore', 'secrets-manager').spec).toEqual({
      provider: { aws: { service: 'SecretsManager', region: 'eu-west-1' } },
    });
    expect(JSON.stringify(manifestList(manifests))).not.toContain('"Secret"');
  });

  it('hold the master login in no standing Secret: the job that uses it has it as an annotation, for the time of a run', () => {
    const standing = manifestList(manifests).filter(({ kind }) => kind === 'ExternalSecret');
    expect(JSON.stringify(standing)).not.toContain('DATABASE_MASTER_SECRET_ARN');
    const login = JSON.parse(find('CronJob', 'database-init').metadata.annotations['terrace/login']);
    expect(login).toMatchObject({ kind: 'ExternalSecret', metadata: { name: 'database-init', namespace: 'shop' } });
    expect(login.spec.target).toMatchObject({ name: 'database-init', creationPolicy: 'Owner' });
    expect(login.spec.data).toContainEqual({
      secretKey: 'PGPASSWORD',
      remoteRef: { key: '${DATABASE_MASTER_SECRET_ARN}', property: 'password' },
    });
    for (const name of ['sync', 'migrate']) expect(find('CronJob', name).metadata.annotations).toBeUndefined();
  });

  it('reach commands as they were written: Kubernetes does not expand them', () => {
    expect(pod('CronJob', 'migrate').spec.containers[0].args).toEqual(['sh', '-c', 'echo $$(date) $$$ ${HOME}']);
    for (const text of ['echo $(date) $$', '$$$(x)', '$', 'a$$(b', '$x $$y', "curl -w '%{code}' ${URL}"]) {
      expect(expand(kubernetesLiteral(text))).toBe(text);
    }
    expect(expand('echo $(date)')).not.toBe('echo $(date)');
  });

  it('keep entry point and command apart, as Docker and ECS do', () => {
    const changed = manifestsOf(withApi((api) => Object.assign(api, { entryPoint: ['/tini', '--'], command: ['serve'] })));
    expect(manifest(changed, 'Deployment', 'api').spec.template.spec.containers[0]).toMatchObject({
      command: ['/tini', '--'],
      args: ['serve'],
    });
    expect(pod('Deployment', 'api').spec.containers[0].command).toBeUndefined();
  });
});

describe('a service', () => {
  it('is probed on its health path: for long enough while it starts, regularly afterwards', () => {
    const [container] = pod('Deployment', 'api').spec.containers;
    const httpGet = { path: '/health', port: 8080, scheme: 'HTTP' };
    expect(container.startupProbe).toMatchObject({ httpGet, periodSeconds: 5, failureThreshold: 12 });
    expect(container.readinessProbe).toMatchObject({ httpGet, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 });
    expect(container.livenessProbe).toMatchObject({ httpGet, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 });
  });

  it('is probed by its own command where it has one, and has the longer of its two grace periods to start', () => {
    const health = {
      path: '/',
      matcher: '200',
      intervalSeconds: 10,
      timeoutSeconds: 3,
      healthyThreshold: 2,
      unhealthyThreshold: 4,
      startPeriodSeconds: 20,
      gracePeriodSeconds: 300,
    };
    const probes = probesOf({ port: 80, health: { ...health, command: 'test -f $(cat /where)' } });
    expect(probes.livenessProbe).toMatchObject({ exec: { command: ['sh', '-c', 'test -f $$(cat /where)'] } });
    expect(probes.livenessProbe.httpGet).toBeUndefined();
    expect(probes.startupProbe.failureThreshold).toBe(60);
    const { startupProbe } = probesOf({ port: 80, health: { ...health, startPeriodSeconds: 0, gracePeriodSeconds: 0 } });
    expect(startupProbe.failureThreshold).toBe(4);
  });

  it('leaves the load balancer before it stops, and then has its full time to stop', () => {
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

  it('is rolled with a quarter more pods, and with none missing unless the description allows it', () => {
    expect(find('Deployment', 'api').spec.strategy.rollingUpdate).toEqual({ maxSurge: '25%', maxUnavailable: '0%' });
    const roll = (minimumHealthyPercent: number, maximumPercent: number) =>
      rollingUpdate({ minimumHealthyPercent, maximumPercent, circuitBreaker: true });
    expect(roll(50, 150)).toEqual({ maxSurge: '25%', maxUnavailable: '50%' });
    expect(roll(50, 110)).toEqual({ maxSurge: '10%', maxUnavailable: '50%' });
    expect(roll(0, 100)).toEqual({ maxSurge: '0%', maxUnavailable: '100%' });
  });

  it('scales between its bounds on CPU and memory, and its Deployment then sets no number', () => {
    expect(find('Deployment', 'api').spec.replicas).toBeUndefined();
    const { spec } = find('HorizontalPodAutoscaler', 'api');
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'api' } });
    expect(spec.metrics.map((metric: any) => [metric.resource.name, metric.resource.target.averageUtilization])).toEqual([
      ['cpu', 70],
      ['memory', 80],
    ]);
    expect(spec.behavior.scaleUp.policies).toEqual([
      { type: 'Percent', value: 100, periodSeconds: 60 },
      { type: 'Pods', value: 4, periodSeconds: 60 },
    ]);
    expect(spec.behavior.scaleDown.stabilizationWindowSeconds).toBe(300);
  });

  it.each([
    [0, 15],
    [3600, 1800],
  ])(
    'scales out after a cool-down of %d seconds in periods of %d, which Kubernetes accepts',
    (scaleOutCooldownSeconds, period) => {
      const scaled = manifestsOf(withApi((api) => Object.assign(api.scaling, { scaleOutCooldownSeconds })));
      const { policies } = manifest(scaled, 'HorizontalPodAutoscaler', 'api').spec.behavior.scaleUp;
      expect(policies.map(({ periodSeconds }: any) => periodSeconds)).toEqual([period, period]);
    },
  );

  it('has no autoscaler where its number is fixed', () => {
    expect(find('Deployment', 'quiet').spec.replicas).toBe(1);
    expect(() => find('HorizontalPodAutoscaler', 'quiet')).toThrow('0 HorizontalPodAutoscaler');
  });

  it('is restarted when one of its secrets is rotated, and not otherwise', () => {
    const rotating = manifestsOf(withApi((_api, input) => Object.assign(input, rotatingLogin(input))));
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

  it('answers before the other container starts, and stops after it', () => {
    expect(spec.containers.map(({ name }: any) => name)).toEqual(['pooler', 'api']);
    const [pooler] = spec.containers;
    expect(pooler.lifecycle.postStart.exec.command.join(' ')).toContain('until nc -z 127.0.0.1 6432');
    expect(pooler.lifecycle.preStop.exec.command).toEqual(['sleep', '35']);
    expect(spec.terminationGracePeriodSeconds).toBe(35);
  });

  it('is the database of the other container, and itself connects to the real one', () => {
    expect(manifest(pooled, 'ConfigMap', 'api').data).toMatchObject({ DATABASE_HOST: '127.0.0.1', DATABASE_PORT: '6432' });
    expect(spec.containers[0].env).toContainEqual({ name: 'DB_HOST', value: '${DATABASE_HOST}' });
  });

  it('runs without root, with the login of the other container from a secret', () => {
    expect(spec.containers[0].securityContext).toMatchObject({ runAsUser: 70, runAsNonRoot: true, readOnlyRootFilesystem: true });
    expect(spec.volumes).toContainEqual({ name: 'pooler', emptyDir: { sizeLimit: '1Gi' } });
    expect(spec.containers[0].env).toContainEqual({
      name: 'DB_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'api-pooler', key: 'DB_PASSWORD' } },
    });
    expect(manifest(pooled, 'ExternalSecret', 'api-pooler').spec.data).toEqual([
      { secretKey: 'DB_PASSWORD', remoteRef: { key: '${DATABASE_ROLE_APP_SECRET_ARN}', property: 'password' } },
      { secretKey: 'DB_USER', remoteRef: { key: '${DATABASE_ROLE_APP_SECRET_ARN}', property: 'username' } },
    ]);
  });
});

describe('a pooler whose login is rotated', () => {
  it('restarts with the other container when either secret changes', () => {
    const rotating = withApi((api, input) => {
      api.pooler = { maxClientConnections: 100, poolSize: 5 };
      Object.assign(input, rotatingLogin(input));
    });
    expect(manifest(manifestsOf(rotating), 'Deployment', 'api').metadata.annotations).toEqual({
      'secret.reloader.stakater.com/reload': 'api,api-pooler',
    });
  });
});

describe('a worker that scales on a queue', () => {
  it('starts at zero, and is not interrupted in the middle of its work', () => {
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
        metadata: { queueURL: '${QUEUE_WORK_URL}', queueLength: '2', awsRegion: 'eu-west-1', scaleOnInFlight: 'true' },
        authenticationRef: { name: 'aws' },
      },
    ]);
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy).toBe('Disabled');
    expect(pod('Deployment', 'runner').metadata.annotations['cluster-autoscaler.kubernetes.io/safe-to-evict']).toBe('false');
    expect(find('Deployment', 'runner').spec.replicas).toBeUndefined();
    expect(() => find('HorizontalPodAutoscaler', 'runner')).toThrow('0 HorizontalPodAutoscaler');
  });

  it('scales in as usual where it keeps a pod', () => {
    const input: any = structuredClone(example({ tier: 'kubernetes', queues: { work: {} } }));
    input.workers = {
      runner: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 1, max: 3 }, scaling: { queue: 'work' } },
    };
    const { spec } = manifest(manifestsOf(parseEnvironment(input)), 'ScaledObject', 'runner');
    expect(spec.minReplicaCount).toBe(1);
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy).toBe('Max');
  });
});

describe('a worker that scales on a list in Redis', () => {
  const input: any = structuredClone(example({ tier: 'kubernetes' }));
  const worker = (scaling: object) => ({
    image: 'api',
    vcpu: 0.25,
    memoryMib: 512,
    replicas: { min: 0, max: 5 },
    environment: { REDIS_URL: { from: 'cache.url' } },
    scaling,
  });
  input.workers = { sidekiq: worker({ redisList: 'queue:default', redisDatabase: 3, entriesPerTask: 20 }) };
  const manifests = manifestsOf(parseEnvironment(input));

  it('follows its length over TLS, from zero, and removes no task while there are entries', () => {
    const { spec } = manifest(manifests, 'ScaledObject', 'sidekiq');
    expect(spec.triggers).toEqual([
      {
        type: 'redis',
        metadata: {
          address: expect.stringMatching(/:6379$/),
          enableTLS: 'true',
          listName: 'queue:default',
          listLength: '20',
          databaseIndex: '3',
        },
      },
    ]);
    expect(spec).toMatchObject({ minReplicaCount: 0, maxReplicaCount: 5, cooldownPeriod: 300 });
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy).toBe('Disabled');
    const { replicas, template } = manifest(manifests, 'Deployment', 'sidekiq').spec;
    expect(replicas).toBeUndefined();
    expect(template.metadata.annotations['cluster-autoscaler.kubernetes.io/safe-to-evict']).toBe('false');
  });

  it('needs no rights of AWS for that, and has the longest time to end', () => {
    expect(() => manifest(manifests, 'TriggerAuthentication', 'aws')).toThrow('0 TriggerAuthentication');
    expect(manifest(manifests, 'Deployment', 'sidekiq').spec.template.spec.terminationGracePeriodSeconds).toBe(
      find('Deployment', 'runner').spec.template.spec.terminationGracePeriodSeconds,
    );
  });
});

describe('a job', () => {
  it('runs on its schedule in UTC, one run at a time, within its time limit', () => {
    const { spec } = find('CronJob', 'sync');
    expect(spec).toMatchObject({ schedule: '0 2 * * 0', timeZone: 'Etc/UTC', suspend: false, concurrencyPolicy: 'Forbid' });
    expect(spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 900, backoffLimit: 1 });
    expect(spec.jobTemplate.spec.template.spec.restartPolicy).toBe('Never');
    expect(spec.jobTemplate.spec.template.spec.topologySpreadConstraints).toBeUndefined();
  });

  it('runs in the time zone of the environment, and next to the previous run, where the environment says so', () => {
    const input: any = structuredClone(example({ tier: 'kubernetes' }));
    const sync = { image: 'api', vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * *' };
    input.jobs = { sync: { ...sync, timezone: 'Europe/Berlin', concurrency: 'allow' } };
    const { spec } = manifest(manifestsOf(parseEnvironment(input)), 'CronJob', 'sync');
    expect(spec).toMatchObject({ schedule: '0 2 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Allow' });
  });

  it('skips runs that start too late, keeps the last three, and deletes finished ones after a week', () => {
    const { spec } = find('CronJob', 'sync');
    expect(spec).toMatchObject({ startingDeadlineSeconds: 600, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 });
    expect(spec.jobTemplate.spec.ttlSecondsAfterFinished).toBe(604_800);
  });

  it('without a schedule never starts by itself', () => {
    expect(find('CronJob', 'migrate').spec.suspend).toBe(true);
    expect(find('CronJob', 'database-init').spec.suspend).toBe(true);
  });

  it('is retried when it loses its node, and not when its program fails', () => {
    expect(find('CronJob', 'migrate').spec.jobTemplate.spec.podFailurePolicy.rules).toEqual([
      { action: 'Count', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [0] } },
    ]);
  });
});

describe('the network', () => {
  const policy = (name: string): any => find('NetworkPolicy', name).spec;

  it('denies everything by default', () => {
    expect(policy('default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('admits every pod to DNS, HTTPS and its AWS credentials, and to nothing else', () => {
    const { egress, policyTypes } = policy('common-egress');
    expect(policyTypes).toEqual(['Egress']);
    expect(egress.map(({ ports }: any) => ports.map(({ protocol, port }: any) => `${protocol} ${port}`))).toEqual([
      ['UDP 53', 'TCP 53'],
      ['TCP 443'],
      ['TCP 80'],
    ]);
    expect(egress[2].to).toEqual([{ ipBlock: { cidr: '169.254.170.23/32' } }]);
  });

  it('admits the load balancer to the port of a routed service, and pods that use data to the data subnets', () => {
    const { network } = environment;
    expect(policy('api').ingress).toEqual([
      { from: network.subnets.public.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
    expect(policy('api').policyTypes).toEqual(['Ingress', 'Egress']);
    expect(policy('api').egress).toEqual([
      {
        to: network.subnets.isolated.map((cidr) => ({ ipBlock: { cidr } })),
        ports: [
          { protocol: 'TCP', port: 5432 },
          { protocol: 'TCP', port: 6379 },
        ],
      },
    ]);
    expect(policy('database-init').policyTypes).toEqual(['Egress']);
    expect(policy('database-init').ingress).toBeUndefined();
    expect(policy('database-init').egress[0].ports).toEqual([{ protocol: 'TCP', port: 5432 }]);
    expect(() => policy('quiet')).toThrow('0 NetworkPolicy');
  });
});

describe('the ingress', () => {
  const { metadata, spec } = find('Ingress', 'public');
  const annotation = (name: string): string => metadata.annotations[`alb.ingress.kubernetes.io/${name}`];

  it('is a public load balancer of a fixed name with HTTPS, and redirects to it', () => {
    expect(annotation('load-balancer-name')).toBe(ingressLoadBalancerName('shop-test'));
    expect(annotation('load-balancer-name').length).toBeLessThanOrEqual(32);
    expect(ingressLoadBalancerName('a-system-with-a-very-long-na')).toHaveLength(32);
    expect(JSON.parse(annotation('listen-ports'))).toEqual([{ HTTP: 80 }, { HTTPS: 443 }]);
    expect(annotation('ssl-redirect')).toBe('443');
    expect(annotation('certificate-arn')).toBe('${CERTIFICATE_ARN}');
    expect(annotation('ssl-policy')).toBe(TLS_POLICY);
    expect(annotation('target-type')).toBe('ip');
    expect(annotation('subnets')).toBe('${PUBLIC_SUBNET_IDS}');
    expect(annotation('tags')).toContain('environment=shop-test');
  });

  it('has the settings of the Fargate tier: logs, invalid headers, protection from deletion only under protect', () => {
    expect(annotation('load-balancer-attributes').split(',')).toEqual(
      expect.arrayContaining([
        'deletion_protection.enabled=true',
        'access_logs.s3.enabled=true',
        `access_logs.s3.bucket=${environment.data.buckets.find(({ key }) => key === 'access-logs')?.name}`,
        'access_logs.s3.prefix=load-balancers',
        'routing.http.drop_invalid_header_fields.enabled=true',
      ]),
    );
    const open = manifest(manifestsOf(withApi(() => undefined)), 'Ingress', 'public').metadata.annotations;
    expect(open['alb.ingress.kubernetes.io/load-balancer-attributes']).toContain('deletion_protection.enabled=false');
  });

  it('has the environment’s tags, except those that an annotation cannot express', () => {
    const tagged = withApi((_api, input) => (input.tags = { team: 'shop', query: 'a=b' }));
    const { annotations } = manifest(manifestsOf(tagged), 'Ingress', 'public').metadata;
    const tags = annotations['alb.ingress.kubernetes.io/tags'].split(',');
    expect(tags).toContain('team=shop');
    expect(tags.filter((tag: string) => /query|^b$/.test(tag))).toEqual([]);
  });

  const ofIngress = (changes: Partial<IngressSettings>) => {
    const settings: IngressSettings = {
      scheme: 'internet-facing',
      certificateArn: 'arn:certificate',
      subnetIds: ['a', 'b'],
      logBucketName: 'logs',
      idleTimeoutSeconds: 60,
      admits,
      ...changes,
    };
    const { annotations } = manifest(manifestsOf(environment, { ingress: settings }), 'Ingress', 'public').metadata;
    return (name: string): string => annotations[`alb.ingress.kubernetes.io/${name}`];
  };
  const admits = { kind: 'networks', cidrs: ['192.0.2.0/24', '198.51.100.0/24'] } as const;

  it('is in all public subnets, and names the web ACL when there is one', () => {
    expect(ofIngress({})('subnets')).toBe('a,b');
    expect(ofIngress({ webAclArn: 'arn:acl' })('wafv2-acl-arn')).toBe('arn:acl');
    expect(annotation('wafv2-acl-arn')).toBeUndefined();
  });

  it('admits everybody, or only the proxies in front of it: networks by address, CloudFront by its prefix list', () => {
    expect(annotation('inbound-cidrs')).toBe('0.0.0.0/0');
    expect(ofIngress({})('inbound-cidrs')).toBe('192.0.2.0/24,198.51.100.0/24');
    const listed = ofIngress({ admits: { kind: 'prefix-list', id: 'pl-1' } });
    expect([listed('security-group-prefix-lists'), listed('inbound-cidrs')]).toEqual(['pl-1', undefined]);
    expect(JSON.parse(listed('listen-ports'))).toEqual([{ HTTPS: 443 }]);
    expect(listed('ssl-redirect')).toBeUndefined();
  });

  it('answers only the known names, where CloudFront of other customers can reach it', () => {
    const settings: IngressSettings = {
      scheme: 'internet-facing',
      certificateArn: 'arn:certificate',
      subnetIds: ['a', 'b'],
      logBucketName: 'logs',
      idleTimeoutSeconds: 60,
      admits: { kind: 'prefix-list', id: 'pl-1' },
      knownHosts: ['shop.example', 'www.shop.example'],
    };
    const { spec } = manifest(manifestsOf(environment, { ingress: settings }), 'Ingress', 'public');
    expect(spec.defaultBackend).toBeUndefined();
    expect(new Set(spec.rules.map(({ host }: any) => host))).toEqual(new Set(settings.knownHosts));
  });

  it('keeps the order of priorities, and routes everything else to the default', () => {
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

  it('checks each service with routes by its own health settings', () => {
    const annotations = find('Service', 'api').metadata.annotations;
    expect(annotations).toMatchObject({
      'alb.ingress.kubernetes.io/healthcheck-path': '/health',
      'alb.ingress.kubernetes.io/healthcheck-interval-seconds': '30',
      'alb.ingress.kubernetes.io/unhealthy-threshold-count': '3',
      'alb.ingress.kubernetes.io/success-codes': '200',
      'alb.ingress.kubernetes.io/target-group-attributes': 'deregistration_delay.timeout_seconds=30',
    });
    expect(find('Service', 'quiet').metadata.annotations).toBeUndefined();
    expect(find('Service', 'quiet').spec).toMatchObject({ type: 'ClusterIP', ports: [{ port: 9000, targetPort: 9000 }] });
  });

  it('does not exist without routes', () => {
    const closed = withApi((api, input) => {
      api.routes = [];
      delete input.domain;
    });
    expect(manifestsOf(closed).ingress).toBeUndefined();
  });
});

describe('the namespace', () => {
  it('refuses pods with privileges', () => {
    expect(manifests.namespace.metadata).toMatchObject({
      name: 'shop',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
  });

  it('makes a pod ready only once the load balancer finds it healthy', () => {
    expect(manifests.namespace.metadata.labels).toMatchObject({ 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' });
  });

  it('gives containers without resources a small size, which the quota then admits', () => {
    const size = { cpu: '250m', memory: '256Mi' };
    expect(manifests.limits.spec.limits).toEqual([{ type: 'Container', default: size, defaultRequest: size }]);
  });

  it('admits twice the maximum of pods, two runs of each job, and no other load balancer', () => {
    // api 2*4*0.5, quiet 2*1*1, runner 2*3*0.25, sync 2*0.25, migrate 2*0.5, database-init 2*0.25, by hand 1.
    expect(manifests.quota.spec.hard).toMatchObject({
      'requests.cpu': '10500m',
      'limits.cpu': '10500m',
      pods: '26',
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });

  it('is the namespace of every object', () => {
    for (const { kind, metadata } of manifestList(manifests))
      expect([kind, metadata.namespace]).toEqual([kind, kind === 'Namespace' ? undefined : 'shop']);
  });

  it('never has two objects of one kind and name', () => {
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

/** Kubernetes' expansion of a command (k8s.io/kubernetes, third_party/forked/golang/expansion); variables become VALUE. */
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
