import productionInput from './production';
import stagingInput from './staging';
import { admittedTo, alarm, endpoints, groupsIn, rulesIn, settingsIn } from '../../__tests__/support/documents';
import { container, having, lifecycle, scaling, synthesised, task, variables } from '../../__tests__/support/environments';
import { findingsBehind, intruded, refusingRules } from '../../__tests__/support/intrusions';
import { resourcesOf, theOnly } from '../../__tests__/support/synth';

const production = synthesised(productionInput);
const staging = synthesised(stagingInput);
const { environment, network, domain, data, compute } = production;

const primary = having(data, 'aws_db_instance', 'identifier', 'infrar-production');
const vpc = having(network, 'aws_vpc', 'cidr_block', '10.0.0.0/16');
const subnetsOf = (kind: string) =>
  Object.entries(network.resource?.aws_subnet ?? {})
    .filter(([id]) => id.startsWith(`subnets_${kind}-`))
    .map(([, subnet]) => [subnet.availability_zone, subnet.cidr_block]);

describe("infrar-production's network, by its document", () => {
  it('is 10.0.0.0/16 in eu-west-1', () => {
    expect(network.provider.aws?.[0]?.region).toBe('eu-west-1');
    expect(vpc).toBeDefined();
  });

  it('has the public subnets as drawn', () => {
    expect(subnetsOf('public')).toEqual([
      ['eu-west-1a', '10.0.1.0/24'],
      ['eu-west-1b', '10.0.2.0/24'],
      ['eu-west-1c', '10.0.3.0/24'],
    ]);
  });

  it('has the private subnets as drawn', () => {
    expect(subnetsOf('private')).toEqual([
      ['eu-west-1a', '10.0.11.0/24'],
      ['eu-west-1b', '10.0.12.0/24'],
      ['eu-west-1c', '10.0.13.0/24'],
    ]);
  });

  it('has a NAT gateway in each public subnet', () => expect(resourcesOf(network, 'aws_nat_gateway')).toHaveLength(3));

  it('delegates api.infrar.io from Cloudflare to Route 53', () => {
    expect(theOnly(domain, 'aws_route53_zone').name).toBe('api.infrar.io');
    expect(resourcesOf(domain, 'cloudflare_dns_record').length).toBeGreaterThan(0);
    expect(theOnly(domain, 'aws_acm_certificate').domain_name).toBe('api.infrar.io');
  });
});

describe("infrar-production's database, by its document", () => {
  it('is a db.t3.medium in several zones', () =>
    expect(primary).toMatchObject({ instance_class: 'db.t3.medium', multi_az: true }));

  it('has 100 GB of gp3 that grow to 500, at the baseline of 3000 IOPS', () => {
    expect(primary).toMatchObject({ storage_type: 'gp3', allocated_storage: 100, max_allocated_storage: 500 });
    expect(primary.iops).toBeUndefined();
  });

  it('keeps 30 days of backups', () => expect(primary.backup_retention_period).toBe(30));

  it('is maintained on Sunday from 03:00 to 04:00 UTC, minor versions included', () => {
    expect(primary).toMatchObject({ maintenance_window: 'sun:03:00-sun:04:00', auto_minor_version_upgrade: true });
  });

  it('is encrypted, forces TLS and takes IAM logins', () => {
    expect(primary).toMatchObject({ storage_encrypted: true, iam_database_authentication_enabled: true });
    const { parameter } = data.resource?.aws_db_parameter_group?.database_parameters ?? {};
    expect(parameter).toContainEqual(expect.objectContaining({ name: 'rds.force_ssl', value: '1' }));
  });

  it('is watched every 60 seconds, with Performance Insights', () => {
    expect(primary).toMatchObject({ monitoring_interval: 60, performance_insights_enabled: true });
  });

  it('has a read replica in us-east-1', () => {
    expect(having(data, 'aws_db_instance', 'region', 'us-east-1').replicate_source_db).toBe(
      '${aws_db_instance.database_primary.arn}',
    );
  });

  it("rotates the master's password every 90 days, and the application's at least as often, during maintenance", () => {
    const rules = resourcesOf(data, 'aws_secretsmanager_secret_rotation').map(({ rotation_rules }) => rotation_rules);
    expect(rules).toEqual([
      { automatically_after_days: 90 },
      // The first Sunday of every second month is at most 63 days after the one before; of every third, up to 98.
      { schedule_expression: 'cron(0 3 ? 1/2 1#1 *)', duration: '1h' },
    ]);
  });

  it("redeploys what holds the application's password after a rotation", () => {
    const { detail } = JSON.parse(compute.resource?.aws_cloudwatch_event_rule?.rotation_rotated?.event_pattern);
    expect(detail.additionalEventData.SecretId).toEqual([
      '${data.terraform_remote_state.data.outputs.database.role_secret_arns.app}',
    ]);
  });

  it('is PostgreSQL 15, as in development', () => expect(primary).toMatchObject({ engine: 'postgres', engine_version: '15' }));
});

describe("infrar-production's other data, by its document", () => {
  it('caches in cache.t3.micro with one replica', () => {
    expect(theOnly(data, 'aws_elasticache_replication_group')).toMatchObject({
      node_type: 'cache.t3.micro',
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
    });
  });

  it('keeps uploads versioned, for 90 days', () => {
    expect(having(data, 'aws_s3_bucket', 'bucket', 'infrar-prod-uploads')).toBeDefined();
    expect(data.resource?.aws_s3_bucket_versioning?.bucket_uploads_versioning?.versioning_configuration.status).toBe('Enabled');
    expect(lifecycle(production, 'uploads').objects.expiration).toEqual([{ days: 90 }]);
  });

  it('moves artifacts to Glacier after 30 days, without versions', () => {
    expect(having(data, 'aws_s3_bucket', 'bucket', 'infrar-prod-artifacts')).toBeDefined();
    expect(data.resource?.aws_s3_bucket_versioning?.bucket_artifacts_versioning).toBeUndefined();
    expect(lifecycle(production, 'artifacts').objects.transition).toEqual([{ days: 30, storage_class: 'GLACIER' }]);
  });

  it('deletes logs after 30 days', () => {
    expect(having(data, 'aws_s3_bucket', 'bucket', 'infrar-prod-logs')).toBeDefined();
    expect(lifecycle(production, 'logs').objects.expiration).toEqual([{ days: 30 }]);
  });

  it('encrypts each bucket with AES-256 and closes it to the public', () => {
    const encryptions = resourcesOf(data, 'aws_s3_bucket_server_side_encryption_configuration');
    expect(encryptions).toHaveLength(3);
    for (const encryption of encryptions) expect(JSON.stringify(encryption.rule)).toContain('"AES256"');
    for (const block of resourcesOf(data, 'aws_s3_bucket_public_access_block')) {
      expect(block).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
    }
  });

  it("keeps its secrets by the document's paths", () => {
    const names = resourcesOf(data, 'aws_secretsmanager_secret').map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        '/infrar/production/database/master-password',
        '/infrar/production/database/application-password',
        '/infrar/production/api-keys/stripe-secret-key',
        '/infrar/production/api-keys/sendgrid-api-key',
        '/infrar/production/api-keys/github-oauth-secret',
        '/infrar/production/jwt/signing-key',
        '/infrar/production/jwt/refresh-key',
      ]),
    );
  });
});

describe("infrar-production's containers, by its document", () => {
  const platform = container(production, 'infrar-platform', 'platform');
  const service = having(compute, 'aws_ecs_service', 'name', 'infrar-platform');

  it('runs the API with 1 vCPU and 2 GB on port 8080', () => {
    expect(task(production, 'infrar-platform')).toMatchObject({ cpu: '1024', memory: '2048' });
    expect(platform.portMappings[0].containerPort).toBe(8080);
  });

  it('runs 2 to 10 tasks at 70 % CPU, with cool-downs of 60 and 300 seconds', () => {
    const { min, max, tracked } = scaling(production, 'service-platform');
    expect([min, max]).toEqual([2, 10]);
    expect(tracked.ECSServiceAverageCPUUtilization).toMatchObject({
      target_value: 70,
      scale_out_cooldown: 60,
      scale_in_cooldown: 300,
    });
  });

  it("checks the container's health as its task definition says", () => {
    expect(platform.healthCheck).toEqual({
      command: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'],
      interval: 30,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    });
  });

  it('asks /health every 30 seconds from the load balancer', () => {
    expect(theOnly(compute, 'aws_lb_target_group').health_check).toMatchObject({ path: '/health', interval: 30 });
  });

  it('replaces half of the tasks at a time', () => expect(service.deployment_minimum_healthy_percent).toBe(50));

  it('pools connections: transaction, 100, 25, 5', () => {
    expect(variables(production, 'infrar-platform', 'pooler')).toMatchObject({
      POOL_MODE: 'transaction',
      MAX_CLIENT_CONN: '100',
      DEFAULT_POOL_SIZE: '25',
      RESERVE_POOL_SIZE: '5',
    });
  });

  it('logs to /ecs/infrar-platform with the prefix ecs', () => {
    expect(platform.logConfiguration.options).toMatchObject({
      'awslogs-group': '/ecs/infrar-platform',
      'awslogs-stream-prefix': 'ecs',
    });
    expect(having(data, 'aws_cloudwatch_log_group', 'name', '/ecs/infrar-platform')).toBeDefined();
  });

  it("has the document's variables, the password as a secret", () => {
    const given = variables(production, 'infrar-platform', 'platform');
    expect(given.ENVIRONMENT).toBe('production');
    expect(Object.keys(given)).toEqual(expect.arrayContaining(['DATABASE_HOST', 'REDIS_URL', 'DATABASE_PASSWORD']));
    expect(platform.secrets.map(({ name }: any) => name)).toContain('DATABASE_PASSWORD');
  });

  it('runs zero to five executors of 2 vCPU and 4 GB', () => {
    expect(task(production, 'infrar-terraform-executor')).toMatchObject({ cpu: '2048', memory: '4096' });
    expect(scaling(production, 'worker-terraform-executor')).toMatchObject({ min: 0, max: 5 });
  });

  it('wakes the executors by the messages in their queue', () => {
    const alarm = having(compute, 'aws_cloudwatch_metric_alarm', 'threshold', 1);
    expect(JSON.stringify(alarm.metric_query)).toContain('queues.terraform-runs.name');
  });

  it('syncs prices daily at 02:00 UTC', () => {
    const schedule = theOnly(compute, 'aws_scheduler_schedule');
    expect(schedule).toMatchObject({ schedule_expression: 'cron(0 2 * * ? *)', schedule_expression_timezone: 'UTC' });
    expect(schedule.target.arn).toContain('job-pricing-sync');
  });

  it('builds containers with a Docker daemon and access to the registry', () => {
    expect(theOnly(compute, 'aws_codebuild_project').environment.privileged_mode).toBe(true);
    const { policy } = compute.resource?.aws_iam_role_policy?.['builder-containers_build_policy'] ?? {};
    expect(policy).toContain('ecr:PutImage');
  });

  it("gives users' code no say in what runs with the role of the builder", () => {
    const { source, environment } = theOnly(compute, 'aws_codebuild_project');
    expect(source.buildspec).toMatch(/^version: 0\.2\n[^]*docker build/);
    expect(environment.environment_variable.map(({ name }: any) => name)).toEqual(['REPOSITORY_USER_APPLICATIONS']);
    const { policy } = compute.resource?.aws_iam_role_policy?.['builder-containers_build_policy'] ?? {};
    const list = JSON.parse(policy).Statement.filter(({ Action }: any) => Action.includes('s3:ListBucket'));
    expect(list.map(({ Condition }: any) => Condition)).toEqual([{ StringLike: { 's3:prefix': ['builds/', 'builds/*'] } }]);
  });

  it("gives secrets of users to the platform's tasks and no others", () => {
    const readers = Object.entries(compute.resource?.aws_iam_role_policy ?? {}).filter(([, { policy }]) =>
      policy.includes('/infrar/production/users/*'),
    );
    expect(readers.map(([id]) => id.split('_')[0]).sort()).toEqual(['service-platform', 'worker-terraform-executor']);
  });
});

describe("infrar-production, by its document's drawing of security groups", () => {
  it('lets the load balancer reach tasks on 8080, and tasks the database on 5432 and Redis on 6379', () => {
    const ports = resourcesOf(compute, 'aws_vpc_security_group_ingress_rule').filter(
      (rule) => rule.referenced_security_group_id !== undefined,
    );
    expect([...new Set(ports.map(({ from_port }) => from_port))].sort()).toEqual([5432, 6379, 8080]);
  });

  it('lets the world reach the load balancer only, on 443 and for the redirect on 80', () => {
    const open = resourcesOf(compute, 'aws_vpc_security_group_ingress_rule').filter(({ cidr_ipv4 }) => cidr_ipv4 === '0.0.0.0/0');
    expect(open.map(({ from_port }) => from_port).sort()).toEqual([443, 80]);
    for (const { security_group_id } of open) expect(security_group_id).toContain('load-balancer');
  });
});

describe('infrar-production is production', () => {
  it('is protected from deletion', () =>
    expect(primary).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } }));

  it('says why data leaves the EU and why a role has a wildcard', () => {
    expect(environment.warnings.map(({ rule }) => rule)).toEqual(['account-unpinned']);
  });
});

describe('infrar-staging, by its document', () => {
  const database = theOnly(staging.data, 'aws_db_instance');

  it('is 10.1.0.0/16 in two zones of us-east-1', () => {
    expect(theOnly(staging.network, 'aws_vpc').cidr_block).toBe('10.1.0.0/16');
    expect(staging.environment.network.zones).toEqual(['us-east-1a', 'us-east-1b']);
  });

  it('runs one task with half a vCPU and 1 GB', () => {
    expect(task(staging, 'infrar-platform')).toMatchObject({ cpu: '512', memory: '1024' });
    expect(scaling(staging, 'service-platform')).toMatchObject({ min: 1, max: 1 });
  });

  it('keeps its data in a db.t3.micro in one zone, 20 GB, 7 days of backups', () => {
    expect(database).toMatchObject({
      instance_class: 'db.t3.micro',
      multi_az: false,
      allocated_storage: 20,
      backup_retention_period: 7,
    });
  });

  it('has the buckets infrar-staging-uploads, -artifacts and -logs', () => {
    const names = resourcesOf(staging.data, 'aws_s3_bucket').map(({ bucket }) => bucket);
    expect(names.sort()).toEqual(['infrar-staging-artifacts', 'infrar-staging-logs', 'infrar-staging-uploads']);
  });

  it('has neither Redis nor executors nor a price sync', () => {
    expect(resourcesOf(staging.data, 'aws_elasticache_replication_group')).toEqual([]);
    expect(resourcesOf(staging.compute, 'aws_ecs_service')).toHaveLength(1);
    expect(resourcesOf(staging.compute, 'aws_scheduler_schedule')).toEqual([]);
  });

  it("keeps its state apart from production's, each in its region", () => {
    expect(staging.network.terraform.backend.s3).toMatchObject({ bucket: 'infrar-staging-terraform-state', region: 'us-east-1' });
    expect(network.terraform.backend.s3).toMatchObject({ bucket: 'infrar-production-terraform-state', region: 'eu-west-1' });
  });

  it('can be destroyed', () => expect(database.deletion_protection).toBe(false));
});

describe('infrar, assumed', () => {
  it('keeps data in isolated subnets 10.0.21-23.0/24', () => {
    expect(subnetsOf('isolated')).toEqual([
      ['eu-west-1a', '10.0.21.0/24'],
      ['eu-west-1b', '10.0.22.0/24'],
      ['eu-west-1c', '10.0.23.0/24'],
    ]);
  });

  it('keeps the replica in 10.100.0.0/24', () =>
    expect(having(network, 'aws_vpc', 'cidr_block', '10.100.0.0/24').region).toBe('us-east-1'));

  it('leaves staging by a NAT instance', () => {
    expect(resourcesOf(staging.network, 'aws_nat_gateway')).toEqual([]);
    expect(resourcesOf(staging.network, 'aws_autoscaling_group')).toHaveLength(1);
  });

  it('serves staging at api.staging.infrar.io', () => {
    expect(theOnly(staging.domain, 'aws_acm_certificate').domain_name).toBe('api.staging.infrar.io');
  });

  it('syncs prices with half a vCPU and 1 GB', () =>
    expect(task(production, 'infrar-pricing-sync')).toMatchObject({ cpu: '512', memory: '1024' }));

  it('gives each executor one run, for at most an hour', () => {
    expect(environment.data.queues[0]).toMatchObject({ key: 'terraform-runs', visibilityTimeoutSeconds: 3600 });
    expect(environment.workloads.workers[0]?.scaling).toMatchObject({ messagesPerTask: 1 });
  });
});

describe('infrar-production, by its document', () => {
  const { edge, compute } = synthesised(productionInput);
  const rules = rulesIn(compute);

  it('serves infrar.io and www.infrar.io from Cloudflare Pages', () => {
    expect(theOnly(edge, 'cloudflare_pages_project').name).toBe('infrar-web');
    expect(resourcesOf(edge, 'cloudflare_pages_domain').map(({ name }) => name)).toEqual(['infrar.io', 'www.infrar.io']);
    for (const name of ['infrar.io', 'www.infrar.io']) {
      expect(having(edge, 'cloudflare_dns_record', 'name', name)).toMatchObject({ type: 'CNAME', proxied: true });
    }
  });

  it('builds infrar-web with `npm run build`, from /, into out', () => {
    const { build_config, source } = theOnly(edge, 'cloudflare_pages_project');
    expect(build_config).toEqual({ build_command: 'npm run build', destination_dir: 'out', root_dir: '/' });
    expect(source.config.repo_name).toBe('infrar-web');
  });

  it('passes NEXT_PUBLIC_API_URL=https://api.infrar.io to the frontend', () => {
    const { production } = theOnly(edge, 'cloudflare_pages_project').deployment_configs;
    expect(production.env_vars).toEqual({ NEXT_PUBLIC_API_URL: { type: 'plain_text', value: 'https://api.infrar.io' } });
  });

  it('previews every pull request', () =>
    expect(theOnly(edge, 'cloudflare_pages_project').source.config.preview_deployment_setting).toBe('all'));

  it('points api.infrar.io in Route 53 at the load balancer', () => {
    const record = theOnly(edge, 'aws_route53_record');
    expect(record).toMatchObject({ name: 'api.infrar.io', type: 'A' });
    expect(record.alias.name).toContain('load_balancer.dns_name');
  });

  it('checks its health from Route 53', () => {
    expect(theOnly(edge, 'aws_route53_health_check')).toMatchObject({
      fqdn: 'api.infrar.io',
      resource_path: '/health',
      type: 'HTTPS',
    });
  });

  it('refuses more than 2000 requests in 5 minutes of one address', () => {
    expect(rules['rate-limit']).toMatchObject({
      action: { block: {} },
      statement: { rate_based_statement: { limit: 2000, evaluation_window_sec: 300, aggregate_key_type: 'IP' } },
    });
  });

  it('refuses SQL injection, cross-site scripting, known bad inputs, and bad addresses', () => {
    expect(groupsIn(compute)).toEqual(
      expect.arrayContaining([
        'AWSManagedRulesSQLiRuleSet',
        'AWSManagedRulesKnownBadInputsRuleSet',
        'AWSManagedRulesAmazonIpReputationList',
      ]),
    );
    expect(JSON.stringify(rules['cross-site-scripting']?.statement)).toContain('xss_match_statement');
    expect(rules['cross-site-scripting']?.action).toEqual({ block: {} });
  });

  it('restricts no country: "geographic restrictions: optional"', () =>
    expect(JSON.stringify(rules)).not.toContain('geo_match_statement'));

  it('takes source code where it is uploaded: rules about SQL and scripts leave these paths out', () => {
    const exempt = (rule: string) => JSON.stringify(rules[rule]?.statement).match(/"search_string":"[^"]+"/g);
    for (const rule of ['sql-injection-bodies', 'cross-site-scripting']) {
      expect(exempt(rule)).toEqual(['"search_string":"/api/v1/uploads"', '"search_string":"/api/v1/transform"']);
    }
  });

  it('has its web ACL before the load balancer', () =>
    expect(theOnly(compute, 'aws_wafv2_web_acl_association').resource_arn).toContain('aws_lb.'));

  it('lets the world reach its load balancer, as drawn', () => expect(admittedTo(compute)).toEqual(['0.0.0.0/0']));

  it('keeps its zone strict, always HTTPS, TLS 1.2 and newer', () =>
    expect(settingsIn(edge)).toEqual({
      ssl: 'strict',
      always_use_https: 'on',
      min_tls_version: '1.2',
      security_header: { strict_transport_security: expect.objectContaining({ enabled: true, include_subdomains: false }) },
    }));
});

describe('infrar-staging, by its document', () => {
  const { edge, compute } = synthesised(stagingInput);

  it('serves staging.infrar.io, connected to the staging API', () => {
    expect(theOnly(edge, 'cloudflare_pages_domain').name).toBe('staging.infrar.io');
    const { production } = theOnly(edge, 'cloudflare_pages_project').deployment_configs;
    expect(production.env_vars.NEXT_PUBLIC_API_URL.value).toBe('https://api.staging.infrar.io');
  });

  it('has no web ACL: staging is drawn without one', () => expect(resourcesOf(compute, 'aws_wafv2_web_acl')).toEqual([]));

  it("leaves the zone's settings to infrar-production", () => expect(resourcesOf(edge, 'cloudflare_zone_setting')).toEqual([]));
});

describe('infrar, by its document', () => {
  it('goes off on error rates and latency', () => {
    expect(alarm(production, 'error-rate')).toBeDefined();
    expect(alarm(production, 'latency')).toMatchObject({ metric_name: 'TargetResponseTime', extended_statistic: 'p95' });
  });

  it('watches its replica from us-east-1, where it is', () =>
    expect(alarm(production, 'replica-lag-us')).toMatchObject({
      region: 'us-east-1',
      metric_query: [{ return_data: true }, { metric: { metric_name: 'ReplicaLag' } }],
    }));

  it('keeps audit logs of all calls, in both accounts', () => {
    for (const { environment } of [production, staging])
      expect(environment.backend).toMatchObject({ store: { singletons: { cloudTrail: 'create' } } });
  });
});

describe('assumed for infrar', () => {
  it('notifies an address of the system', () => expect(endpoints(production)).toContain('email ops@infrar.io'));
});

describe('infrar, by Step 1 of its document: "Configure billing alerts"', () => {
  it('has the totals of its cost tables as budgets, each of an account', () => {
    const limits = [production, staging].map(({ observability }) => theOnly(observability, 'aws_budgets_budget'));
    expect(limits.map(({ limit_amount: limit }) => limit)).toEqual(['850', '84']);
    for (const budget of limits) expect(budget.cost_filter).toBeUndefined();
  });

  it('has a monitor of cost anomalies in both accounts', () => {
    for (const { environment: resolved } of [production, staging])
      expect(resolved.backend).toMatchObject({ store: { singletons: { costAnomalies: { kind: 'create', minimumUsd: 10 } } } });
  });
});

describe('every environment of infrar', () => {
  it('keeps its state in S3, locked by a file next to it, and warns only of the account, which the document does not name', () => {
    for (const { environment: resolved } of [production, staging]) {
      expect(resolved.backend).toMatchObject({ kind: 's3', store: { lock: 's3' } });
      expect(resolved.warnings.map(({ rule }) => rule)).toEqual(['account-unpinned']);
    }
  });
});

describe('four services on everything, added to the platform service of infrar-production', () => {
  const input = intruded(productionInput, 'platform', {
    actions: ['secretsmanager:*', 's3:*', 'kms:*', 'sts:AssumeRole'],
    resources: ['*'],
  });

  it('is refused by the rules, although users/* is acknowledged', () =>
    expect(refusingRules(input)).toEqual(['task-role-escalation', 'task-role-reserved', 'task-role-wildcard']));

  it('is refused by the policy gate, when the description acknowledges it', () =>
    expect(findingsBehind(input)).toEqual(['OWN_IAM_ACTIONS', 'OWN_IAM_ESCALATION', 'OWN_IAM_RESERVED', 'OWN_IAM_RESOURCES']));
});

test('the policies of infrar-production as they are have no finding about IAM', () =>
  expect(findingsBehind(productionInput)).toEqual([]));
