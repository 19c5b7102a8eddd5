/** The last stack: it monitors everything that the environment has, and nothing else. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { danglingReferences, remoteReads } from '../support/references';
import { resourcesOf, synthEnvironment, type RootModule } from '../support/synth';

const notifications = { emails: ['ops@shop.example'] };

function stacksOf(changes: Partial<EnvironmentInput> = {}): Readonly<Record<string, RootModule>> {
  return synthEnvironment(parseEnvironment(example(changes)));
}
const observed = (changes: Partial<EnvironmentInput> = {}) => stacksOf(changes)['shop-test-observability'] as RootModule;
const alarmNames = (module: RootModule) =>
  resourcesOf(module, 'aws_cloudwatch_metric_alarm').map(({ alarm_name: name }) => String(name));

const service = (example().services as any).api;
const worker = { image: 'api', vcpu: 0.25, memoryMib: 512 };

/** Everything that Fargate can have. */
const full: Partial<EnvironmentInput> = {
  network: { cidr: '10.0.0.0/16', zones: 2, nat: 'per-az', replicaNetworks: { 'us-east-1': { cidr: '10.1.0.0/24' } } },
  acknowledge: { residency: { 'database.replicas.us.region = us-east-1': 'a test of a replica that is far away' } },
  database: {
    placement: 'managed',
    version: '16',
    name: 'shop',
    instanceClass: 'db.t4g.micro',
    credentials: { kind: 'rotated-secret', rotateAfterDays: 90 },
    replicas: { us: { region: 'us-east-1' } },
  },
  queues: { work: {} },
  workers: { mail: { ...worker, replicas: { min: 0, max: 3 }, scaling: { queue: 'work' } } },
  jobs: { sync: { ...worker, schedule: '0 2 * * *' } },
  backups: {},
};

describe('with every feature', () => {
  const stacks = stacksOf(full);
  const module = stacks['shop-test-observability'] as RootModule;

  it('has no dangling reference, in its own module or to those that it reads', () => {
    expect(danglingReferences(module)).toEqual([]);
    const read = remoteReads(module);
    expect(read.length).toBeGreaterThan(20);
    for (const { state, path } of read) {
      const [output, ...rest] = path;
      let value = stacks[`shop-test-${state}`]?.output?.[output!]?.value;
      for (const step of rest) value = value?.[step];
      expect([state, path, value]).not.toEqual([state, path, undefined]);
    }
  });

  it('has an alarm on everything that the environment has', () => {
    expect(alarmNames(module)).toEqual(
      expect.arrayContaining(
        [
          'service-cpu-api',
          'service-memory-mail',
          'service-tasks-api',
          'error-rate',
          'latency',
          'healthy-targets-api',
          'database-cpu',
          'database-connections',
          'database-query-time',
          'database-free-storage',
          'replica-lag-us',
          'cache-memory',
          'queue-dead-letters-work',
          'schedule-dead-letters-sync',
          'nat-ports-eu-west-1a',
          'nat-ports-eu-west-1b',
          'certificate-expiry-regional',
          'backup-failed',
          'backup-age',
        ].map((name) => `shop-test-${name}`),
      ),
    );
    expect(new Set(alarmNames(module)).size).toBe(alarmNames(module).length);
  });

  it('gives every alarm both actions, a description with a remedy, and a treatment of missing data', () => {
    for (const alarm of resourcesOf(module, 'aws_cloudwatch_metric_alarm')) {
      expect(alarm.alarm_actions).toHaveLength(1);
      expect(alarm.ok_actions).toEqual(alarm.alarm_actions);
      expect(alarm.alarm_description).toMatch(/: (above|below) .+ for .+\. .+[.?]$/);
      expect(['breaching', 'notBreaching', 'missing']).toContain(alarm.treat_missing_data);
    }
  });

  it('has a second topic in the region of the replica, and each alarm notifies the topic of its region', () => {
    expect(new Set(resourcesOf(module, 'aws_sns_topic').map(({ region }) => region))).toEqual(new Set([undefined, 'us-east-1']));
    for (const { region, alarm_actions: actions } of resourcesOf(module, 'aws_cloudwatch_metric_alarm'))
      expect(actions).toEqual([`\${aws_sns_topic.notices${region === undefined ? '' : `-${region}`}_topic.arn}`]);
  });

  it('shows only alarms of its region on the dashboard', () => {
    const { widgets } = JSON.parse(resourcesOf(module, 'aws_cloudwatch_dashboard')[0]?.dashboard_body);
    const home = resourcesOf(module, 'aws_cloudwatch_metric_alarm').filter(({ region }) => region === undefined);
    expect(widgets[0].type).toBe('alarm');
    expect(widgets[0].properties.alarms).toHaveLength(home.length);
  });

  it('reports events of deployments, jobs, the database, rotations and certificates', () => {
    const home = resourcesOf(module, 'aws_cloudwatch_event_rule').filter(({ region }) => region === undefined);
    expect(home.map(({ name }) => name)).toEqual([
      'shop-test-certificate-renewal',
      'shop-test-database-event',
      'shop-test-rotation-failed',
      'shop-test-deployment-failed',
      'shop-test-job-run-failed',
      'shop-test-job-failed',
    ]);
  });

  it('reports events of a replica in its region, to the topic there', () => {
    const abroad = resourcesOf(module, 'aws_cloudwatch_event_rule').filter(({ region }) => region === 'us-east-1');
    expect(abroad.map(({ name }) => name)).toEqual(['shop-test-database-event']);
    const { detail } = JSON.parse(abroad[0]?.event_pattern);
    expect(detail.SourceIdentifier).toEqual(['shop-test-us']);
    expect(detail.EventCategories).toEqual(expect.arrayContaining(['failover', 'failure', 'read replica']));
    const targets = resourcesOf(module, 'aws_cloudwatch_event_target');
    for (const { region, arn } of targets)
      expect(arn).toBe(`\${aws_sns_topic.notices${region === undefined ? '' : `-${region}`}_topic.arn}`);
    expect(targets.filter(({ region }) => region === 'us-east-1')).toHaveLength(1);
  });

  it('reports a certificate that cannot be renewed', () => {
    const rule = resourcesOf(module, 'aws_cloudwatch_event_rule').find(({ name }) => name === 'shop-test-certificate-renewal');
    expect(JSON.parse(rule?.event_pattern)).toEqual({
      source: ['aws.acm'],
      'detail-type': ['ACM Certificate Renewal Action Required', 'ACM Certificate Expired'],
      resources: ['${data.terraform_remote_state.domain.outputs.certificate_arn}'],
    });
  });
});

describe('with fewer features', () => {
  it('monitors nothing that does not exist', () => {
    const names = alarmNames(
      observed({ database: undefined, cache: undefined, services: { api: { ...service, environment: {} } } }),
    ).join(' ');
    expect(names).not.toMatch(/database|replica|cache|queue|schedule|backup/);
    expect(names).toMatch(/service-cpu-api/);
  });

  it('has one topic when everything is in one region', () => {
    expect(resourcesOf(observed(), 'aws_sns_topic')).toHaveLength(1);
  });

  it('monitors a NAT instance instead of gateways', () => {
    const names = alarmNames(observed({ network: { cidr: '10.0.0.0/16', zones: 2, nat: 'instance' } }));
    expect(names).toContain('shop-test-nat-instance');
    expect(names.join()).not.toContain('nat-ports');
  });

  it('has no alarm on tasks or mean query time where they are not measured', () => {
    const names = alarmNames(
      observed({
        fargate: { containerInsights: 'disabled' },
        database: {
          placement: 'managed',
          version: '16',
          name: 'shop',
          instanceClass: 'db.t4g.micro',
          performanceInsights: false,
        },
      }),
    );
    expect(names).not.toContain('shop-test-service-tasks-api');
    expect(names).not.toContain('shop-test-database-query-time');
  });

  it('has only a dashboard, or only a budget, when nothing else is configured', () => {
    const board = observed({ observability: { alarms: 'none' } });
    expect(Object.keys(board.resource ?? {})).toContain('aws_cloudwatch_dashboard');
    expect(resourcesOf(board, 'aws_cloudwatch_metric_alarm')).toEqual([]);
    expect(resourcesOf(board, 'aws_cloudwatch_event_rule')).toEqual([]);
    const budget = observed({ observability: { notifications, alarms: 'none', dashboard: false, budget: { monthlyUsd: 50 } } });
    expect(resourcesOf(budget, 'aws_budgets_budget')).toHaveLength(1);
    expect(resourcesOf(budget, 'aws_cloudwatch_dashboard')).toEqual([]);
  });

  it('does not exist when nothing is configured', () => {
    expect(Object.keys(stacksOf({ observability: { alarms: 'none', dashboard: false } }))).not.toContain(
      'shop-test-observability',
    );
  });

  it('has the command that activates the cost allocation tag only when the budget uses the tag', () => {
    const outputs = (scope: 'account' | 'environment') =>
      Object.keys(observed({ observability: { notifications, budget: { monthlyUsd: 50, scope } } }).output ?? {});
    expect(outputs('environment')).toContain('activate_cost_tag');
    expect(outputs('account')).not.toContain('activate_cost_tag');
  });
});

describe('for the other stacks', () => {
  it('changes nothing in network, domain, data and compute', () => {
    const loud = stacksOf();
    const quiet = stacksOf({ observability: { alarms: 'none', dashboard: false } });
    for (const kind of ['network', 'domain', 'data', 'compute-fargate'])
      expect(quiet[`shop-test-${kind}`]).toEqual(loud[`shop-test-${kind}`]);
  });
});

test('on a box it monitors the host, and no certificate of a load balancer, because there is none', () => {
  const environment = parseEnvironment(boxed());
  const module = synthEnvironment(environment)[`${environment.identity.environment}-observability`] as RootModule;
  const names = alarmNames(module).join(' ');
  for (const kind of ['host-cpu', 'host-health', 'host-disk', 'host-backup-age', 'host-restore-age'])
    expect(names).toContain(kind);
  expect(names).not.toMatch(/service-|error-rate|certificate-expiry/);
  expect(danglingReferences(module)).toEqual([]);
});
