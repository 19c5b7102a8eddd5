/** Tasks and services on Fargate: what runs, with which rights, reachable by whom. */
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import { Testing } from 'cdktf';
import type { Construct } from 'constructs';
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../../src/config';
import type { ResolvedJob, ResolvedService, ResolvedWorker } from '../../../src/config/resolved/environment';
import { environmentFacts } from '../../../src/modules/containers/variable-values';
import { FargateCluster } from '../../../src/tiers/fargate/cluster';
import { PGBOUNCER_IMAGE } from '../../../src/config/tables/third-party-images';
import { databaseTunnelCommand, redeployCommand, shellCommand, waitCommand } from '../../../src/tiers/fargate/commands';
import { containerDefinitions, type ContainerDefinition } from '../../../src/tiers/fargate/container-definitions';
import { executionStatements } from '../../../src/tiers/fargate/execution-role';
import { Images } from '../../../src/modules/containers/images';
import { FargateJob } from '../../../src/tiers/fargate/job';
import { poolerSidecar } from '../../../src/modules/containers/pooler';
import { capacityStrategy, FargateService } from '../../../src/tiers/fargate/service';
import type { BalancerTarget } from '../../../src/modules/load-balancer/balancer-targets';
import { example } from '../../support/example';
import { dataHandover, KEY_ARN, networkHandover } from '../../support/handovers';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../../support/synth';

type WorkerInput = NonNullable<EnvironmentInput['workers']>[string];
type ServiceInput = NonNullable<EnvironmentInput['services']>[string];
const api = (example().services as Record<string, ServiceInput>).api as ServiceInput;
const DATABASE = { placement: 'managed' as const, version: '16' as const, name: 'shop', instanceClass: 'db.t4g.medium' };
const BALANCER: BalancerTarget = {
  arn: 'arn:target',
  arnSuffix: 'targetgroup/api',
  balancerSecurityGroupId: 'sg-balancer',
  reachedBy: [],
};

/** An environment whose only service is the example's, changed. */
function withService(changes: Partial<ServiceInput> = {}, sections: Partial<EnvironmentInput> = {}): ResolvedEnvironment {
  return parseEnvironment(example({ services: { api: { ...api, ...changes } }, ...sections }));
}

function contextIn(stack: Construct, environment: ResolvedEnvironment, handover = dataHandover(environment)) {
  return {
    environment: environment.identity.environment,
    clusterName: 'shop',
    region: environment.identity.region,
    accountId: '123456789012',
    secretPath: '/shop/test',
    data: environment.data,
    handover,
    facts: environmentFacts(environment.identity, environment.data, handover, {}),
    images: new Images(stack, 'image', handover.images),
    execLogGroupArn: 'arn:log-group:shells',
  };
}

function run(
  environment: ResolvedEnvironment,
  workload: ResolvedService | ResolvedWorker,
  target?: BalancerTarget,
  keyArn?: string,
): RootModule {
  return synthModule((stack) => {
    new FargateService(stack, 'it', {
      context: contextIn(stack, environment, { ...dataHandover(environment), keyArn }),
      cluster: { arn: 'arn:cluster', ready: [] },
      network: networkHandover(environment),
      workload,
      target,
    });
  });
}

function runService(changes: Partial<ServiceInput> = {}, sections: Partial<EnvironmentInput> = {}, keyArn?: string): RootModule {
  const environment = withService(changes, sections);
  return run(environment, environment.workloads.services[0] as ResolvedService, BALANCER, keyArn);
}

function runWorker(changes: Partial<WorkerInput> = {}): RootModule {
  const mail = {
    image: 'api',
    vcpu: 0.25,
    memoryMib: 512,
    replicas: { min: 0, max: 3 },
    scaling: { queue: 'mail' },
    ...changes,
  };
  const environment = parseEnvironment(example({ queues: { mail: {} }, workers: { mail } }));
  return run(environment, environment.workloads.workers[0] as ResolvedWorker);
}

const containersOf = (module: RootModule) =>
  JSON.parse(theOnly(module, 'aws_ecs_task_definition').container_definitions) as readonly ContainerDefinition[];
const containerOf = (module: RootModule) => containersOf(module)[0] as ContainerDefinition;
const policyOf = (module: RootModule, role: 'execution' | 'application') =>
  JSON.parse(module.resource?.aws_iam_role_policy?.[`it_task_${role}_policy`]?.policy ?? '{"Statement":[]}')
    .Statement as readonly Record<string, any>[];
const rules = (module: RootModule, direction: 'ingress' | 'egress') =>
  resourcesOf(module, `aws_vpc_security_group_${direction}_rule`).map(
    ({ security_group_id, from_port, referenced_security_group_id, cidr_ipv4 }) => [
      security_group_id,
      from_port,
      referenced_security_group_id ?? cidr_ipv4,
    ],
  );
const TASKS = '${aws_security_group.it_security_tasks_group.id}';

describe('container', () => {
  test('secrets are injected by ARN and JSON key, never as environment values', () => {
    const container = containerOf(runService());
    expect(container.secrets).toEqual([{ name: 'DATABASE_PASSWORD', valueFrom: 'arn:secret:role-app:password::' }]);
    expect(container.environment).toEqual([{ name: 'DATABASE_HOST', value: 'database.internal' }]);
  });

  test('a secret without JSON keys is injected whole', () => {
    const environment = { TOKEN: { secret: 'token' } };
    const container = containerOf(runService({ environment }, { secrets: { token: { description: 'a token' } } }));
    expect(container.secrets).toEqual([{ name: 'TOKEN', valueFrom: 'arn:secret:token' }]);
  });

  test('variables are sorted, so that ECS gives back the same JSON', () => {
    const container = containerOf(runService({ environment: { ZONE: 'z', ALPHA: 'a' } }));
    expect(container.environment.map(({ name }) => name)).toEqual(['ALPHA', 'ZONE']);
  });

  test('the image is what the last release wrote, or the pinned one', () => {
    const released = runService();
    expect(containerOf(released).image).toBe('${data.aws_ssm_parameter.image_api.insecure_value}');
    expect(released.data?.aws_ssm_parameter?.image_api).toMatchObject({ name: '/shop/test/images/api' });
    const pinned = runService({ image: { pinned: 'public.ecr.aws/nginx/nginx:1.27' } });
    expect(containerOf(pinned).image).toBe('public.ecr.aws/nginx/nginx:1.27');
    expect(pinned.data?.aws_ssm_parameter).toBeUndefined();
  });

  test('it has the time to stop that the description gives it, and its sidecars have the same', () => {
    const pooler = { maxClientConnections: 100, poolSize: 10 };
    const timeouts = (changes: Partial<ServiceInput>) => containersOf(runService(changes)).map(({ stopTimeout }) => stopTimeout);
    expect(timeouts({ stopTimeoutSeconds: 120, pooler })).toEqual([120, 120]);
    expect(timeouts({ stopTimeoutSeconds: 7 })).toEqual([7]);
    expect(timeouts({})).toEqual([30]);
  });

  test('the root file system is read-only, with scratch space where the process writes', () => {
    const module = runService({ writablePaths: ['/tmp', '/var/cache/app.d'] });
    expect(containerOf(module).readonlyRootFilesystem).toBe(true);
    expect(containerOf(module).mountPoints).toEqual([
      { sourceVolume: 'scratch--tmp', containerPath: '/tmp', readOnly: false },
      { sourceVolume: 'scratch--var--cache--app_d', containerPath: '/var/cache/app.d', readOnly: false },
    ]);
    expect(theOnly(module, 'aws_ecs_task_definition').volume).toEqual([
      { name: 'scratch--tmp' },
      { name: 'scratch--var--cache--app_d' },
    ]);
  });

  test('with exec the root file system is writable, and there is no scratch space', () => {
    const module = runService({ exec: true });
    expect(containerOf(module).readonlyRootFilesystem).toBe(false);
    expect(containerOf(module).mountPoints).toEqual([]);
    expect(theOnly(module, 'aws_ecs_task_definition').volume).toBeUndefined();
  });

  test('nothing is privileged, and every container has an init process', () => {
    for (const container of containersOf(runService({ pooler: { maxClientConnections: 100, poolSize: 25 } }))) {
      expect(container).toMatchObject({ privileged: false, linuxParameters: { initProcessEnabled: true } });
    }
  });

  test('the check inside the container has the timings of the description; without a command there is none', () => {
    const health = {
      path: '/health',
      command: "curl -f -w '%{http_code}' localhost:8080/health",
      intervalSeconds: 120,
      timeoutSeconds: 90,
      unhealthyThreshold: 4,
      startPeriodSeconds: 45,
    };
    expect(containerOf(runService({ health })).healthCheck).toEqual({
      command: ['CMD-SHELL', "curl -f -w '%%{http_code}' localhost:8080/health"],
      interval: 120,
      timeout: 60,
      retries: 4,
      startPeriod: 45,
    });
    expect(containerOf(runService()).healthCheck).toBeUndefined();
  });

  test('logs go to the group and under the prefix of the description', () => {
    const { logConfiguration } = containerOf(runService({ logGroup: '/ecs/shop', logStreamPrefix: 'ecs' }));
    expect(logConfiguration).toEqual({
      logDriver: 'awslogs',
      options: { 'awslogs-group': '/ecs/shop', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'ecs' },
    });
  });

  test('what a person wrote in a command is not read by Terraform', () => {
    expect(containerOf(runService({ command: ['sh', '-c', 'echo ${HOME}'] })).command).toEqual(['sh', '-c', 'echo $${HOME}']);
  });

  test('a file system is mounted encrypted, through its access point, with the task role', () => {
    const mounts = [{ fileSystem: 'files', accessPoint: 'shared', path: '/data' }];
    const module = runService({ mounts }, { fileSystems: { files: { accessPoints: { shared: { path: '/shared' } } } } });
    expect(theOnly(module, 'aws_ecs_task_definition').volume).toContainEqual({
      name: 'files-shared',
      efs_volume_configuration: {
        file_system_id: 'fs-files',
        transit_encryption: 'ENABLED',
        authorization_config: { access_point_id: 'fsap-shared', iam: 'ENABLED' },
      },
    });
    expect(containerOf(module).mountPoints).toContainEqual({
      sourceVolume: 'files-shared',
      containerPath: '/data',
      readOnly: false,
    });
    expect(rules(module, 'egress')).toContainEqual([TASKS, 2049, 'sg-files']);
  });
});

describe('task', () => {
  test('it has a size that Fargate sells, in its units', () => {
    expect(theOnly(runService({ vcpu: 0.25, memoryMib: 512, architecture: 'arm64' }), 'aws_ecs_task_definition')).toMatchObject({
      cpu: '256',
      memory: '512',
      network_mode: 'awsvpc',
      requires_compatibilities: ['FARGATE'],
      runtime_platform: { operating_system_family: 'LINUX', cpu_architecture: 'ARM64' },
    });
  });

  test('a release never fights Terraform, and the revision before it stays for a rollback', () => {
    expect(theOnly(runService(), 'aws_ecs_task_definition')).toMatchObject({ track_latest: true, skip_destroy: true });
  });

  test('the execution role may read exactly the secrets of its task', () => {
    const read = policyOf(runService({}, { secrets: { other: { description: 'of another container' } } }), 'execution').filter(
      ({ Action }) => Action.includes('secretsmanager:GetSecretValue'),
    );
    expect(read.map(({ Resource }) => Resource)).toEqual([['arn:secret:role-app']]);
    expect(JSON.stringify(policyOf(runService({ environment: {} }), 'execution'))).not.toContain('secretsmanager');
  });

  test('the execution role pulls from one repository and writes to one log group', () => {
    const statements = executionStatements(
      { repositoryArns: ['arn:repository:api'], logGroupArn: 'arn:logs', secretArns: [] },
      {
        region: 'eu-west-1',
        handover: dataHandover(withService()),
      },
    );
    expect(statements.map(({ resources }) => resources)).toEqual([['*'], ['arn:repository:api'], ['arn:logs:*']]);
    expect(statements[0]?.actions).toEqual(['ecr:GetAuthorizationToken']);
    expect(JSON.stringify(policyOf(runService({ image: { pinned: 'docker.io/library/nginx:1' } }), 'execution'))).not.toContain(
      'ecr:',
    );
  });

  test('an image pinned in ECR may be pulled, from that repository', () => {
    const module = runService({ image: { pinned: '210987654321.dkr.ecr.eu-west-1.amazonaws.com/tools/web:1.2' } });
    expect(JSON.stringify(policyOf(module, 'execution'))).toContain('arn:aws:ecr:eu-west-1:210987654321:repository/tools/web"');
  });

  test('the key decrypts injected secrets, through Secrets Manager only', () => {
    const [statement] = policyOf(runService({}, {}, KEY_ARN), 'execution').filter(({ Action }) => Action.includes('kms:Decrypt'));
    expect(statement).toMatchObject({
      Resource: [KEY_ARN],
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });

  test('both roles trust only tasks of this account and region', () => {
    const roles = resourcesOf(runService(), 'aws_iam_role');
    expect(roles).toHaveLength(2);
    for (const { assume_role_policy } of roles) {
      expect(JSON.parse(assume_role_policy).Statement[0]).toMatchObject({
        Principal: { Service: ['ecs-tasks.amazonaws.com'] },
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:123456789012:*' },
        },
      });
    }
  });

  test('only a task with exec may open shell channels, and logs them', () => {
    const withExec = JSON.stringify(policyOf(runService({ exec: true }), 'application'));
    expect(withExec).toContain('ssmmessages:OpenDataChannel');
    expect(withExec).toContain('arn:log-group:shells:*');
    expect(policyOf(runService(), 'application')).toEqual([]);
  });
});

describe('pooler', () => {
  const pooler = { mode: 'transaction' as const, maxClientConnections: 100, poolSize: 25, reservePoolSize: 5 };
  const environment = {
    DATABASE_HOST: { from: 'database.host' as const },
    DATABASE_PORT: { from: 'database.port' as const },
    DATABASE_PASSWORD: { databaseRole: 'app', key: 'password' as const },
  };
  const pooled = (changes: Partial<ServiceInput> = {}) => runService({ pooler, environment, ...changes }, { database: DATABASE });

  test('the container talks to the pooler, the pooler to the database over TLS', () => {
    const [app, sidecar] = containersOf(pooled());
    expect(app?.environment).toEqual([
      { name: 'DATABASE_HOST', value: '127.0.0.1' },
      { name: 'DATABASE_PORT', value: '6432' },
    ]);
    expect(sidecar).toMatchObject({
      name: 'pooler',
      image: `registry.example/shop/test/mirror/pgbouncer:${PGBOUNCER_IMAGE.tag}`,
    });
    expect(Object.fromEntries(sidecar?.environment.map(({ name, value }) => [name, value]) ?? [])).toMatchObject({
      DB_HOST: 'database.internal',
      DB_PORT: '5432',
      DB_NAME: 'shop',
      LISTEN_ADDR: '127.0.0.1',
      LISTEN_PORT: '6432',
      SERVER_TLS_SSLMODE: 'verify-full',
      SERVER_TLS_CA_FILE: '/etc/pgbouncer/rds.pem',
    });
    expect(sidecar?.entryPoint?.at(-1)).toMatch(
      /base64 -d > \/etc\/pgbouncer\/rds\.pem; exec \/entrypoint\.sh \/usr\/bin\/pgbouncer/,
    );
  });

  test('it pools as described: 100 clients, 25 connections and 5 in reserve, in transaction mode', () => {
    const [, sidecar] = containersOf(pooled());
    expect(Object.fromEntries(sidecar?.environment.map(({ name, value }) => [name, value]) ?? [])).toMatchObject({
      POOL_MODE: 'transaction',
      MAX_CLIENT_CONN: '100',
      DEFAULT_POOL_SIZE: '25',
      RESERVE_POOL_SIZE: '5',
      RESERVE_POOL_TIMEOUT: '5',
    });
  });

  test('it logs in as the role that the container reads, and the container waits for it', () => {
    const [app, sidecar] = containersOf(pooled());
    expect(sidecar?.secrets).toEqual([
      { name: 'DB_PASSWORD', valueFrom: 'arn:secret:role-app:password::' },
      { name: 'DB_USER', valueFrom: 'arn:secret:role-app:username::' },
    ]);
    expect(app?.dependsOn).toEqual([{ containerName: 'pooler', condition: 'HEALTHY' }]);
    expect(sidecar?.healthCheck?.command).toEqual(['CMD-SHELL', 'nc -z 127.0.0.1 6432']);
  });

  test('its root file system is read-only, its configuration is scratch space', () => {
    const [, sidecar] = containersOf(pooled());
    expect(sidecar?.readonlyRootFilesystem).toBe(true);
    expect(sidecar?.mountPoints).toEqual([{ sourceVolume: 'pooler-config', containerPath: '/etc/pgbouncer', readOnly: false }]);
    expect(theOnly(pooled(), 'aws_ecs_task_definition').volume).toContainEqual({ name: 'pooler-config' });
  });

  test('without a pooler there is one container, which talks to the database itself', () => {
    const containers = containersOf(pooled({ pooler: undefined }));
    expect(containers).toHaveLength(1);
    expect(containers[0]?.environment).toContainEqual({ name: 'DATABASE_HOST', value: 'database.internal' });
    expect(containers[0]?.dependsOn).toBeUndefined();
  });

  test('its image comes from the environment’s own registry, from which the execution role may pull it', () => {
    expect(JSON.stringify(policyOf(pooled(), 'execution'))).toContain('"arn:repository/shop/test/mirror/pgbouncer"');
    expect(JSON.stringify(policyOf(pooled({ pooler: undefined }), 'execution'))).not.toContain('mirror/pgbouncer');
  });

  test('a container that holds no login, or two, cannot have one', () => {
    const { identity, data } = withService();
    const mirrors = { pgbouncer: { repositoryUrl: 'registry/mirror', repositoryArn: 'arn:mirror' } };
    const handover = { ...dataHandover(withService()), mirrors };
    const sidecarOf = (...roles: readonly string[]) => {
      const secrets = Object.fromEntries(
        roles.map((role) => [role, { kind: 'database-role' as const, role, key: 'password' as const }]),
      );
      return poolerSidecar(
        { key: 'api', variables: { plain: {}, references: {}, secrets } },
        { ...pooler, reserveTimeoutSeconds: 5 },
        environmentFacts(identity, data, handover, {}),
        handover,
        'eu-west-1',
      );
    };
    expect(() => sidecarOf()).toThrow('reads none');
    expect(() => sidecarOf('app', 'reports')).toThrow('reads app, reports');
    expect(sidecarOf('app').secrets).toHaveLength(2);
  });
});

describe('service', () => {
  test('private tasks never get a public address', () => {
    expect(theOnly(runService(), 'aws_ecs_service').network_configuration).toEqual({
      assign_public_ip: false,
      subnets: ['subnet-private-a', 'subnet-private-b'],
      security_groups: [TASKS],
    });
  });

  test('desired count belongs to scaling: Terraform writes the first and ignores it then', () => {
    expect(theOnly(runService({ replicas: { min: 2, max: 4 } }), 'aws_ecs_service')).toMatchObject({
      desired_count: 2,
      lifecycle: { ignore_changes: ['desired_count'] },
    });
  });

  test('a release that does not become healthy is taken back, unless it is switched off', () => {
    const breaker = (module: RootModule) => theOnly(module, 'aws_ecs_service').deployment_circuit_breaker;
    expect(breaker(runService())).toEqual({ enable: true, rollback: true });
    expect(breaker(runService({ deployment: { circuitBreaker: false } }))).toEqual({ enable: false, rollback: false });
  });

  test('tasks are replaced within the percentages, and balanced over zones where these leave room', () => {
    expect(
      theOnly(runService({ deployment: { minimumHealthyPercent: 100, maximumPercent: 200 } }), 'aws_ecs_service'),
    ).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      availability_zone_rebalancing: 'ENABLED',
    });
    const tight = runService({ deployment: { minimumHealthyPercent: 0, maximumPercent: 100 } });
    expect(theOnly(tight, 'aws_ecs_service').availability_zone_rebalancing).toBe('DISABLED');
  });

  describe('a worker that takes messages from a queue', () => {
    const protection = (module: RootModule) =>
      Object.values(module.resource?.aws_iam_role_policy ?? {})
        .flatMap(({ policy }) => JSON.parse(policy).Statement)
        .filter(({ Action }) => Action.some((action: string) => action.endsWith('TaskProtection')));
    const consuming = {
      scaling: undefined,
      replicas: { min: 2, max: 2 },
      permissions: [{ queue: 'mail', access: 'consume' as const }],
    };
    const sending = { ...consuming, permissions: [{ queue: 'mail', access: 'send' as const }] };

    test.each([
      ['that it scales on', {}],
      ['that it may consume', consuming],
    ])('%s: is not moved between zones, may protect itself, and has the longest time to stop', (_, changes) => {
      const module = runWorker(changes);
      expect(theOnly(module, 'aws_ecs_service').availability_zone_rebalancing).toBe('DISABLED');
      expect(protection(module)).toEqual([
        {
          Sid: 'ProtectItselfWhileBusy',
          Effect: 'Allow',
          Action: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
          Resource: ['arn:aws:ecs:eu-west-1:123456789012:task/shop/*'],
        },
      ]);
      expect(containersOf(module).map(({ stopTimeout }) => stopTimeout)).toEqual([120]);
    });

    test('stops within the time that the environment gives', () =>
      expect(containersOf(runWorker({ stopTimeoutSeconds: 45 }))[0]?.stopTimeout).toBe(45));

    test('other workers and services have none of this', () => {
      for (const module of [runWorker(sending), runService()]) {
        expect(theOnly(module, 'aws_ecs_service').availability_zone_rebalancing).toBe('ENABLED');
        expect(protection(module)).toEqual([]);
        expect(containersOf(module)[0]?.stopTimeout).toBe(30);
      }
    });
  });

  test('the share on Spot is a strategy that can be tuned without replacing the service', () => {
    expect(capacityStrategy(0)).toEqual([{ capacityProvider: 'FARGATE', weight: 1 }]);
    expect(capacityStrategy(70)).toEqual([
      { capacityProvider: 'FARGATE', base: 1, weight: 30 },
      { capacityProvider: 'FARGATE_SPOT', weight: 70 },
    ]);
    expect(capacityStrategy(100)).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 100 }]);
    const synthesized = Testing.synthScope((scope) => {
      const environment = withService();
      new FargateService(scope, 'it', {
        context: contextIn(scope, environment),
        cluster: { arn: 'arn:cluster', ready: [] },
        network: networkHandover(environment),
        workload: environment.workloads.services[0] as ResolvedService,
      });
    });
    expect(synthesized).toHaveResourceWithProperties(EcsService, {
      force_new_deployment: true,
      platform_version: 'LATEST',
      propagate_tags: 'SERVICE',
    });
  });

  test('shells open only where exec is on', () => {
    expect(theOnly(runService({ exec: true }), 'aws_ecs_service').enable_execute_command).toBe(true);
    expect(theOnly(runService(), 'aws_ecs_service').enable_execute_command).toBe(false);
  });

  test('with routes it is behind the load balancer, which alone reaches its port', () => {
    const module = runService({ health: { path: '/health', gracePeriodSeconds: 120 } });
    expect(theOnly(module, 'aws_ecs_service')).toMatchObject({
      load_balancer: [{ target_group_arn: 'arn:target', container_name: 'api', container_port: 8080 }],
      health_check_grace_period_seconds: 120,
    });
    expect(rules(module, 'ingress').filter(([group]) => group === TASKS)).toEqual([[TASKS, 8080, 'sg-balancer']]);
    expect(rules(module, 'egress')).toContainEqual(['sg-balancer', 8080, TASKS]);
  });

  test('without routes nothing reaches it, and no grace period is asked for', () => {
    const environment = withService();
    const module = run(environment, environment.workloads.services[0] as ResolvedService);
    const service = theOnly(module, 'aws_ecs_service');
    expect(service.load_balancer).toBeUndefined();
    expect(service.health_check_grace_period_seconds).toBeUndefined();
    expect(rules(module, 'ingress').filter(([group]) => group === TASKS)).toEqual([]);
  });

  test('a worker has no port, no check, no load balancer, and may rest at zero', () => {
    const module = runWorker();
    expect(containerOf(module).portMappings).toEqual([]);
    expect(containerOf(module).healthCheck).toBeUndefined();
    expect(theOnly(module, 'aws_ecs_service').load_balancer).toBeUndefined();
    expect(theOnly(module, 'aws_ecs_service').desired_count).toBe(0);
  });

  test('the database admits only those tasks that use it, on 5432; the cache likewise on 6379', () => {
    expect(rules(runService(), 'ingress')).toContainEqual(['sg-database', 5432, TASKS]);
    expect(rules(runService(), 'ingress').map(([group]) => group)).not.toContain('sg-cache');
    const cached = runService({ environment: { CACHE: { from: 'cache.url' } } });
    expect(rules(cached, 'ingress')).toContainEqual(['sg-cache', 6379, TASKS]);
    expect(rules(cached, 'ingress').map(([group]) => group)).not.toContain('sg-database');
  });

  test('what uses nothing gets out on 443 only', () => {
    expect(rules(runWorker(), 'egress')).toEqual([[TASKS, 443, '0.0.0.0/0']]);
    expect(rules(runWorker(), 'ingress')).toEqual([]);
  });

  test('interface endpoints, where there are any, are opened', () => {
    const network = { cidr: '10.0.0.0/16', zones: 2, nat: 'single' as const, interfaceEndpoints: ['logs' as const] };
    expect(rules(runService({}, { network }), 'ingress')).toContainEqual(['sg-endpoints', 443, TASKS]);
  });
});

describe('job', () => {
  const jobs = (changes: object = {}) =>
    parseEnvironment(example({ jobs: { migrate: { image: 'api', vcpu: 0.25, memoryMib: 512, ...changes } } }));
  const runJob = (environment: ResolvedEnvironment) =>
    synthModule((stack) => {
      const job = environment.workloads.jobs.find(({ key }) => key === 'migrate') as ResolvedJob;
      new FargateJob(stack, 'it', {
        context: contextIn(stack, environment),
        clusterArn: 'arn:cluster',
        network: networkHandover(environment),
        job,
        calls: [],
      });
    });

  test('on demand it is a task without a service or a schedule', () => {
    const module = runJob(jobs({ command: ['alembic', 'upgrade', 'head'] }));
    expect(containerOf(module)).toMatchObject({ name: 'migrate', command: ['alembic', 'upgrade', 'head'], portMappings: [] });
    expect(module.resource?.aws_ecs_service).toBeUndefined();
    expect(module.resource?.aws_scheduler_schedule).toBeUndefined();
  });

  test('with a schedule, the scheduler starts the state machine, in the time zone of the job', () => {
    const module = runJob(jobs({ schedule: '0 2 * * *', timezone: 'Europe/Berlin' }));
    expect(theOnly(module, 'aws_scheduler_schedule')).toMatchObject({
      schedule_expression_timezone: 'Europe/Berlin',
      target: { arn: '${aws_sfn_state_machine.it_run_machine.arn}' },
    });
    expect(theOnly(runJob(jobs({ schedule: '0 2 * * *' })), 'aws_scheduler_schedule').schedule_expression_timezone).toBe('UTC');
  });

  test('the state machine exists only once the job can run: with its roles and its connections', () => {
    const job = { environment: { DATABASE_HOST: { from: 'database.host' } } };
    const { depends_on } = theOnly(runJob(jobs(job)), 'aws_sfn_state_machine');
    expect(depends_on).toEqual(
      expect.arrayContaining([
        'aws_iam_role_policy.it_run_role_policy',
        'aws_vpc_security_group_egress_rule.it_security_https-out',
        'aws_vpc_security_group_egress_rule.it_security_database-out',
        'aws_vpc_security_group_ingress_rule.it_security_database-in',
      ]),
    );
  });

  test('every job has a state machine, with the limit, concurrency and retries of the environment', () => {
    const states = (module: RootModule) => JSON.parse(theOnly(module, 'aws_sfn_state_machine').definition).States;
    const plain = states(runJob(jobs()));
    expect(plain.Run).toMatchObject({
      TimeoutSeconds: 3600,
      Arguments: {
        Cluster: 'arn:cluster',
        TaskDefinition: expect.stringContaining('$family'),
        LaunchType: 'FARGATE',
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            Subnets: ['subnet-private-a', 'subnet-private-b'],
            SecurityGroups: [TASKS],
            AssignPublicIp: 'DISABLED',
          },
        },
      },
    });
    expect(plain.Begin.Assign.family).toBe('shop-test-migrate');
    expect(plain).toHaveProperty('FindRuns');
    const free = states(runJob(jobs({ concurrency: 'allow', timeoutSeconds: 90, retries: 0 })));
    expect(free.Run.TimeoutSeconds).toBe(90);
    expect(free).not.toHaveProperty('FindRuns');
  });
});

describe('cluster', () => {
  const cluster = (execLog?: { groupName: string; retentionDays: number; keyArn?: string }) =>
    synthModule((stack) => void new FargateCluster(stack, 'cluster', { name: 'shop', containerInsights: 'enhanced', execLog }));

  test('it has metrics of its tasks, on-demand and Spot capacity', () => {
    const synthesized = Testing.synthScope(
      (scope) => void new FargateCluster(scope, 'cluster', { name: 'shop', containerInsights: 'enabled' }),
    );
    expect(synthesized).toHaveResourceWithProperties(EcsCluster, {
      name: 'shop',
      setting: [{ name: 'containerInsights', value: 'enabled' }],
    });
    expect(theOnly(cluster(), 'aws_ecs_cluster').setting).toEqual([{ name: 'containerInsights', value: 'enhanced' }]);
    expect(theOnly(cluster(), 'aws_ecs_cluster_capacity_providers').capacity_providers).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });

  test('what is typed in shells is kept, encrypted with a key where there is one', () => {
    const configuration = (keyArn?: string) =>
      theOnly(cluster({ groupName: '/shop/shells', retentionDays: 30, keyArn }), 'aws_ecs_cluster').configuration;
    expect(configuration().execute_command_configuration).toMatchObject({
      logging: 'OVERRIDE',
      log_configuration: {
        cloud_watch_log_group_name: '${aws_cloudwatch_log_group.cluster_shells.name}',
        cloud_watch_encryption_enabled: false,
      },
    });
    expect(configuration(KEY_ARN).execute_command_configuration.log_configuration.cloud_watch_encryption_enabled).toBe(true);
    expect(theOnly(cluster(), 'aws_ecs_cluster').configuration).toBeUndefined();
  });
});

describe('commands', () => {
  const workload = { region: 'eu-west-1', clusterName: 'shop', serviceName: 'shop-api', containerName: 'api' };

  test('a shell opens in any running task of the service', () => {
    expect(shellCommand(workload)).toBe(
      `aws ecs execute-command --region eu-west-1 --cluster shop --task $(aws ecs list-tasks --region eu-west-1 --cluster shop --service-name shop-api --query 'taskArns[0]' --output text) --container api --interactive --command /bin/sh`,
    );
  });

  test('the tunnel names cluster, task and runtime id, and no shell braces that Terraform would read', () => {
    const command = databaseTunnelCommand(workload, 'db.internal');
    expect(command).toContain('--target ecs:shop_$(echo $runtime | cut -d- -f1)_$runtime');
    expect(command).toContain('--parameters host=db.internal,portNumber=5432,localPortNumber=5432');
    expect(command).not.toMatch(/[$%]\{/);
  });

  test('a service is restarted, and waited for, by its name; the revision that runs is printed', () => {
    expect(redeployCommand(workload)).toBe(
      "aws ecs update-service --region eu-west-1 --cluster shop --service shop-api --force-new-deployment --query 'service.deployments[0].rolloutState' --output text",
    );
    expect(waitCommand(workload)).toContain(
      'aws ecs wait services-stable --region eu-west-1 --cluster shop --services shop-api &&',
    );
    expect(waitCommand(workload)).toContain(
      "--query 'services[0].deployments[0].[taskDefinition,rolloutState,rolloutStateReason]'",
    );
  });
});

test('container definitions are pure: the same input gives the same bytes', () => {
  const [container] = withService().workloads.services;
  const build = () =>
    JSON.stringify(
      containerDefinitions({
        container: container as ResolvedService,
        image: 'i',
        region: 'r',
        variables: { B: '2', A: '1' },
        secrets: [],
      }),
    );
  expect(build()).toBe(build());
  expect(build()).toContain('[{"name":"A","value":"1"},{"name":"B","value":"2"}]');
});
