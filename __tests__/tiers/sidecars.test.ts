/** Sidecars of services and workers, on the tiers that have them. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { example } from '../support/example';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { synthEnvironment, type RootModule } from '../support/synth';

type Service = NonNullable<EnvironmentInput['services']>[string];
type Sidecar = NonNullable<Service['sidecars']>[string];

const proxy: Sidecar = { image: { pinned: 'docker.io/envoyproxy/envoy:v1.35.0' }, vcpu: 0.1, memoryMib: 128 };

/** The example whose service has these sidecars. */
function beside(sidecars: Record<string, Sidecar>, changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  const { api } = example().services ?? {};
  return example({ services: { api: { ...api!, sidecars } }, ...changes });
}

/** The example on Kubernetes whose service has these sidecars. */
function podOf(sidecars: Record<string, Sidecar>, changes: Partial<EnvironmentInput> = {}) {
  const { services } = beside(sidecars);
  const manifests = manifestsOf(richKubernetes({ services, ...changes }));
  const { spec } = manifest(manifests, 'Deployment', 'api').spec.template;
  const container = (name: string): any => spec.containers.find((one: any) => one.name === name);
  return { manifests, spec, container, names: spec.containers.map(({ name }: any) => name) };
}

const computed = (input: EnvironmentInput): RootModule =>
  synthEnvironment(parseEnvironment(input))['shop-test-compute-fargate'] as RootModule;

/** The containers of the service's task, by name. */
function taskOf(input: EnvironmentInput) {
  const module = computed(input);
  const definition = module.resource?.aws_ecs_task_definition?.['service-api_task_definition'] as any;
  const containers: any[] = JSON.parse(definition.container_definitions);
  return {
    module,
    definition,
    names: containers.map(({ name }) => name),
    container: (name: string) => containers.find((one) => one.name === name),
  };
}

describe('a sidecar on Fargate', () => {
  test('is a part of the task, with its own image, size, command and ports', () => {
    const { definition, names, container } = taskOf(
      beside({ proxy: { ...proxy, command: ['--fast'], entryPoint: ['/envoy'], ports: [9901], user: '101:101' } }),
    );
    expect(names).toEqual(['api', 'proxy']);
    expect(definition).toMatchObject({ cpu: '512', memory: '1024' });
    expect(container('proxy')).toMatchObject({
      image: 'docker.io/envoyproxy/envoy:v1.35.0',
      essential: true,
      cpu: 102,
      memory: 128,
      command: ['--fast'],
      entryPoint: ['/envoy'],
      user: '101:101',
      portMappings: [{ containerPort: 9901, hostPort: 9901, protocol: 'tcp' }],
      readonlyRootFilesystem: true,
      privileged: false,
    });
    expect(container('proxy').restartPolicy).toBeUndefined();
    expect(container('proxy').logConfiguration.options).toMatchObject({ 'awslogs-stream-prefix': 'proxy' });
  });

  test('is waited for as its description says', () => {
    const dependsOn = (changes: Partial<Sidecar>) =>
      taskOf(beside({ proxy: { ...proxy, ...changes } })).container('api').dependsOn;
    expect(dependsOn({})).toEqual([{ containerName: 'proxy', condition: 'START' }]);
    expect(dependsOn({ waitFor: 'healthy', health: { command: 'true' } })).toEqual([
      { containerName: 'proxy', condition: 'HEALTHY' },
    ]);
    expect(dependsOn({ waitFor: 'nothing' })).toBeUndefined();
  });

  test('is started again alone where the task does not depend on it', () => {
    expect(taskOf(beside({ proxy: { ...proxy, essential: false } })).container('proxy')).toMatchObject({
      essential: false,
      restartPolicy: { enabled: true },
    });
  });

  test('has its own variables and secrets, which the execution role may read, and the network that they need', () => {
    const own = { environment: { LEVEL: 'info', HOST: { from: 'cache.host' } as const }, secrets: ['PROXY_KEY'] };
    const policies = (module: RootModule) => JSON.stringify(module.resource?.aws_iam_role_policy);
    const ports = (module: RootModule) =>
      Object.values(module.resource?.aws_vpc_security_group_egress_rule ?? {}).map(({ from_port }: any) => from_port);
    const { module, container } = taskOf(beside({ proxy: { ...proxy, ...own } }));
    expect(container('proxy').environment).toEqual([
      { name: 'HOST', value: expect.stringContaining('cache.host') },
      { name: 'LEVEL', value: 'info' },
    ]);
    expect(container('proxy').secrets).toEqual([{ name: 'PROXY_KEY', valueFrom: expect.stringContaining('proxy-key') }]);
    expect(container('api').secrets.map(({ name }: any) => name)).toEqual(['DATABASE_PASSWORD']);
    expect(policies(module)).toContain('secrets.proxy-key.arn');
    expect(ports(module)).toContain(6379);
    const { module: without } = taskOf(beside({ proxy }));
    expect(policies(without)).not.toContain('proxy-key');
    expect(ports(without)).not.toContain(6379);
  });

  test('has scratch space that no other container mounts', () => {
    const { definition, container } = taskOf(beside({ proxy: { ...proxy, writablePaths: ['/tmp', '/cache'] } }));
    expect(definition.volume.map(({ name }: any) => name)).toEqual([
      'scratch--tmp',
      'proxy-scratch--tmp',
      'proxy-scratch--cache',
    ]);
    expect(container('proxy').mountPoints.map(({ sourceVolume }: any) => sourceVolume)).toEqual([
      'proxy-scratch--tmp',
      'proxy-scratch--cache',
    ]);
  });

  test('is absent from tasks without one', () => {
    const { names, container } = taskOf(example());
    expect(names).toEqual(['api']);
    expect(container('api').dependsOn).toBeUndefined();
  });
});

describe('a sidecar on Kubernetes', () => {
  test('is a container of the pod, in addition to the size of its workload, and not root', () => {
    const { container } = podOf({ proxy: { ...proxy, command: ['--fast', '$(HOST)'], ports: [9901] } });
    expect(container('proxy')).toMatchObject({
      image: 'docker.io/envoyproxy/envoy:v1.35.0',
      args: ['--fast', '$$(HOST)'],
      ports: [{ containerPort: 9901, protocol: 'TCP' }],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '100m', memory: '128Mi' } },
      securityContext: { runAsNonRoot: true, runAsUser: 1000, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'proxy-scratch-0', mountPath: '/tmp' }],
    });
    expect(container('api').resources.requests.cpu).toBe('500m');
  });

  test('comes before the container that waits for it, and after one that does not', () => {
    expect(podOf({ proxy }).names).toEqual(['proxy', 'api']);
    expect(podOf({ proxy: { ...proxy, waitFor: 'nothing' } }).names).toEqual(['api', 'proxy']);
    const health = { command: 'nc -z 127.0.0.1 $PORT', intervalSeconds: 5, unhealthyThreshold: 2, startPeriodSeconds: 20 };
    const healthy = podOf({ proxy: { ...proxy, waitFor: 'healthy', health } });
    expect(healthy.names).toEqual(['proxy', 'api']);
    expect(healthy.container('proxy').lifecycle.postStart.exec.command).toEqual([
      'timeout',
      '30',
      'sh',
      '-c',
      'until nc -z 127.0.0.1 $PORT; do sleep 1; done',
    ]);
    expect(podOf({ proxy: { ...proxy, health } }).container('proxy').lifecycle.postStart).toBeUndefined();
  });

  test('decides with its check whether the pod is ready, unless it is not essential', () => {
    const probes = (essential: boolean) => {
      const { readinessProbe, livenessProbe } = podOf({ proxy: { ...proxy, essential, health: { command: 'true' } } }).container(
        'proxy',
      );
      return [readinessProbe?.exec.command, livenessProbe?.exec.command];
    };
    const check = ['sh', '-c', 'true'];
    expect(probes(true)).toEqual([check, check]);
    expect(probes(false)).toEqual([undefined, check]);
  });

  test('has its own variables, and secrets from a secret of its own', () => {
    const { manifests, container } = podOf({
      proxy: { ...proxy, environment: { LEVEL: '$(x)', HOST: { from: 'cache.host' } }, secrets: ['PROXY_KEY'] },
    });
    expect(container('proxy').env).toEqual([
      { name: 'HOST', value: '${CACHE_HOST}' },
      { name: 'LEVEL', value: '$$(x)' },
      { name: 'PROXY_KEY', valueFrom: { secretKeyRef: { name: 'api.proxy', key: 'PROXY_KEY' } } },
    ]);
    expect(container('proxy').envFrom).toBeUndefined();
    const { data } = manifest(manifests, 'ExternalSecret', 'api.proxy').spec;
    expect(data).toEqual([{ secretKey: 'PROXY_KEY', remoteRef: { key: '${SECRET_PROXY_KEY_ARN}', property: undefined } }]);
  });

  test('is the same in the resources of Terraform', () => {
    const health = { command: 'true' };
    const { services } = beside({
      proxy: { ...proxy, ports: [9901], environment: { LEVEL: 'info' }, waitFor: 'healthy', health },
    });
    const module = synthEnvironment(richKubernetes({ services }))['shop-test-workloads'] as RootModule;
    const [deployment] = Object.entries(module.resource?.kubernetes_deployment_v1 ?? {}).flatMap(([id, block]) =>
      id.startsWith('service-api') ? [block as any] : [],
    );
    const [sidecar, api] = deployment.spec.template.spec.container;
    expect([sidecar.name, api.name]).toEqual(['proxy', 'api']);
    expect(sidecar).toMatchObject({
      env: [{ name: 'LEVEL', value: 'info' }],
      port: [{ container_port: 9901 }],
      liveness_probe: { exec: { command: ['sh', '-c', 'true'] } },
      lifecycle: { post_start: [{ exec: { command: expect.arrayContaining(['timeout']) } }] },
    });
  });

  test('counts in the quota of the namespace, with twice as many pods as there may be', () => {
    const cpu = (sidecars: Record<string, Sidecar>) => {
      const { hard } = manifest(podOf(sidecars).manifests, 'ResourceQuota', 'total').spec;
      const text: string = hard['requests.cpu'];
      return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;
    };
    expect(cpu({ proxy }) - cpu({})).toBe(2 * 2 * 100);
  });
});
