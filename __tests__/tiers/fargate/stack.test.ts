/** The Fargate tier as a whole: what its stack contains, publishes, and prints for people. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../../src/config';
import type { ResolvedTier } from '../../../src/config/resolved/environment';
import { FargateStack } from '../../../src/tiers/fargate/stack';
import { example, rotatingLogin } from '../../support/example';
import { addProducers, stackProps } from '../../support/handovers';
import { resourcesOf, synthApp, theOnly, type RootModule } from '../../support/synth';

type ServiceInput = NonNullable<EnvironmentInput['services']>[string];
const api = (example().services as Record<string, ServiceInput>).api as ServiceInput;

function fargate(changes: Partial<EnvironmentInput> = {}): RootModule {
  const environment = parseEnvironment(example(changes));
  return build(environment)[`${environment.identity.environment}-compute-fargate`] as RootModule;
}

function build(environment: ResolvedEnvironment) {
  return synthApp((app) => {
    const { identity, protect, workloads, edge, data } = environment;
    const handovers = addProducers(app, environment);
    const tier = environment.tier as Extract<ResolvedTier, { kind: 'fargate' }>;
    new FargateStack(app, {
      stack: stackProps(environment, 'compute-fargate'),
      identity,
      protect,
      tier,
      workloads,
      edge,
      data,
      hasPreviews: false,
      handovers,
    });
  });
}

const outputs = (module: RootModule) =>
  Object.fromEntries(Object.entries(module.output ?? {}).map(([name, { value }]) => [name, value]));

/** Every `${...}` of a module, by the address it names. */
function references(module: RootModule): readonly string[] {
  return [...JSON.stringify(module).matchAll(/(?<!\$)\$\{(data\.)?([a-z0-9_]+)\.([A-Za-z0-9_-]+)/g)].map(
    ([, data = '', type, id]) => `${data}${type}.${id}`,
  );
}

describe('what it builds', () => {
  test('every service, worker, job and builder is in it once', () => {
    const module = fargate({
      queues: { mail: {} },
      workers: { mail: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 0, max: 3 }, scaling: { queue: 'mail' } } },
      jobs: { migrate: { image: 'api', vcpu: 0.25, memoryMib: 512, command: ['alembic', 'upgrade', 'head'] } },
      builders: { images: { source: { kind: 'github', url: 'https://github.com/example/shop' }, images: ['api'] } },
    });
    expect(Object.keys(module.resource?.aws_ecs_service ?? {}).sort()).toEqual(['service-api_service', 'worker-mail_service']);
    expect(Object.keys(module.resource?.aws_ecs_task_definition ?? {}).sort()).toEqual([
      'job-database-init_task_definition',
      'job-migrate_task_definition',
      'service-api_task_definition',
      'worker-mail_task_definition',
    ]);
    expect(resourcesOf(module, 'aws_codebuild_project')).toHaveLength(1);
  });

  test('nothing in it names what is not there', () => {
    const module = fargate({
      queues: { mail: {} },
      secrets: { jwt: { description: 'tokens', keys: ['signing-key'], readers: ['api'] } },
      services: { api: { ...api, exec: true, scaling: { requestsPerTarget: 100 } } },
      workers: { mail: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 0, max: 3 }, scaling: { queue: 'mail' } } },
      jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * *' } },
    });
    const known = new Set([
      ...Object.entries(module.resource ?? {}).flatMap(([type, blocks]) => Object.keys(blocks).map((id) => `${type}.${id}`)),
      ...Object.entries(module.data ?? {}).flatMap(([type, blocks]) => Object.keys(blocks).map((id) => `data.${type}.${id}`)),
    ]);
    expect(references(module).length).toBeGreaterThan(50);
    expect(references(module).filter((reference) => !known.has(reference))).toEqual([]);
  });

  test('a service without routes has no target group, and without any there is no load balancer', () => {
    const module = fargate({ services: { api: { ...api, routes: [] } } });
    expect(resourcesOf(module, 'aws_lb')).toHaveLength(0);
    expect(resourcesOf(module, 'aws_lb_target_group')).toHaveLength(0);
    expect(theOnly(module, 'aws_ecs_service').load_balancer).toBeUndefined();
    const both = fargate({ services: { api, internal: { ...api, routes: [] } } });
    expect(Object.keys(both.resource?.aws_lb_target_group ?? {})).toEqual(['load-balancer_target-api_group']);
  });

  test('a service waits for the listener that leads to it, and for its capacity', () => {
    expect(theOnly(fargate(), 'aws_ecs_service').depends_on).toEqual([
      'aws_ecs_cluster_capacity_providers.cluster_capacity',
      'aws_lb_listener.load-balancer_listener',
      'aws_lb_listener_rule.load-balancer_rule-10',
    ]);
  });

  test('shells are logged where some workload has exec, and nowhere else', () => {
    const shells = (module: RootModule) => resourcesOf(module, 'aws_cloudwatch_log_group').map(({ name }) => name);
    expect(shells(fargate({ services: { api: { ...api, exec: true } } }))).toEqual(['/shop/test/shells']);
    expect(shells(fargate())).toEqual([]);
  });

  test('services scale on load, a worker on its queue', () => {
    const module = fargate({
      services: { api: { ...api, scaling: { requestsPerTarget: 100 } } },
      queues: { mail: {} },
      workers: {
        mail: {
          image: 'api',
          vcpu: 0.25,
          memoryMib: 512,
          replicas: { min: 0, max: 3 },
          scaling: { queue: 'mail', messagesPerTask: 5 },
        },
      },
    });
    const requests = module.resource?.aws_appautoscaling_policy?.['service-api_scaling_requests'];
    expect(requests?.target_tracking_scaling_policy_configuration.predefined_metric_specification.resource_label).toBe(
      '${aws_lb.load-balancer_balancer.arn_suffix}/${aws_lb_target_group.load-balancer_target-api_group.arn_suffix}',
    );
    expect(JSON.stringify(module.resource?.aws_cloudwatch_metric_alarm)).toContain(
      '${data.terraform_remote_state.data.outputs.queues.mail.name}',
    );
  });

  test('a rotated login restarts those who hold it; without rotation nothing does', () => {
    const database = { placement: 'managed' as const, version: '16' as const, name: 'shop', instanceClass: 'db.t4g.micro' };
    const rotating = fargate(rotatingLogin({ database }));
    expect(rotating.resource?.aws_cloudwatch_event_rule?.rotation_rotated?.event_pattern).toContain('role_secret_arns.app');
    const redeployment = (module: RootModule) => module.resource?.aws_sfn_state_machine?.rotation_redeploy;
    expect(redeployment(rotating)?.definition).toContain('shop-test-api');
    expect(redeployment(fargate({ database }))).toBeUndefined();
  });
});

describe('a first deployment that fails', () => {
  const restart = (module: RootModule) => module.resource?.aws_sfn_state_machine?.['service-restart_machine'];

  test('is tried again, and what does so is created before the services', () => {
    const module = fargate();
    expect(restart(module)).toBeDefined();
    expect(JSON.stringify(module.resource?.aws_cloudwatch_event_rule?.['service-restart_failed'])).not.toContain(
      'aws_ecs_service',
    );
  });

  test('needs no further attempt where ECS itself never stops trying', () => {
    expect(restart(fargate({ services: { api: { ...api, deployment: { circuitBreaker: false } } } }))).toBeUndefined();
  });
});

describe('what it publishes', () => {
  test('edge and observability get the load balancer, services and workers', () => {
    expect(outputs(fargate())).toMatchObject({
      cluster_name: '${aws_ecs_cluster.cluster_cluster.name}',
      load_balancer: {
        dns_name: '${aws_lb.load-balancer_balancer.dns_name}',
        hosted_zone_id: '${aws_lb.load-balancer_balancer.zone_id}',
        arn_suffix: '${aws_lb.load-balancer_balancer.arn_suffix}',
      },
      services: {
        api: {
          name: '${aws_ecs_service.service-api_service.name}',
          target_group_arn_suffix: '${aws_lb_target_group.load-balancer_target-api_group.arn_suffix}',
        },
      },
      workers: {},
    });
  });

  test('without routes there is no load balancer to hand on', () => {
    expect(outputs(fargate({ services: { api: { ...api, routes: [] } } })).load_balancer).toBeUndefined();
  });
});

describe('its outputs for people', () => {
  test('the address of each host name that is served, and of no other', () => {
    const domain = { zone: 'shop.example', provider: 'route53' as const, names: ['shop.example', 'api.shop.example'] };
    expect(outputs(fargate({ domain }))).toMatchObject({
      url_shop_example: 'https://shop.example',
      url_api_shop_example: 'https://api.shop.example',
    });
    const narrow = outputs(fargate({ domain, services: { api: { ...api, routes: [{ host: 'api.shop.example' }] } } }));
    expect(narrow.url_api_shop_example).toBe('https://api.shop.example');
    expect(narrow.url_shop_example).toBeUndefined();
  });

  test('how to start every job, database-init among them', () => {
    const printed = outputs(fargate({ jobs: { 'price-sync': { image: 'api', vcpu: 0.25, memoryMib: 512 } } }));
    expect(printed.run_price_sync).toContain('--state-machine-arn ${aws_sfn_state_machine.job-price-sync_run_machine.arn} ');
    expect(printed.run_price_sync).toContain('aws logs tail /shop/test/price-sync --region eu-west-1');
    expect(printed.run_database_init).toContain('${aws_sfn_state_machine.job-database-init_run_machine.arn}');
  });

  test('how to open a shell and reach the database, only where exec is on', () => {
    const printed = outputs(fargate({ services: { api: { ...api, exec: true } } }));
    expect(printed.shell_api).toContain('aws ecs execute-command --region eu-west-1 --cluster shop-test');
    expect(printed.tunnel_to_database).toContain('host=${data.terraform_remote_state.data.outputs.database.host},');
    expect(outputs(fargate()).shell_api).toBeUndefined();
    expect(outputs(fargate()).tunnel_to_database).toBeUndefined();
  });

  test('a container that may not reach the database is no way to it', () => {
    const printed = outputs(fargate({ services: { api: { ...api, exec: true, environment: {} } } }));
    expect(printed.shell_api).toBeDefined();
    expect(printed.tunnel_to_database).toBeUndefined();
  });
});

test('the same description gives the same bytes', () => {
  const bytes = () => JSON.stringify(build(parseEnvironment(example({ services: { api: { ...api, exec: true } } }))));
  expect(bytes()).toBe(bytes());
});
