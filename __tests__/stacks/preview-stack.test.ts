/** The stack of a preview: what it shares, what it has of its own, and that no two of them and no environment meet. */
import fc from 'fast-check';
import { parseEnvironment } from '../../src/config';
import { PREVIEW_PRIORITIES, PREVIEW_SLOTS } from '../../src/config/calculations/preview-priorities';
import { LARGEST_PREVIEW_NUMBER, NAME_LIMITS } from '../../src/config/names';
import { refuseUnsafeModules } from '../../src/checks/policy/inspect';
import { outputAt } from '../../src/terraform/root-module';
import { HOST, previewed, previewModule, previewOf } from '../support/previewed';
import type { Change, Json } from '../support/rich';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

const preview = previewOf();
const stack = previewModule(preview);
const parent = synthEnvironment(preview.parent);

/** Attributes that name a resource among all of an account, of a load balancer or of DNS. */
const NAMES: Readonly<Record<string, readonly [attribute: string, limit?: keyof typeof NAME_LIMITS]>> = {
  aws_iam_role: ['name', 'iamRole'],
  aws_s3_bucket: ['bucket', 's3Bucket'],
  aws_sqs_queue: ['name', 'queue'],
  aws_secretsmanager_secret: ['name'],
  aws_cloudwatch_log_group: ['name', 'logGroup'],
  aws_lb_target_group: ['name', 'targetGroup'],
  aws_security_group: ['name', 'securityGroup'],
  aws_sfn_state_machine: ['name', 'stateMachine'],
  aws_ecs_service: ['name', 'securityGroup'],
  aws_ecs_task_definition: ['family', 'securityGroup'],
  aws_elasticache_replication_group: ['replication_group_id', 'cacheReplicationGroup'],
  aws_elasticache_parameter_group: ['name', 'securityGroup'],
  aws_elasticache_subnet_group: ['name', 'databaseSubnetGroup'],
  aws_route53_record: ['name'],
};

const named = (one: RootModule) =>
  Object.entries(NAMES).flatMap(([type, [attribute, limit]]) =>
    resourcesOf(one, type).flatMap((resource) => {
      const name = String(resource[attribute]);
      // Validation records are named by AWS.
      return name.includes('${') ? [] : [{ type, name, limit }];
    }),
  );

test('containers of a preview call services of the same preview, by names in a zone of its own', () => {
  const module = previewModule(
    previewOf(12, (e) => {
      e.services.back = { ...structuredClone(e.services.api), routes: [], callers: ['api', 'sync', 'migrate'] };
      e.services.api.environment.BACK = { from: 'service.back.url' };
    }),
  );
  expect(theOnly(module, 'aws_service_discovery_private_dns_namespace').name).toBe('shop-dev-pr-12.internal');
  expect(JSON.stringify(module)).toContain('http://back.shop-dev-pr-12.internal:');
  // `sync` has no run in a preview.
  const calls = resourcesOf(module, 'aws_vpc_security_group_ingress_rule').map(({ description }) => description);
  expect(calls).toEqual(expect.arrayContaining(['api calls back', 'migrate calls back']));
  expect(calls).not.toContain('sync calls back');
});

/** What only one stack may have. */
const claims = (one: RootModule): readonly string[] => [
  ...new Set(named(one).map(({ type, name }) => `${type} ${name}`)),
  ...resourcesOf(one, 'aws_lb_listener_rule').map(({ priority }) => `priority ${priority}`),
  `state ${JSON.stringify(one.terraform.backend.s3.key)}`,
];

const withoutDatabase: Change = (e) => {
  delete e.database;
  delete e.secrets;
  e.jobs = {};
  e.preview = {};
  e.services.api.environment = { CACHE: { from: 'cache.url' } };
};

const shared = (one: readonly string[], other: readonly string[]) => one.filter((claim) => other.includes(claim));

describe('no two stacks have a name in common', () => {
  const numbers = fc.integer({ min: 1, max: LARGEST_PREVIEW_NUMBER });
  const longest: Change = (e) => (e.name = 'shop-development-of-payments');

  it('of two previews of one environment, and none is over a limit of AWS', () =>
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: PREVIEW_SLOTS - 1 }), fc.boolean(), (number, distance, isLong) => {
        const second = number + distance <= LARGEST_PREVIEW_NUMBER ? number + distance : Math.max(1, number - distance);
        const [one, other] = [number, second].map((value) => previewModule(previewOf(value, isLong ? longest : undefined)));
        expect(shared(claims(one!), claims(other!))).toEqual([]);
        for (const { name, limit } of named(one!)) expect(name.length).toBeLessThanOrEqual(limit ? NAME_LIMITS[limit] : 512);
      }),
      { numRuns: 15 },
    ));

  it('of previews of two environments, apart from priorities of different load balancers', () => {
    const other: Change = (e) => {
      e.name = 'shop-pr';
      e.domain.names = ['api.pr.shop.example'];
      e.services.api.routes = [{}];
    };
    const own = (claimed: readonly string[]) => claimed.filter((claim) => !claim.startsWith('priority'));
    expect(shared(own(claims(stack)), own(claims(previewModule(previewOf(12, other)))))).toEqual([]);
  });

  it('of a preview and its environment', () => {
    for (const other of Object.values(parent)) expect(shared(claims(stack), claims(other))).toEqual([]);
  });

  it('although numbers that are far apart have the same priorities, which AWS refuses', () =>
    expect(previewOf(12 + PREVIEW_SLOTS).firstPriority).toBe(preview.firstPriority));
});

describe('a preview', () => {
  const rules = resourcesOf(stack, 'aws_lb_listener_rule');

  it('comes before routes of its environment that match every host, and names only its own hosts', () => {
    const { first, afterLast } = PREVIEW_PRIORITIES;
    for (const { priority, condition } of rules) {
      expect(priority).toBeGreaterThanOrEqual(first);
      expect(priority).toBeLessThan(afterLast);
      const hosts = condition.flatMap((one: Json) => one.host_header?.values ?? []);
      expect(hosts.length).toBeGreaterThan(0);
      for (const host of hosts) expect(host).toMatch(/^pr-12\./);
    }
    const open = resourcesOf(parent['shop-dev-compute-fargate']!, 'aws_lb_listener_rule').filter(
      ({ condition }) => !condition.some((one: Json) => 'host_header' in one),
    );
    expect(open.length).toBeGreaterThan(0);
    for (const { priority } of open) expect(priority).toBeGreaterThanOrEqual(afterLast);
  });

  it('has a certificate and records for exactly its names', () => {
    const names = [`pr-12.${HOST}`, 'pr-12.dev.shop.example'];
    const { domain_name: subject, subject_alternative_names: others } = theOnly(stack, 'aws_acm_certificate');
    expect([subject, ...others]).toEqual(names);
    const records = resourcesOf(stack, 'aws_route53_record').filter(({ type }) => type === 'A');
    expect(records.map(({ name }) => name).sort()).toEqual(names);
  });

  it('keeps its state below the prefix of its environment, which the apply role of that may write', () =>
    expect(stack.terraform.backend.s3.key).toBe('dev/pr-12/terraform.tfstate'));

  it('creates no network, load balancer, cluster, server or repository', () => {
    const types = Object.keys(stack.resource ?? {});
    for (const type of ['aws_vpc', 'aws_lb', 'aws_lb_listener', 'aws_ecs_cluster', 'aws_db_instance', 'aws_ecr_repository'])
      expect(types).not.toContain(type);
  });

  it('has the tag of its environment, without which the boundary of the apply role refuses it', () =>
    expect(stack.provider.aws?.[0]?.default_tags[0].tags).toMatchObject({ environment: 'shop-dev', preview: 'pr-12' }));

  it('runs the image of the pull request, and another tag or digest when it is named', () => {
    const image = (one: RootModule) =>
      JSON.parse(
        resourcesOf(one, 'aws_ecs_task_definition').find(({ family }) => family.endsWith('-api'))!.container_definitions,
      )[0].image as string;
    expect(image(stack)).toMatch(/images\.api\.repository_url\}:pr-12$/);
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(image(previewModule(previewOf(12, undefined, { images: { api: digest } })))).toMatch(`repository_url}@${digest}`);
  });

  it('runs what the environment runs where no image is named', () => {
    const released = previewModule(previewOf(12, (e) => (e.preview.images = {})));
    expect(Object.keys(released.data?.aws_ssm_parameter ?? {})).toHaveLength(1);
    expect(stack.data?.aws_ssm_parameter).toBeUndefined();
  });

  it('runs one task of each container, without scaling, schedule, shell and circuit breaker', () => {
    for (const service of resourcesOf(stack, 'aws_ecs_service')) {
      expect(service).toMatchObject({ desired_count: 1, enable_execute_command: false });
      expect(service.deployment_circuit_breaker.enable).toBe(false);
    }
    for (const type of ['aws_appautoscaling_target', 'aws_scheduler_schedule']) expect(stack.resource).not.toHaveProperty(type);
  });

  it('deletes secrets at once, so that the same preview can be created again', () => {
    for (const { recovery_window_in_days: days } of resourcesOf(stack, 'aws_secretsmanager_secret')) expect(days).toBe(0);
  });

  it('passes the policies that hold at synthesis', () =>
    expect(() => refuseUnsafeModules('shop-dev-pr-12', { 'shop-dev-pr-12': stack })).not.toThrow());

  it.each([
    ['with a key of its own', () => undefined],
    [
      'with endpoints and keys of AWS',
      (e) => ((e.network.interfaceEndpoints = ['logs']), (e.encryption = { key: 'aws-managed' })),
    ],
    ['without a database and secrets', withoutDatabase],
  ] as readonly (readonly [string, Change])[])('reads only outputs that the stacks of its environment have: %s', (_, change) => {
    const resolved = previewOf(12, change);
    const stacks = synthEnvironment(resolved.parent);
    const text = JSON.stringify(previewModule(resolved));
    const read = [...text.matchAll(/data\.terraform_remote_state\.([\w-]+)\.outputs((?:\.[\w-]+|\[\d+\])+)/g)];
    expect(read.length).toBeGreaterThan(10);
    for (const [, producer = '', path = ''] of read)
      expect([path, outputAt(stacks[producer] as never, path)]).toEqual([path, expect.anything()]);
  });
});

describe('the data of the environment', () => {
  /** Policy documents of a role, by its name. */
  const policies = resourcesOf(stack, 'aws_iam_role_policy').map(({ role, policy }) => [String(role), String(policy)] as const);
  const isOfMaster = (role: string) => /job-database-(init|drop)_task_execution/.test(role);

  it('is in no policy of a preview, whatever its stack of data publishes: no bucket, queue, secret, key or file system', () => {
    expect(policies.length).toBeGreaterThan(8);
    for (const [role, policy] of policies.filter(([name]) => !isOfMaster(name)))
      expect([role, policy.match(/outputs\.(buckets|queues|secrets|file_systems|key_arn|database\.master)[^}]*/g)]).toEqual([
        role,
        null,
      ]);
  });

  it('is named in no policy of a preview by its name either', () => {
    const names = Object.values(parent).flatMap((one) =>
      named(one).flatMap(({ type, name }) => (/bucket|queue|secret/.test(type) && !name.includes('/previews/') ? [name] : [])),
    );
    expect(names.length).toBeGreaterThan(5);
    for (const [, policy] of policies) for (const name of names) expect(policy.split(/["/:*]/)).not.toContain(name);
  });

  it('has a master whose login only the two jobs of Terrace read, by its exact ARN', () => {
    const readers = policies.filter(([, policy]) => policy.includes('master_secret_arn'));
    expect(readers.map(([role]) => role).filter((role) => !isOfMaster(role))).toEqual([]);
    expect(readers).toHaveLength(2);
    for (const { container_definitions: text } of resourcesOf(stack, 'aws_ecs_task_definition'))
      if (text.includes('master_secret_arn'))
        expect(JSON.parse(text)[0].image).toMatch(/^public\.ecr\.aws\/docker\/library\/postgres:/);
  });

  it('gives containers of a preview no permission on tasks of the cluster', () => {
    const consuming = previewModule(
      previewOf(12, (e) => (e.workers.runner.permissions = [{ queue: 'work', access: 'consume' }])),
    );
    const role = resourcesOf(consuming, 'aws_iam_role_policy').find(({ role: name }) =>
      String(name).includes('worker-runner_task_application'),
    );
    expect(role?.policy).toContain('sqs:ReceiveMessage');
    expect(role?.policy).not.toContain('ecs:');
  });

  it('has a cache of its own next to it, which only its containers reach', () => {
    const groups = resourcesOf(stack, 'aws_vpc_security_group_ingress_rule').filter(({ from_port: port }) => port === 6379);
    expect(groups.length).toBeGreaterThan(0);
    for (const { security_group_id: group } of groups) expect(group).toContain('aws_security_group.own_cache-security');
  });
});

describe('an environment with previews', () => {
  it('publishes what they join, and a secret for each that a person sets', () => {
    expect(outputAt(parent['shop-dev-compute-fargate'] as never, '.previews')).toEqual({
      balancer_security_group_id: expect.stringContaining('aws_security_group'),
      cluster_arn: expect.stringContaining('aws_ecs_cluster'),
      listener_arn: expect.stringContaining('listener'),
    });
    const secrets = resourcesOf(parent['shop-dev-data']!, 'aws_secretsmanager_secret').map(({ name }) => name);
    expect(secrets).toContain('/shop/dev/previews/stripe');
    expect(secrets).not.toContain('/shop/dev/previews/jwt');
  });

  it('is unchanged apart from that', () => {
    const without = synthEnvironment(parseEnvironment(previewed((e) => delete e.preview)));
    const added = (id: string) => {
      const names = (one: RootModule) =>
        Object.entries(one.resource ?? {}).flatMap(([type, entries]) => Object.keys(entries).map((name) => `${type}.${name}`));
      const before = names(without[id]!);
      return names(parent[id]!).filter((name) => !before.includes(name));
    };
    expect(Object.keys(parent)).toEqual(Object.keys(without));
    expect(Object.keys(parent).flatMap(added)).toEqual(['aws_secretsmanager_secret.preview-secret-stripe_secret']);
  });
});
