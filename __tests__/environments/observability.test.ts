/** What the documents say of alarms, budgets, traces and audit: facts by name, assumptions apart. */
import { environments } from '../../environments';
import { parseEnvironment, type ResolvedEnvironment } from '../../src/config';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

interface MonitoredResources {
  readonly environment: ResolvedEnvironment;
  readonly stacks: Readonly<Record<string, RootModule>>;
  readonly module: RootModule;
}

async function monitored(name: string): Promise<MonitoredResources> {
  const environment = parseEnvironment((await environments[name]!()).default);
  const stacks = synthEnvironment(environment);
  return { environment, stacks, module: stacks[`${name}-observability`] as RootModule };
}

/** The alarm of a name, without the environment's. */
function alarm({ module, environment }: MonitoredResources, name: string): Record<string, any> {
  const wanted = `${environment.identity.environment}-${name}`;
  const found = resourcesOf(module, 'aws_cloudwatch_metric_alarm').find(({ alarm_name: known }) => known === wanted);
  if (found === undefined) throw new Error(`there is no alarm ${wanted}`);
  return found;
}
const names = ({ module }: MonitoredResources) =>
  resourcesOf(module, 'aws_cloudwatch_metric_alarm').map(({ alarm_name: name }) => String(name));
const titles = ({ module }: MonitoredResources): readonly string[] =>
  JSON.parse(theOnly(module, 'aws_cloudwatch_dashboard').dashboard_body).widgets.map(
    ({ properties }: any) => properties.title ?? '',
  );
const endpoints = ({ module }: MonitoredResources) =>
  resourcesOf(module, 'aws_sns_topic_subscription').map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);

const twiceFiveMinutes = {
  period: 300,
  evaluation_periods: 2,
  statistic: 'Average',
  comparison_operator: 'GreaterThanThreshold',
};

describe('webrana, by its document', () => {
  let growth: MonitoredResources;
  let mvp: MonitoredResources;
  let scale: MonitoredResources;
  beforeAll(async () => {
    [growth, mvp, scale] = await Promise.all([monitored('webrana-growth'), monitored('webrana-mvp'), monitored('webrana-scale')]);
  });

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
    const nodes = names(scale).filter((name) => name.includes('node-cpu'));
    expect(nodes.length).toBeGreaterThan(0);
    for (const name of nodes)
      expect(alarm(scale, name.replace('webrana-scale-', ''))).toMatchObject({
        ...twiceFiveMinutes,
        namespace: 'AWS/EC2',
        threshold: 80,
      });
  });

  it('growth: watches the NAT instance that replaces itself', () =>
    expect(names(growth)).toContain('webrana-growth-nat-instance'));
});

describe('h2o-prod, by its document', () => {
  let prod: MonitoredResources;
  let dev: MonitoredResources;
  beforeAll(async () => {
    [prod, dev] = await Promise.all([monitored('h2o-prod'), monitored('h2o-dev')]);
  });
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
    expect(titles(prod)).toEqual(
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

describe('semiont-production, by its document', () => {
  let semiont: MonitoredResources;
  beforeAll(async () => {
    semiont = await monitored('semiont-production');
  });

  it('goes off at 70 % CPU and 80 % memory of both services, and on errors', () => {
    for (const service of ['frontend', 'backend']) {
      expect(alarm(semiont, `service-cpu-${service}`).threshold).toBe(70);
      expect(alarm(semiont, `service-memory-${service}`).threshold).toBe(80);
    }
    expect(alarm(semiont, 'error-rate')).toBeDefined();
  });

  it('goes off when a service is not there: "Health Check Failures: service availability alerts"', () =>
    expect(alarm(semiont, 'healthy-targets-backend')).toMatchObject({ threshold: 1, comparison_operator: 'LessThanThreshold' }));

  it('tells by e-mail and SMS', () => {
    expect(endpoints(semiont).some((endpoint) => endpoint.startsWith('email '))).toBe(true);
    expect(endpoints(semiont).some((endpoint) => endpoint.startsWith('sms '))).toBe(true);
  });

  it('has a monthly budget', () => expect(theOnly(semiont.module, 'aws_budgets_budget').time_unit).toBe('MONTHLY'));

  it('shows ECS, the load balancer, RDS and the firewall', () => {
    const shown = titles(semiont);
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

describe('infrar, by its document', () => {
  let production: MonitoredResources;
  beforeAll(async () => {
    production = await monitored('infrar-production');
  });

  it('goes off on error rates and latency', () => {
    expect(alarm(production, 'error-rate')).toBeDefined();
    expect(alarm(production, 'latency')).toMatchObject({ metric_name: 'TargetResponseTime', extended_statistic: 'p95' });
  });

  it('watches its replica from us-east-1, where it is', () =>
    expect(alarm(production, 'replica-lag-us')).toMatchObject({ region: 'us-east-1', metric_name: 'ReplicaLag' }));

  it('keeps audit logs of all calls, in both accounts', async () => {
    const staging = await monitored('infrar-staging');
    for (const { environment } of [production, staging])
      expect(environment.backend).toMatchObject({ store: { singletons: { cloudTrail: 'create' } } });
  });
});

describe('cloudpartner, by its document', () => {
  it('stays within the ten alarms of the free tier, recovery and restart of the host among them', async () => {
    const { module, stacks } = await monitored('cloudpartner-mvp');
    const recovery = resourcesOf(stacks['cloudpartner-mvp-compute-box'] as RootModule, 'aws_cloudwatch_metric_alarm').filter(
      ({ alarm_actions: actions }) => JSON.stringify(actions).includes('automate'),
    );
    expect(resourcesOf(module, 'aws_cloudwatch_metric_alarm').length + recovery.length).toBeLessThanOrEqual(10);
  });

  it('goes off when a service does not answer and when a disk is fuller than 80 %', async () => {
    const mvp = await monitored('cloudpartner-mvp');
    expect(alarm(mvp, 'host-health')).toBeDefined();
    expect(alarm(mvp, 'host-disk').threshold).toBe(80);
  });
});

describe('assumed', () => {
  it('who is told: an address of each system', async () => {
    for (const [name, address] of [
      ['webrana-growth', 'admin@webrana.id'],
      ['h2o-prod', 'ops@h2o.example'],
      ['infrar-production', 'ops@infrar.io'],
      ['semiont-production', 'ops@semiont.example'],
      ['cloudpartner-mvp', 'info@cloudpartner.pro'],
    ] as const)
      expect(endpoints(await monitored(name))).toContain(`email ${address}`);
  });

  it("the amount of semiont's budget: the total of its cost table", async () =>
    expect(theOnly((await monitored('semiont-production')).module, 'aws_budgets_budget').limit_amount).toBe('90'));

  it("a trail in h2o's account, without which nobody learns of rotations", async () =>
    expect((await monitored('h2o-prod')).environment.backend).toMatchObject({ store: { singletons: { cloudTrail: 'create' } } }));
});
