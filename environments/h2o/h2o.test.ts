import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import devInput from './dev';
import prodInput from './prod';
import { admittedTo, alarm, endpoints, widgetTitles } from '../../__tests__/support/documents';
import { runCommand } from '../../__tests__/support/command';
import { container, having, scaling, synthesised, task, variables } from '../../__tests__/support/environments';
import { findingsBehind, intruded, refusingRules } from '../../__tests__/support/intrusions';
import { resourcesOf, theOnly, type RootModule } from '../../__tests__/support/synth';

const prod = synthesised(prodInput);
const dev = synthesised(devInput);

const parametersOf = ({ data }: typeof prod) =>
  Object.fromEntries(theOnly(data, 'aws_db_parameter_group').parameter.map(({ name, value }: any) => [name, value]));
const zonesOf = ({ network }: typeof prod) => [
  ...new Set(resourcesOf(network, 'aws_subnet').map((subnet) => subnet.availability_zone)),
];

test('the picture in the README is h2o-prod as it is synthesised: `npm run book -- h2o-prod --svg --out docs/pictures`', async () => {
  const out = mkdtempSync(join(tmpdir(), 'terrace-picture-'));
  const files = { 'h2o-prod': () => Promise.resolve({ default: prodInput }) };
  const { exitCode } = await runCommand(files, ['book', 'h2o-prod', '--svg', '--out', out]);
  const drawn = readFileSync(join(out, 'h2o-prod.svg'), 'utf8');
  rmSync(out, { recursive: true });
  expect(exitCode).toBe(0);
  expect(readFileSync(join(__dirname, '../../docs/pictures/h2o-prod.svg'), 'utf8')).toBe(drawn);
}, 120_000);

describe('h2o-prod, by its document', () => {
  it('lives in us-east-1, zones a and b', () => {
    expect(prod.network.provider.aws?.[0]?.region).toBe('us-east-1');
    expect(zonesOf(prod)).toEqual(['us-east-1a', 'us-east-1b']);
  });

  it('has a NAT gateway in each of its two zones', () => expect(resourcesOf(prod.network, 'aws_nat_gateway')).toHaveLength(2));

  it('runs tasks of 2 vCPU and 4 GB', () => expect(task(prod, 'h2o-backend')).toMatchObject({ cpu: '2048', memory: '4096' }));

  it('runs six workers in a task', () => expect(variables(prod, 'h2o-backend', 'backend').WEB_CONCURRENCY).toBe('6'));

  it('runs two to three tasks, by CPU and memory', () => {
    expect(scaling(prod, 'service-backend')).toMatchObject({ min: 2, max: 3 });
    expect(Object.keys(scaling(prod, 'service-backend').tracked).sort()).toEqual([
      'ECSServiceAverageCPUUtilization',
      'ECSServiceAverageMemoryUtilization',
    ]);
  });

  it('is asked for its health at /health', () =>
    expect(theOnly(prod.compute, 'aws_lb_target_group').health_check.path).toBe('/health'));

  it('is the service h2o-backend in the cluster h2o-prod', () => {
    expect(theOnly(prod.compute, 'aws_ecs_cluster').name).toBe('h2o-prod');
    expect(theOnly(prod.compute, 'aws_ecs_service').name).toBe('h2o-backend');
  });

  it('takes a failed release back without downtime', () => {
    const service = theOnly(prod.compute, 'aws_ecs_service');
    expect(service.deployment_circuit_breaker).toEqual({ enable: true, rollback: true });
    expect(service.deployment_minimum_healthy_percent).toBe(100);
  });

  it('logs to /aws/ecs/h2o-backend', () => {
    expect(having(prod.data, 'aws_cloudwatch_log_group', 'name', '/aws/ecs/h2o-backend')).toBeDefined();
    expect(container(prod, 'h2o-backend', 'backend').logConfiguration.options['awslogs-group']).toBe('/aws/ecs/h2o-backend');
  });

  it('migrates by "alembic upgrade head", on demand', () => {
    expect(container(prod, 'h2o-prod-migrate', 'migrate').command).toEqual(['alembic', 'upgrade', 'head']);
    expect(container(prod, 'h2o-prod-migrate', 'migrate').image).toBe(container(prod, 'h2o-backend', 'backend').image);
    expect(resourcesOf(prod.compute, 'aws_scheduler_schedule')).toEqual([]);
  });

  it('keeps its data in a db.t4g.small in two zones, encrypted', () => {
    expect(theOnly(prod.data, 'aws_db_instance')).toMatchObject({
      engine: 'postgres',
      instance_class: 'db.t4g.small',
      multi_az: true,
      storage_encrypted: true,
      publicly_accessible: false,
    });
  });

  it('keeps 7 days of backups', () => expect(theOnly(prod.data, 'aws_db_instance').backup_retention_period).toBe(7));

  it('logs statements slower than a second', () => expect(parametersOf(prod).log_min_duration_statement).toBe('1000'));

  it('caches in one cache.t4g.small', () => {
    expect(theOnly(prod.data, 'aws_elasticache_replication_group')).toMatchObject({
      node_type: 'cache.t4g.small',
      num_cache_clusters: 1,
    });
  });

  it('keeps PDFs in a bucket with a lifecycle, which the task reads and writes', () => {
    expect(prod.data.resource?.aws_s3_bucket_lifecycle_configuration?.bucket_pdfs_lifecycle).toBeDefined();
    expect(prod.environment.workloads.services[0]?.permissions).toEqual([{ bucket: 'pdfs', access: 'read-write' }]);
  });

  it('keeps API keys in Secrets Manager, which the task role reads', () => {
    expect(having(prod.data, 'aws_secretsmanager_secret', 'name', '/h2o/prod/api-keys')).toBeDefined();
    expect(prod.environment.workloads.services[0]?.readableSecrets).toEqual(['api-keys']);
  });

  it('rotates the passwords of its database', () => {
    expect(Object.keys(prod.data.resource?.aws_secretsmanager_secret_rotation ?? {})).toEqual([
      'database_master_rotation',
      'database_role-app_rotation',
    ]);
  });

  it('serves HTTPS only', () => {
    const listeners = resourcesOf(prod.compute, 'aws_lb_listener');
    expect(listeners.map(({ port, protocol }) => `${port} ${protocol}`).sort()).toEqual(['443 HTTPS', '80 HTTP']);
    expect(having(prod.compute, 'aws_lb_listener', 'port', 80).default_action[0].type).toBe('redirect');
  });

  it('keeps its state in h2o-terraform-state, locked by terraform-locks', () => {
    expect(prod.network.terraform.backend.s3).toMatchObject({
      bucket: 'h2o-terraform-state',
      key: 'prod/network/terraform.tfstate',
      region: 'us-east-1',
      encrypt: true,
      dynamodb_table: 'terraform-locks',
    });
  });

  it('is protected from deletion', () => {
    expect(theOnly(prod.data, 'aws_db_instance')).toMatchObject({
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
  });
});

describe('h2o-dev, by its document', () => {
  it('runs one task of 2 vCPU and 4 GB at rest, three at most', () => {
    expect(task(dev, 'h2o-dev-backend')).toMatchObject({ cpu: '2048', memory: '4096' });
    expect(scaling(dev, 'service-backend')).toMatchObject({ min: 1, max: 3 });
  });

  it('has the smallest database, in one zone, and 7 days of backups', () => {
    expect(theOnly(dev.data, 'aws_db_instance')).toMatchObject({
      instance_class: 'db.t4g.micro',
      multi_az: false,
      backup_retention_period: 7,
    });
  });

  it('caches in a cache.t4g.micro', () => {
    expect(theOnly(dev.data, 'aws_elasticache_replication_group').node_type).toBe('cache.t4g.micro');
  });

  it('has one NAT gateway', () => expect(resourcesOf(dev.network, 'aws_nat_gateway')).toHaveLength(1));

  it('can be destroyed', () => {
    expect(theOnly(dev.data, 'aws_db_instance').deletion_protection).toBe(false);
    expect(JSON.stringify(dev.stacks)).not.toContain('prevent_destroy');
  });

  it('shares the state store of h2o-prod, under a separate key', () => {
    expect(dev.network.terraform.backend.s3).toMatchObject({
      bucket: 'h2o-terraform-state',
      key: 'dev/network/terraform.tfstate',
    });
  });

  it('shares no name with h2o-prod that one account has only once', () => {
    const names = (of: typeof dev, type: string, field: string) =>
      Object.values(of.stacks).flatMap((stack) => resourcesOf(stack, type).map((resource) => String(resource[field])));
    for (const [type, field] of [
      ['aws_ecs_task_definition', 'family'],
      ['aws_ecs_cluster', 'name'],
      ['aws_cloudwatch_log_group', 'name'],
      ['aws_db_instance', 'identifier'],
      ['aws_iam_role', 'name'],
      ['aws_lb', 'name'],
      ['aws_s3_bucket', 'bucket'],
      ['aws_secretsmanager_secret', 'name'],
      ['aws_ecr_repository', 'name'],
    ] as const) {
      const [ours, theirs] = [names(dev, type, field), names(prod, type, field)];
      expect(ours.length).toBeGreaterThan(0);
      expect(ours.filter((name) => theirs.includes(name))).toEqual([]);
    }
  });
});

describe('h2o, assumed', () => {
  it('listens on 8000', () => expect(theOnly(prod.compute, 'aws_lb_target_group').port).toBe(8000));

  it('scales at 70 % CPU and 75 % memory', () => {
    const { tracked } = scaling(prod, 'service-backend');
    expect(tracked.ECSServiceAverageCPUUtilization.target_value).toBe(70);
    expect(tracked.ECSServiceAverageMemoryUtilization.target_value).toBe(75);
  });

  it('is PostgreSQL 16 with 20 GB', () => {
    for (const { data } of [prod, dev])
      expect(theOnly(data, 'aws_db_instance')).toMatchObject({ engine_version: '16', allocated_storage: 20 });
  });

  it('uses 10.20.0.0/16 and 10.21.0.0/16', () => {
    expect(theOnly(prod.network, 'aws_vpc').cidr_block).toBe('10.20.0.0/16');
    expect(theOnly(dev.network, 'aws_vpc').cidr_block).toBe('10.21.0.0/16');
  });

  it('answers to names of a reserved domain', () => {
    expect(theOnly(prod.domain, 'aws_acm_certificate').domain_name).toBe('api.h2o.example');
    expect(theOnly(dev.domain, 'aws_acm_certificate').domain_name).toBe('api.dev.h2o.example');
  });
});

describe.each([
  ['h2o-prod', prodInput, 'main', 'h2o.example'],
  ['h2o-dev', devInput, 'develop', 'dev.h2o.example'],
] as const)('%s, by its document', (_name, input, branch, site) => {
  const { edge, compute } = synthesised(input);

  it('has CloudFront before both Amplify and the load balancer, with the names of both', () => {
    const { aliases, origin, default_cache_behavior } = theOnly(edge, 'aws_cloudfront_distribution');
    expect(aliases).toEqual([`api.${site}`, site]);
    expect(origin.map(({ origin_id }: any) => origin_id)).toEqual(['services', 'amplify']);
    expect(default_cache_behavior.target_origin_id).toBe('amplify');
  });

  it('sends the API and /health to the backend, uncached', () => {
    const paths = theOnly(edge, 'aws_cloudfront_distribution').ordered_cache_behavior.filter(
      ({ target_origin_id }: any) => target_origin_id === 'services',
    );
    expect(paths.map(({ path_pattern, cache_policy_id }: any) => [path_pattern, cache_policy_id])).toEqual([
      ['/api/*', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'],
      ['/health', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'],
    ]);
  });

  it(`builds the branch ${branch} in Amplify, without a token`, () => {
    expect(theOnly(edge, 'aws_amplify_branch').branch_name).toBe(branch);
    expect(theOnly(edge, 'aws_amplify_app')).not.toHaveProperty('access_token');
  });

  it('speaks HTTPS only', () => {
    const { default_cache_behavior, ordered_cache_behavior } = theOnly(edge, 'aws_cloudfront_distribution');
    for (const behavior of [default_cache_behavior, ...ordered_cache_behavior])
      expect(behavior.viewer_protocol_policy).toBe('redirect-to-https');
    expect(admittedTo(compute)).toEqual(['${data.aws_ec2_managed_prefix_list.cloudfront.id}']);
  });
});

describe('h2o-prod, by its document', () => {
  const fiveMinutes = { period: 300, evaluation_periods: 1, comparison_operator: 'GreaterThanThreshold' };

  it('High CPU (ECS): > 80 % for 5 min', () =>
    expect(alarm(prod, 'service-cpu-backend')).toMatchObject({ ...fiveMinutes, namespace: 'AWS/ECS', threshold: 80 }));

  it('High Memory (ECS): > 85 % for 5 min', () =>
    expect(alarm(prod, 'service-memory-backend')).toMatchObject({
      ...fiveMinutes,
      metric_name: 'MemoryUtilization',
      threshold: 85,
    }));

  it('High Error Rate: > 1 % for 5 min, of the requests that the load balancer counts', () => {
    const { threshold, evaluation_periods: periods, metric_query: queries } = alarm(prod, 'error-rate');
    expect([threshold, periods]).toEqual([1, 1]);
    const counted = queries.filter(({ metric }: any) => metric !== undefined).map(({ metric }: any) => metric);
    expect(counted.map(({ metric_name: name }: any) => name).sort()).toEqual([
      'HTTPCode_ELB_5XX_Count',
      'HTTPCode_Target_5XX_Count',
      'RequestCount',
    ]);
    for (const { stat, period } of counted) expect([stat, period]).toEqual(['Sum', 300]);
  });

  it('RDS Connections: > 80 connections', () => expect(alarm(prod, 'database-connections').threshold).toBe(80));

  it('Slow Queries: > 1 s average, of all statements', () => {
    const { threshold, metric_query: queries } = alarm(prod, 'database-query-time');
    expect(threshold).toBe(1);
    expect(JSON.stringify(queries)).toContain('db.SQL.queries_finished');
    expect(theOnly(prod.stacks['h2o-prod-data'] as RootModule, 'aws_db_instance').performance_insights_enabled).toBe(true);
  });

  it('has the same alarms in development', () => {
    for (const name of [
      'service-cpu-backend',
      'service-memory-backend',
      'error-rate',
      'database-connections',
      'database-query-time',
    ])
      expect(alarm(dev, name).threshold).toBe(alarm(prod, name).threshold);
  });

  it('shows ECS, RDS and the metrics of the application', () => {
    expect(widgetTitles(prod)).toEqual(
      expect.arrayContaining([
        'Services: CPU (%)',
        'Services: running tasks',
        'Database: connections',
        'Database: query performance (s)',
        'Database: free storage (bytes)',
        'API latency',
        'Errors',
        'AI generation time',
      ]),
    );
  });

  it('traces by X-Ray, in production', () => {
    expect(prod.environment.workloads.services[0]?.tracing?.metrics).toHaveLength(3);
    expect(JSON.stringify(prod.stacks['h2o-prod-compute-fargate'])).toContain('xray:PutTraceSegments');
    expect(JSON.stringify(dev.stacks['h2o-dev-compute-fargate'])).not.toContain('xray:PutTraceSegments');
  });
});

describe('assumed for h2o', () => {
  it('notifies an address of the system', () => expect(endpoints(prod)).toContain('email ops@h2o.example'));

  it('has a trail in the account, without which no rotation is noticed', () =>
    expect(prod.environment.backend).toMatchObject({ store: { singletons: { cloudTrail: 'create' } } }));
});

describe('every environment of h2o', () => {
  it('keeps its state in S3, locked by a table, and warns only of the account, which the document does not name', () => {
    for (const { environment: resolved } of [prod, dev]) {
      expect(resolved.backend).toMatchObject({ kind: 's3', store: { lockTable: 'terraform-locks' } });
      expect(resolved.warnings.map(({ rule }) => rule)).toEqual(['account-unpinned']);
    }
  });
});

describe('the budgets of h2o', () => {
  it('are the totals of its cost tables', () => {
    const limits = [dev, prod].map(({ observability }) => theOnly(observability, 'aws_budgets_budget').limit_amount);
    expect(limits).toEqual(['94', '239']);
  });
});

describe('a permission added to the service of h2o-prod', () => {
  const role = (name: string) => `arn:aws:iam::{account}:role/${name}`;
  const secret = (name: string) => `arn:aws:secretsmanager:{region}:{account}:secret:${name}`;
  const escalates = ['task-role-escalation'];

  it.each([
    ['PassRole of a role admin', 'iam:PassRole', role('admin'), escalates, ['OWN_IAM_ESCALATION']],
    [
      'AssumeRole of the apply role',
      'sts:AssumeRole',
      role('h2o-terraform-apply'),
      [...escalates, 'task-role-reserved'],
      ['OWN_IAM_ESCALATION', 'OWN_IAM_RESERVED'],
    ],
    [
      "PutRolePolicy on the task's own role",
      'iam:PutRolePolicy',
      role('h2o-prod-backend-task'),
      escalates,
      ['OWN_IAM_ESCALATION'],
    ],
    [
      'GetObject on the state bucket',
      's3:GetObject',
      'arn:aws:s3:::h2o-terraform-state/*',
      ['task-role-reserved', 'task-role-wildcard'],
      ['OWN_IAM_RESERVED'],
    ],
    [
      'GetSecretValue on the master login',
      'secretsmanager:GetSecretValue',
      secret('rds!db-1a2b3c4d-AbCdEf'),
      ['task-role-reserved'],
      ['OWN_IAM_RESERVED'],
    ],
    [
      'GetSecretValue on the master login by its own name',
      'secretsmanager:GetSecretValue',
      secret('/h2o/prod/database/master-??????'),
      ['task-role-reserved', 'task-role-wildcard'],
      ['OWN_IAM_RESERVED'],
    ],
  ])('is refused by the rules and by the policy gate: %s', (_what, action, resource, rules, checks) => {
    const input = intruded(prodInput, 'backend', { actions: [action], resources: [resource] });
    expect(refusingRules(input)).toEqual(rules);
    expect(findingsBehind(input)).toEqual(checks);
  });

  it('is not there today: no policy has a finding about IAM', () => expect(findingsBehind(prodInput)).toEqual([]));
});
