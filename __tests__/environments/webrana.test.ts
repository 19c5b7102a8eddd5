import input from '../../environments/webrana/growth';
import { having, lifecycle, scaling, synthesised, task, variables } from '../support/environments';
import { resourcesOf, theOnly } from '../support/synth';

const growth = synthesised(input);
const { environment, network, domain, data, compute } = growth;

describe('webrana-growth, by its document', () => {
  it('lives in ap-southeast-1, in 10.0.0.0/16', () => {
    expect(network.provider.aws?.[0]?.region).toBe('ap-southeast-1');
    expect(theOnly(network, 'aws_vpc').cidr_block).toBe('10.0.0.0/16');
  });

  it('spreads over several zones', () => {
    const zones = resourcesOf(network, 'aws_subnet').map((subnet) => subnet.availability_zone);
    expect(new Set(zones).size).toBeGreaterThan(1);
  });

  it('leaves by a NAT instance, not a gateway', () => {
    expect(resourcesOf(network, 'aws_nat_gateway')).toEqual([]);
    expect(resourcesOf(network, 'aws_autoscaling_group')).toHaveLength(1);
  });

  it('runs two tasks of the backend', () => {
    expect(scaling(growth, 'service-backend').min).toBe(2);
    expect(having(compute, 'aws_ecs_service', 'name', 'webrana-backend').desired_count).toBe(2);
  });

  it('is the service webrana-backend in the cluster webrana-cluster', () => {
    expect(theOnly(compute, 'aws_ecs_cluster').name).toBe('webrana-cluster');
    expect(having(compute, 'aws_ecs_service', 'name', 'webrana-backend')).toBeDefined();
  });

  it('keeps its data in a db.t3.micro, in isolated subnets', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({
      engine: 'postgres',
      instance_class: 'db.t3.micro',
      publicly_accessible: false,
    });
    expect(JSON.stringify(theOnly(data, 'aws_db_subnet_group').subnet_ids)).toContain('isolated_subnet_ids');
  });

  it('pays for one zone of the database', () => expect(theOnly(data, 'aws_db_instance').multi_az).toBe(false));

  it('has the database webrana, with the user webrana', () => {
    expect(theOnly(data, 'aws_db_instance').db_name).toBe('webrana');
    expect(environment.data.database?.roles.map(({ name }) => name)).toEqual(['webrana']);
  });

  it('caches in one cache.t3.micro', () => {
    expect(theOnly(data, 'aws_elasticache_replication_group')).toMatchObject({
      node_type: 'cache.t3.micro',
      num_cache_clusters: 1,
    });
  });

  it('keeps backups in webrana-backups for 30 days', () => {
    expect(having(data, 'aws_s3_bucket', 'bucket', 'webrana-backups')).toBeDefined();
    expect(lifecycle(growth, 'backups').objects.expiration).toEqual([{ days: 30 }]);
  });

  it('answers to api.webrana.id and webrana.id, on 443', () => {
    const certificate = theOnly(domain, 'aws_acm_certificate');
    expect([certificate.domain_name, ...certificate.subject_alternative_names].sort()).toEqual(['api.webrana.id', 'webrana.id']);
    expect(having(compute, 'aws_lb_listener', 'port', 443).protocol).toBe('HTTPS');
  });

  it('proves its names at Cloudflare, which proxies them', () => {
    expect(environment.domain).toMatchObject({ zone: 'webrana.id', provider: 'cloudflare' });
    expect(resourcesOf(domain, 'aws_route53_zone')).toEqual([]);
  });

  it('sends api.webrana.id to the backend', () => {
    const rules = [...resourcesOf(compute, 'aws_lb_listener_rule')];
    const rule = rules.find(({ condition }) => JSON.stringify(condition).includes('"api.webrana.id"'));
    expect(rule?.action[0].target_group_arn).toContain('backend');
  });

  it("gives the backend the document's three secrets, none in the clear", () => {
    const given = variables(growth, 'webrana-backend', 'backend');
    for (const name of ['DB_PASSWORD', 'MASTER_ENCRYPTION_KEY', 'JWT_SECRET'])
      expect(given[name]).toMatch(/^\$\{data\.terraform_remote_state\.data\..*arn/);
  });

  it('keeps images of backend and frontend', () => {
    const repositories = resourcesOf(data, 'aws_ecr_repository').map(({ name }) => name);
    expect(repositories.sort()).toEqual(['webrana/growth/backend', 'webrana/growth/frontend']);
  });

  it('is protected from deletion', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
  });
});

describe('webrana-growth, assumed', () => {
  it('uses two zones', () => expect(environment.network.zones).toEqual(['ap-southeast-1a', 'ap-southeast-1b']));

  it('runs the backend with half a vCPU and 1 GB, the frontend with a quarter and 512 MB', () => {
    expect(task(growth, 'webrana-backend')).toMatchObject({ cpu: '512', memory: '1024' });
    expect(task(growth, 'webrana-frontend')).toMatchObject({ cpu: '256', memory: '512' });
  });

  it('listens on 8080 and 3000', () => {
    expect(
      resourcesOf(compute, 'aws_lb_target_group')
        .map(({ port }) => port)
        .sort(),
    ).toEqual([3000, 8080]);
  });

  it('scales the backend to four tasks and the frontend to two at 70 % CPU', () => {
    expect(scaling(growth, 'service-backend')).toMatchObject({
      max: 4,
      tracked: { ECSServiceAverageCPUUtilization: { target_value: 70 } },
    });
    expect(scaling(growth, 'service-frontend')).toMatchObject({ min: 1, max: 2 });
  });

  it('is PostgreSQL 16 with 20 GB and 7 days of backups', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({
      engine_version: '16',
      allocated_storage: 20,
      backup_retention_period: 7,
    });
  });

  it('keeps its state in webrana-terraform-state', () => {
    expect(network.terraform.backend.s3).toMatchObject({ bucket: 'webrana-terraform-state', region: 'ap-southeast-1' });
  });
});
