import { parse as parseYaml } from 'yaml';
import growthInput from './growth';
import scaleInput from './scale';
import mvpInput from './mvp';
import { admittedTo, alarm, alarmNames, endpoints, settingsIn } from '../../__tests__/support/documents';
import { having, lifecycle, scaling, sharedZone, synthesised, task, variables } from '../../__tests__/support/environments';
import { parseEnvironment } from '../../src/config';
import { CLOUDFLARE_IPV4 } from '../../src/config/tables/cloudflare-ranges';
import { hostFiles } from '../../__tests__/support/host-files';
import { resourcesOf, synthEnvironment, theOnly } from '../../__tests__/support/synth';

const growth = synthesised(growthInput);
const scale = synthesised(scaleInput);
const { environment, network, data, compute } = growth;
const { zone, names } = sharedZone(mvpInput, growthInput, scaleInput);

describe('webrana-growth, by its document', () => {
  it('moves to Kubernetes without a change to network and data', () => {
    const next = synthEnvironment(parseEnvironment({ ...growthInput, tier: 'kubernetes' }));
    expect(Object.keys(next)).toContain('webrana-growth-compute-kubernetes');
    for (const [kind, module] of Object.entries({ network, data }))
      expect([kind, JSON.stringify(next[`webrana-growth-${kind}`])]).toEqual([kind, JSON.stringify(module)]);
  });

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
    const certificate = theOnly(zone, 'aws_acm_certificate');
    expect([certificate.domain_name, ...certificate.subject_alternative_names].sort()).toEqual(['api.webrana.id', 'webrana.id']);
    expect(having(compute, 'aws_lb_listener', 'port', 443).protocol).toBe('HTTPS');
  });

  it('proves its names at Cloudflare, which proxies them', () => {
    expect(environment.domain).toMatchObject({ zone: 'webrana.id', provider: 'cloudflare' });
    expect(resourcesOf(zone, 'aws_route53_zone')).toEqual([]);
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

const mvp = synthesised(mvpInput);

describe('webrana-mvp, by its document', () => {
  const files = hostFiles(mvp.compute);

  it('is one t3.medium in ap-southeast-1, with Ubuntu LTS', () => {
    expect(mvp.network.provider.aws?.[0]?.region).toBe('ap-southeast-1');
    expect(theOnly(mvp.compute, 'aws_instance').instance_type).toBe('t3.medium');
    expect(mvp.compute.data?.aws_ssm_parameter?.box_image?.name).toContain('/canonical/ubuntu/server/');
  });

  it('has 30 GB of gp3, for system and data together', () => {
    const system: { volume_type: string; volume_size: number } = theOnly(mvp.compute, 'aws_instance').root_block_device;
    const volume = theOnly(mvp.data, 'aws_ebs_volume') as { type: string; size: number };
    expect([system.volume_type, volume.type]).toEqual(['gp3', 'gp3']);
    expect(system.volume_size + volume.size).toBe(30);
  });

  it('keeps its address, an Elastic IP', () => {
    expect(resourcesOf(mvp.network, 'aws_eip')).toHaveLength(1);
    expect(resourcesOf(mvp.compute, 'aws_eip_association')).toHaveLength(1);
  });

  it('runs backend, frontend, PostgreSQL and Redis by Docker Compose in /opt/webrana', () => {
    const compose = parseYaml(files['/opt/webrana/compose.yaml']!.content);
    expect(Object.keys(compose.services).sort()).toEqual(['backend', 'frontend', 'postgres', 'redis']);
    expect(compose.services.postgres.image).toContain('postgres:16');
  });

  it('serves webrana.id and api.webrana.id', () => {
    expect(mvp.environment.domain?.names).toEqual(['webrana.id', 'api.webrana.id']);
    expect(files['/etc/terrace/nginx/conf.d/webrana.id.conf']?.content).toContain('proxy_pass http://$service_3000;');
    expect(files['/etc/terrace/nginx/conf.d/api.webrana.id.conf']?.content).toContain('proxy_pass http://$service_8080;');
  });

  it('has the key pair webrana-key', () => expect(theOnly(mvp.compute, 'aws_instance').key_name).toBe('webrana-key'));

  it('has the database webrana, with the user webrana, on the host', () => {
    expect(mvp.environment.data.database).toMatchObject({ placement: 'host', name: 'webrana' });
    expect(mvp.environment.data.database?.roles.map(({ name }) => name)).toEqual(['webrana']);
    expect(resourcesOf(mvp.data, 'aws_db_instance')).toEqual([]);
    expect(resourcesOf(mvp.data, 'aws_elasticache_replication_group')).toEqual([]);
  });

  it('keeps backups in S3 for 30 days', () => {
    expect(lifecycle(mvp, 'backups').objects.expiration).toEqual([{ days: 30 }]);
  });

  it('warns at 80 % CPU over two periods of 300 seconds', () => {
    expect(
      having(mvp.stacks['webrana-mvp-observability']!, 'aws_cloudwatch_metric_alarm', 'metric_name', 'CPUUtilization'),
    ).toMatchObject({
      namespace: 'AWS/EC2',
      statistic: 'Average',
      period: 300,
      evaluation_periods: 2,
      threshold: 80,
      comparison_operator: 'GreaterThanThreshold',
    });
  });

  it('runs the very services of webrana-growth: only sizes and copies differ', () => {
    const alike = ({ workloads }: typeof environment) =>
      workloads.services.map(({ key, port, image, health, routes, variables, architecture }) => ({
        key,
        port,
        image,
        health,
        routes,
        variables,
        architecture,
      }));
    expect(alike(mvp.environment)).toEqual(alike(environment));
  });

  it('gives the backend the same variables as growth, with this tier’s values', () => {
    const secrets = files['/etc/terrace/secrets']?.content ?? JSON.stringify(files);
    for (const name of ['DB_PASSWORD', 'MASTER_ENCRYPTION_KEY', 'JWT_SECRET', 'DATABASE_URL']) expect(secrets).toContain(name);
    expect(JSON.stringify(files)).toContain('redis://redis:6379');
  });
});

describe('webrana-mvp, assumed', () => {
  it('divides its 30 GB into 12 for the system and 18 for data', () => {
    expect(theOnly(mvp.compute, 'aws_instance').root_block_device.volume_size).toBe(12);
    expect(theOnly(mvp.data, 'aws_ebs_volume').size).toBe(18);
  });

  it('admits only Cloudflare, and SSH from nowhere', () => {
    const rules = resourcesOf(mvp.compute, 'aws_vpc_security_group_ingress_rule');
    expect(new Set(rules.map(({ cidr_ipv4 }) => cidr_ipv4))).toEqual(new Set(CLOUDFLARE_IPV4));
    expect(new Set(rules.map(({ from_port }) => from_port))).toEqual(new Set([80, 443]));
  });

  it('reaches the web only: the document names no egress', () => {
    const ports = resourcesOf(mvp.compute, 'aws_vpc_security_group_egress_rule').map(({ from_port }) => from_port);
    expect(ports.sort()).toEqual([443, 80]);
  });

  it('has no NAT: the host is in a public subnet', () => {
    expect(resourcesOf(mvp.network, 'aws_nat_gateway')).toEqual([]);
    expect(resourcesOf(mvp.network, 'aws_autoscaling_group')).toEqual([]);
  });
});

describe('webrana, by its document', () => {
  it.each([
    ['mvp', mvp, 'webrana-mvp.webrana.id'],
    ['growth', growth, 'load_balancer.dns_name'],
    ['scale', scale, 'data.aws_lb.ingress.dns_name'],
  ] as const)('can lead webrana.id and api.webrana.id to %s', (_stage, { edge }, value) => {
    expect(edge.output?.serving?.value.serving.value).toContain(value);
    expect(resourcesOf(edge, 'cloudflare_dns_record').map(({ name }) => name)).not.toContain('webrana.id');
  });

  it('has Cloudflare before both names, and leads them to one environment', () => {
    for (const name of ['webrana.id', 'api.webrana.id']) {
      const record = having(names, 'cloudflare_dns_record', 'name', name);
      expect(record).toMatchObject({ type: 'CNAME', proxied: true });
      expect(record.content).toContain('webrana-mvp-edge');
    }
  });

  it('has a firewall of Cloudflare: rate limit and custom rules, on the plan that costs nothing', () => {
    expect(having(zone, 'cloudflare_ruleset', 'phase', 'http_ratelimit').rules[0].ratelimit).toMatchObject({
      period: 10,
      mitigation_timeout: 10,
    });
    expect(having(zone, 'cloudflare_ruleset', 'phase', 'http_request_firewall_custom').rules).toHaveLength(1);
  });

  it('keeps its zone strict, always HTTPS, TLS 1.2 and newer, with webrana-mvp alone, too', () => {
    const strict = {
      ssl: 'strict',
      always_use_https: 'on',
      min_tls_version: '1.2',
      security_header: { strict_transport_security: expect.objectContaining({ enabled: true, include_subdomains: false }) },
    };
    expect(settingsIn(zone)).toEqual(strict);
    const alone = sharedZone(mvpInput).zone;
    expect(settingsIn(alone)).toEqual(strict);
    expect(resourcesOf(alone, 'cloudflare_ruleset').map(({ phase }) => phase)).toEqual(
      resourcesOf(zone, 'cloudflare_ruleset').map(({ phase }) => phase),
    );
    for (const { edge } of [mvp, growth, scale]) expect(settingsIn(edge)).toEqual({});
  });

  it('admits only Cloudflare', () => {
    for (const { compute } of [growth, mvp]) {
      expect(new Set(admittedTo(compute)).size).toBe(15);
      expect(admittedTo(compute)).not.toContain('0.0.0.0/0');
    }
  });
});

describe('webrana, by its document', () => {
  const twiceFiveMinutes = {
    period: 300,
    evaluation_periods: 2,
    statistic: 'Average',
    comparison_operator: 'GreaterThanThreshold',
  };

  it('growth: goes off above 80 % CPU of the backend, twice in 300 seconds', () => {
    expect(alarm(growth, 'service-cpu-backend')).toMatchObject({
      ...twiceFiveMinutes,
      metric_name: 'CPUUtilization',
      threshold: 80,
    });
  });

  it('growth and scale: goes off above 80 connections of the database, twice in 300 seconds', () => {
    for (const tier of [growth, scale])
      expect(alarm(tier, 'database-connections')).toMatchObject({
        ...twiceFiveMinutes,
        namespace: 'AWS/RDS',
        metric_name: 'DatabaseConnections',
        threshold: 80,
      });
  });

  it('mvp: goes off above 80 % CPU of the instance, as the command has it', () => {
    expect(alarm(mvp, 'host-cpu')).toMatchObject({
      ...twiceFiveMinutes,
      namespace: 'AWS/EC2',
      metric_name: 'CPUUtilization',
      threshold: 80,
    });
  });

  it('scale: goes off above 80 % CPU of the nodes, measured by EC2 as in the command', () => {
    const nodes = alarmNames(scale).filter((name) => name.includes('node-cpu'));
    expect(nodes.length).toBeGreaterThan(0);
    for (const name of nodes)
      expect(alarm(scale, name.replace('webrana-scale-', ''))).toMatchObject({
        ...twiceFiveMinutes,
        namespace: 'AWS/EC2',
        threshold: 80,
      });
  });

  it('growth: watches the NAT instance that replaces itself', () =>
    expect(alarmNames(growth)).toContain('webrana-growth-nat-instance'));
});

describe('assumed for webrana', () => {
  it('notifies an address of the system', () => expect(endpoints(growth)).toContain('email admin@webrana.id'));
});

describe('the budgets of webrana', () => {
  it('are the totals of its cost tables', () => {
    const limits = [mvp, growth, scale].map(({ observability }) => theOnly(observability, 'aws_budgets_budget').limit_amount);
    expect(limits).toEqual(['43', '92', '255']);
  });
});

describe('every environment of webrana', () => {
  it('keeps its state in S3, locked by a file next to it', () => {
    for (const { environment: resolved } of [growth, mvp, scale])
      expect(resolved.backend).toMatchObject({ kind: 's3', store: { lock: 's3' } });
  });

  it('warns only of the account and, on Kubernetes, the office network, which the document does not name', () => {
    const warnings = ({ environment: { warnings: found } }: typeof growth) => found.map(({ rule }) => rule);
    expect([growth, mvp].map(warnings)).toEqual([['account-unpinned'], ['account-unpinned']]);
    expect(warnings(scale)).toEqual(['account-unpinned', 'kubernetes-endpoint-example']);
  });
});
