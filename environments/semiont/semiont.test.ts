import input from './production';
import { admittedTo, alarm, endpoints, groupsIn, rulesIn, widgetTitles } from '../../__tests__/support/documents';
import { container, having, scaling, synthesised, task, variables } from '../../__tests__/support/environments';
import { resourcesOf, theOnly } from '../../__tests__/support/synth';

const production = synthesised(input);
const { network, domain, data, compute } = production;

const FRONTEND = ['semiont-production-frontend', 'frontend'] as const;
const BACKEND = ['semiont-production-backend', 'backend'] as const;

describe('semiont-production, by its document', () => {
  it('has public, private and isolated subnets in two zones', () => {
    const subnets = Object.keys(network.resource?.aws_subnet ?? {});
    for (const kind of ['public', 'private', 'isolated']) expect(subnets.filter((id) => id.includes(kind))).toHaveLength(2);
  });

  it('has one NAT gateway', () => expect(resourcesOf(network, 'aws_nat_gateway')).toHaveLength(1));

  it('records no flow logs', () => expect(resourcesOf(network, 'aws_flow_log')).toEqual([]));

  it('keeps its data in PostgreSQL 15 on a db.t3.micro in one zone, 20 GB, encrypted', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({
      engine: 'postgres',
      engine_version: '15',
      instance_class: 'db.t3.micro',
      multi_az: false,
      allocated_storage: 20,
      storage_encrypted: true,
    });
  });

  it('keeps 7 days of backups', () => expect(theOnly(data, 'aws_db_instance').backup_retention_period).toBe(7));

  it.each([FRONTEND, BACKEND])('runs %s with 256 CPU units and 512 MB', (family) =>
    expect(task(production, family)).toMatchObject({ cpu: '256', memory: '512' }),
  );

  it.each(['service-frontend', 'service-backend'])('runs 1 to 10 tasks of %s at 70 %% CPU and 80 %% memory', (id) => {
    const { min, max, tracked } = scaling(production, id);
    expect([min, max]).toEqual([1, 10]);
    expect(tracked.ECSServiceAverageCPUUtilization.target_value).toBe(70);
    expect(tracked.ECSServiceAverageMemoryUtilization.target_value).toBe(80);
  });

  it('opens shells in both services', () => {
    expect(resourcesOf(compute, 'aws_ecs_service').map((service) => service.enable_execute_command)).toEqual([true, true]);
  });

  it('deploys at 100 and 200 percent, takes failures back, and waits two minutes', () => {
    for (const service of resourcesOf(compute, 'aws_ecs_service')) {
      expect(service).toMatchObject({
        deployment_minimum_healthy_percent: 100,
        deployment_maximum_percent: 200,
        deployment_circuit_breaker: { enable: true, rollback: true },
        health_check_grace_period_seconds: 120,
      });
    }
  });

  it('asks GET /api/health every 30 s for 5 s, heeding 2 successes and 3 failures', () => {
    const groups = resourcesOf(compute, 'aws_lb_target_group');
    expect(groups).toHaveLength(2);
    for (const { health_check } of groups) {
      expect(health_check).toMatchObject({
        path: '/api/health',
        interval: 30,
        timeout: 5,
        healthy_threshold: 2,
        unhealthy_threshold: 3,
      });
    }
  });

  it('sends /auth/* to the frontend at 10, /api and /api/* to the backend at 20, all else to the frontend', () => {
    const ruleOf = (priority: number) => having(compute, 'aws_lb_listener_rule', 'priority', priority);
    expect(ruleOf(10).condition[1].path_pattern.values).toEqual(['/auth/*']);
    expect(ruleOf(10).action[0].target_group_arn).toContain('frontend');
    expect(ruleOf(20).condition[1].path_pattern.values).toEqual(['/api', '/api/*']);
    expect(ruleOf(20).action[0].target_group_arn).toContain('backend');
    const [last, ...others] = [...resourcesOf(compute, 'aws_lb_listener_rule')].sort(
      (one, other) => other.priority - one.priority,
    );
    expect(last).toMatchObject({ condition: [{ host_header: { values: ['semiont.example'] } }] });
    expect(last?.action[0].target_group_arn).toContain('frontend');
    expect(others).toHaveLength(2);
  });

  it("answers only its own name: the web ACL sees nothing of what comes through a stranger's distribution", () => {
    expect(having(compute, 'aws_lb_listener', 'port', 443).default_action[0].type).toBe('fixed-response');
    for (const { condition } of resourcesOf(compute, 'aws_lb_listener_rule')) {
      expect(condition[0].host_header.values).toEqual(['semiont.example']);
    }
  });

  it('logs everything that runs to SemiontLogGroup, for a month', () => {
    expect(having(data, 'aws_cloudwatch_log_group', 'name', 'SemiontLogGroup').retention_in_days).toBe(30);
    for (const { container_definitions } of resourcesOf(compute, 'aws_ecs_task_definition')) {
      for (const { logConfiguration } of JSON.parse(container_definitions)) {
        expect(logConfiguration.options['awslogs-group']).toBe('SemiontLogGroup');
      }
    }
  });

  it('logs with the prefixes semiont-frontend and semiont-backend', () => {
    for (const [[family, name], prefix] of [
      [FRONTEND, 'semiont-frontend'],
      [BACKEND, 'semiont-backend'],
    ] as const) {
      expect(container(production, family, name).logConfiguration.options).toMatchObject({
        'awslogs-group': 'SemiontLogGroup',
        'awslogs-stream-prefix': prefix,
      });
    }
  });

  it("keeps its secrets by the document's names", () => {
    const names = resourcesOf(data, 'aws_secretsmanager_secret').map(({ name }) => name);
    expect(names.sort()).toEqual(['semiont/production/database', 'semiont/production/jwt-secret', 'semiont/production/oauth']);
  });

  it('gives the backend its database and signing key as secrets, and its directory', () => {
    const given = variables(production, ...BACKEND);
    expect(given.DATABASE_URL).toContain('role_secret_arns.app}:url::');
    expect(given.JWT_SECRET).toContain('secrets.jwt-secret.arn');
    expect(given.NODE_ENV).toBe('production');
    expect(container(production, ...BACKEND).mountPoints[0].containerPath).toBe(given.DATA_DIR);
  });

  it('stores uploads in EFS, encrypted, moving what is seldom read', () => {
    const files = theOnly(data, 'aws_efs_file_system');
    expect(files.encrypted).toBe(true);
    expect(files.lifecycle_policy.some((policy: any) => 'transition_to_ia' in policy)).toBe(true);
    expect(task(production, 'semiont-production-backend').volume[0].efs_volume_configuration.transit_encryption).toBe('ENABLED');
  });

  it('mounts the uploads in the backend only', () =>
    expect(task(production, 'semiont-production-frontend').volume ?? []).toEqual([]));

  it('is protected from deletion', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
    expect(theOnly(data, 'aws_efs_file_system').lifecycle).toEqual({ prevent_destroy: true });
  });
});

describe('semiont-production, assumed', () => {
  it('lives in us-east-1, in 10.0.0.0/16', () => {
    expect(network.provider.aws?.[0]?.region).toBe('us-east-1');
    expect(theOnly(network, 'aws_vpc').cidr_block).toBe('10.0.0.0/16');
  });

  it('answers to a name of a reserved domain', () =>
    expect(theOnly(domain, 'aws_acm_certificate').domain_name).toBe('semiont.example'));

  it('listens on 3000 and 4000', () => {
    expect(
      resourcesOf(compute, 'aws_lb_target_group')
        .map(({ port }) => port)
        .sort(),
    ).toEqual([3000, 4000]);
  });

  it('sees its uploads at /data', () => expect(variables(production, ...BACKEND).DATA_DIR).toBe('/data'));

  it('moves uploads to colder storage after 30 days', () => {
    expect(theOnly(data, 'aws_efs_file_system').lifecycle_policy).toContainEqual({ transition_to_ia: 'AFTER_30_DAYS' });
  });

  it('keeps its state in semiont-terraform-state', () => {
    expect(network.terraform.backend.s3).toMatchObject({ bucket: 'semiont-terraform-state', region: 'us-east-1' });
  });
});

describe('semiont-production, by its document', () => {
  const { edge, compute } = synthesised(input);
  const rules = rulesIn(edge);

  it('is behind CloudFront, and the firewall is on nothing else', () => {
    expect(theOnly(edge, 'aws_wafv2_web_acl').scope).toBe('CLOUDFRONT');
    expect(theOnly(edge, 'aws_cloudfront_distribution').web_acl_id).toContain('aws_wafv2_web_acl');
  });

  it('refuses more than 100 requests in 5 minutes of one address', () =>
    expect(rules['rate-limit']?.statement.rate_based_statement).toMatchObject({ limit: 100, evaluation_window_sec: 300 }));

  it('does not count the static files of pages, which CloudFront serves: three pages would reach the limit', () => {
    const { scope_down_statement: counted } = rules['rate-limit']?.statement.rate_based_statement as Record<string, any>;
    expect(counted.not_statement.statement[0].byte_match_statement).toMatchObject({
      positional_constraint: 'STARTS_WITH',
      search_string: '/_next/static/',
    });
  });

  it('has the core rule set, known bad inputs and IP reputation of AWS', () => {
    expect(groupsIn(edge).sort()).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
  });

  it('refuses countries', () => expect(rules.countries).toMatchObject({ action: { block: {} } }));

  it('exempts uploads from the rules that misfire on bodies, and from no others', () => {
    const { rule_action_override } = rules.core?.statement.managed_rule_group_statement ?? {};
    const counting = rule_action_override.map(({ name }: any) => name);
    expect(counting).toContain('SizeRestrictions_BODY');
    expect(counting.filter((name: string) => !name.endsWith('_BODY'))).toEqual([]);
    expect(rules['core-bodies']).toMatchObject({ action: { block: {} } });
  });

  it('keeps the log of the firewall for a month, without credentials', () => {
    expect(theOnly(edge, 'aws_cloudwatch_log_group').retention_in_days).toBe(30);
    const { redacted_fields } = theOnly(edge, 'aws_wafv2_web_acl_logging_configuration');
    expect(redacted_fields.map(({ single_header }: any) => single_header.name)).toEqual(['authorization', 'cookie']);
  });

  it('caches static assets and nothing of the API', () => {
    const { default_cache_behavior, ordered_cache_behavior } = theOnly(edge, 'aws_cloudfront_distribution');
    expect(ordered_cache_behavior.map(({ path_pattern }: any) => path_pattern)).toEqual(['/_next/static/*']);
    expect(default_cache_behavior.cache_policy_id).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
  });

  it('is reachable through CloudFront only', () =>
    expect(admittedTo(compute)).toEqual(['${data.aws_ec2_managed_prefix_list.cloudfront.id}']));

  it('has A records in Route 53', () => {
    const names = resourcesOf(edge, 'aws_route53_record').map(({ name, type }) => `${name} ${type}`);
    expect(names).toEqual(expect.arrayContaining(['semiont.example A', 'semiont.example AAAA', 'origin.semiont.example A']));
  });
});

describe('semiont-production, by its document', () => {
  it('goes off at 70 % CPU and 80 % memory of both services, and on errors', () => {
    for (const service of ['frontend', 'backend']) {
      expect(alarm(production, `service-cpu-${service}`).threshold).toBe(70);
      expect(alarm(production, `service-memory-${service}`).threshold).toBe(80);
    }
    expect(alarm(production, 'error-rate')).toBeDefined();
  });

  it('goes off when a service is not there: "Health Check Failures: service availability alerts"', () =>
    expect(alarm(production, 'healthy-targets-backend')).toMatchObject({
      threshold: 1,
      comparison_operator: 'LessThanThreshold',
    }));

  it('notifies by e-mail and SMS', () => {
    expect(endpoints(production).some((endpoint) => endpoint.startsWith('email '))).toBe(true);
    expect(endpoints(production).some((endpoint) => endpoint.startsWith('sms '))).toBe(true);
  });

  it('has a monthly budget', () => expect(theOnly(production.observability, 'aws_budgets_budget').time_unit).toBe('MONTHLY'));

  it('shows ECS, the load balancer, RDS and the firewall', () => {
    const shown = widgetTitles(production);
    expect(shown).toEqual(
      expect.arrayContaining([
        'Services: CPU (%)',
        'Services: running tasks',
        'Load balancer: errors (%)',
        'Database: connections',
      ]),
    );
    expect(shown.some((title) => title.startsWith('Firewall'))).toBe(true);
  });
});

describe('assumed for semiont', () => {
  it('verifies the certificate of its database with a bundle in the image', () =>
    expect(variables(production, ...BACKEND).NODE_EXTRA_CA_CERTS).toBe('/etc/ssl/certs/rds-global-bundle.pem'));

  it('notifies an address of the system', () => expect(endpoints(production)).toContain('email ops@semiont.example'));

  it('has the total of its cost table as budget', () =>
    expect(theOnly(production.observability, 'aws_budgets_budget').limit_amount).toBe('90'));
});

describe('every environment of semiont', () => {
  it('keeps its state in S3, locked by a file next to it, and warns only of the account, which the document does not name', () => {
    for (const { environment: resolved } of [production]) {
      expect(resolved.backend).toMatchObject({ kind: 's3', store: { lock: 's3' } });
      expect(resolved.warnings.map(({ rule }) => rule)).toEqual(['account-unpinned']);
    }
  });
});
