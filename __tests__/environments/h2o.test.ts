import devInput from '../../environments/h2o/dev';
import prodInput from '../../environments/h2o/prod';
import { container, having, scaling, synthesised, task, variables } from '../support/environments';
import { resourcesOf, theOnly } from '../support/synth';

const prod = synthesised(prodInput);
const dev = synthesised(devInput);

const parametersOf = ({ data }: typeof prod) =>
  Object.fromEntries(theOnly(data, 'aws_db_parameter_group').parameter.map(({ name, value }: any) => [name, value]));
const zonesOf = ({ network }: typeof prod) => [
  ...new Set(resourcesOf(network, 'aws_subnet').map((subnet) => subnet.availability_zone)),
];

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
    expect(theOnly(prod.data, 'aws_db_instance').manage_master_user_password).toBe(true);
    expect(resourcesOf(prod.data, 'aws_secretsmanager_secret_rotation').length).toBeGreaterThan(0);
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

  it('shares the state store of h2o-prod, under a key of its own', () => {
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
