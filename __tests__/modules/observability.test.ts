/** Alarms, topics, event notices, dashboards and budgets. */
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { Testing } from 'cdktf';
import { ALARM_KINDS, alarmDefault, type AlarmKind } from '../../src/config/tables/alarm-defaults';
import type { ResolvedObservability } from '../../src/config/resolved/observability';
import { createAlarm, type AlarmProps } from '../../src/modules/observability/alarm';
import { AlarmGroup, thresholdOf } from '../../src/modules/observability/alarm-group';
import { alarmTable } from '../../src/modules/observability/alarm-table';
import { MonthlyBudget } from '../../src/modules/observability/budget';
import { dashboardBody } from '../../src/modules/observability/dashboard';
import { dashboardRows } from '../../src/modules/observability/dashboard-rows';
import { dataNotices, EventNotices, releaseNotices, type EventNotice } from '../../src/modules/observability/event-notices';
import { errorRate, METRICS, queryTime } from '../../src/modules/observability/metrics';
import { regionsOf, type MonitoredHost, type MonitoredResources } from '../../src/modules/observability/monitored-resources';
import { NotificationTopic } from '../../src/modules/observability/topic';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../support/synth';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:shop-test-notices';

const settings = (...off: readonly AlarmKind[]): ResolvedObservability['alarms'] =>
  Object.fromEntries(ALARM_KINDS.filter((kind) => !off.includes(kind)).map((kind) => [kind, { ...alarmDefault(kind), kind }]));

const nothing: MonitoredResources = {
  region: 'eu-west-1',
  cacheNodes: [],
  queues: [],
  nat: { gateways: [] },
  certificates: [],
  edge: { distributions: [], healthChecks: [] },
  firewalls: [],
};

/** The alarms on some resources, with every kind on but those named. */
const raised = (resources: Partial<MonitoredResources>, ...off: readonly AlarmKind[]): RootModule =>
  synthModule((stack) => {
    for (const [group, targets] of Object.entries(alarmTable({ ...nothing, ...resources }))) {
      new AlarmGroup(stack, group, {
        environment: 'shop-test',
        region: 'eu-west-1',
        settings: settings(...off),
        topicArns: { 'eu-west-1': TOPIC, 'us-east-1': 'arn:aws:sns:us-east-1:123456789012:shop-test-notices' },
        targets,
      });
    }
  });
const alarmOf = (module: RootModule, id: string) => module.resource?.aws_cloudwatch_metric_alarm?.[id] as Record<string, any>;
const namesOf = (module: RootModule) => Object.keys(module.resource?.aws_cloudwatch_metric_alarm ?? {});

const plain = {
  name: 'shop-test-service-cpu-api',
  measures: 'CPU of a service (api)',
  unit: '%',
  remedy: 'Raise vcpu.',
  metric: { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: { ServiceName: 'api' }, statistic: 'Average' },
  when: 'above',
  threshold: 80,
  periodSeconds: 300,
  periods: 2,
  missing: 'notBreaching',
  topicArn: TOPIC,
} as const;
const alone = (changes: Partial<AlarmProps>) =>
  theOnly(
    synthModule((stack) => void createAlarm(stack, 'alone', { ...plain, ...changes })),
    'aws_cloudwatch_metric_alarm',
  );

describe('an alarm', () => {
  it('notifies its topic when it begins and when it ends, and says what to do', () => {
    const synthesised = Testing.synthScope((scope) => void createAlarm(scope, 'cpu', plain));
    expect(synthesised).toHaveResourceWithProperties(CloudwatchMetricAlarm, {
      alarm_name: 'shop-test-service-cpu-api',
      alarm_description: 'CPU of a service (api): above 80 % for 10 minutes. Raise vcpu.',
      alarm_actions: [TOPIC],
      ok_actions: [TOPIC],
      comparison_operator: 'GreaterThanThreshold',
      threshold: 80,
      evaluation_periods: 2,
      period: 300,
      statistic: 'Average',
      treat_missing_data: 'notBreaching',
    });
  });

  it('passes a percentile as an extended statistic', () => {
    const slow = alone({ metric: { ...plain.metric, statistic: 'p95' } });
    expect(slow).toMatchObject({ extended_statistic: 'p95' });
    expect(slow.statistic).toBeUndefined();
  });

  it('has either a metric or a formula, one query of which returns the result', () => {
    const { metric_query: queries, namespace, metric_name: name, period } = alone({ metric: errorRate('app/shop/1') });
    expect([namespace, name, period]).toEqual([undefined, undefined, undefined]);
    expect(queries.filter((query: any) => query.return_data)).toHaveLength(1);
    expect(queries.map(({ id }: any) => id)).toEqual(['result', 'requests', 'answered', 'refused']);
    for (const { id } of queries) expect(id).toMatch(/^[a-z][A-Za-z0-9_]*$/);
  });

  it('reads the mean query time from Performance Insights, by the resource id of the instance, each counter for its period', () => {
    const { metric_query: queries } = alone({ metric: queryTime('db-ABC') });
    expect(queries[0].expression).toBe('IF(finished > 0, active / finished, 0)');
    expect(queries.slice(1)).toEqual([
      {
        id: 'active',
        expression: "DB_PERF_INSIGHTS('RDS', 'db-ABC', 'db.load.avg')",
        label: 'db.load',
        period: 300,
        return_data: false,
      },
      {
        id: 'finished',
        expression: "DB_PERF_INSIGHTS('RDS', 'db-ABC', 'db.SQL.queries_finished.avg')",
        label: 'db.SQL.queries_finished',
        period: 300,
        return_data: false,
      },
    ]);
  });

  it('is in the region of its metric and notifies a topic there; without a topic it is refused', () => {
    const replica = { key: 'us', identifier: 'shop-us', region: 'us-east-1', instanceClass: 'db.t4g.micro' } as const;
    const database = {
      primary: { key: 'primary', identifier: 'shop', region: 'eu-west-1', instanceClass: 'db.t4g.micro' } as const,
      replicas: [replica],
      storageGb: 20,
    };
    const module = raised({ database });
    expect(alarmOf(module, 'database_us-lag')).toMatchObject({
      region: 'us-east-1',
      alarm_actions: ['arn:aws:sns:us-east-1:123456789012:shop-test-notices'],
    });
    expect(alarmOf(module, 'database_cpu').region).toBeUndefined();
    const elsewhere = { ...database, replicas: [{ ...replica, region: 'ap-southeast-1' as const }] };
    expect(() => raised({ database: elsewhere })).toThrow(/ap-southeast-1, which has no topic/);
  });
});

describe('alarms', () => {
  const service = { key: 'api', name: 'shop-test-api', minimum: 2 };
  const fargate = { clusterName: 'shop', insights: true, services: [service], schedules: [] };

  it('on services: CPU, memory, and with Container Insights the number of tasks', () => {
    const module = raised({ fargate });
    expect(namesOf(module)).toEqual(['fargate_api-cpu', 'fargate_api-memory', 'fargate_api-tasks']);
    expect(alarmOf(module, 'fargate_api-tasks')).toMatchObject({ threshold: 2, comparison_operator: 'LessThanThreshold' });
    const blind = raised({ fargate: { ...fargate, insights: false } });
    expect(namesOf(blind)).toEqual(['fargate_api-cpu', 'fargate_api-memory']);
    const resting = { ...fargate, services: [{ ...service, minimum: 0 }] };
    const module0 = raised({ fargate: resting });
    expect(namesOf(module0)).not.toContain('fargate_api-tasks');
  });

  it('on targets: the maximum of unhealthy and the minimum of healthy ones', () => {
    const balancer = { arnSuffix: 'app/shop/1', targets: [{ service: 'api', arnSuffix: 'targetgroup/api/1' }] };
    const module = raised({ balancer });
    expect(alarmOf(module, 'load-balancer_api-unhealthy')).toMatchObject({ statistic: 'Maximum', threshold: 0 });
    expect(alarmOf(module, 'load-balancer_api-healthy')).toMatchObject({
      statistic: 'Minimum',
      threshold: 1,
      dimensions: { LoadBalancer: 'app/shop/1', TargetGroup: 'targetgroup/api/1' },
    });
  });

  it('on schedules: runs that could not be started', () => {
    const schedules = [{ key: 'sync', deadLetterQueueName: 'shop-test-sync-not-started' }];
    const module = raised({ fargate: { ...fargate, services: [], schedules } });
    expect(alarmOf(module, 'fargate_sync-not-started')).toMatchObject({
      dimensions: { QueueName: 'shop-test-sync-not-started' },
      threshold: 0,
    });
  });

  it('are not created where they are turned off', () => {
    const module = raised({ fargate }, 'service-memory');
    expect(namesOf(module)).toEqual(['fargate_api-cpu', 'fargate_api-tasks']);
  });

  it('on a database: thresholds relative to its size, in the units that RDS measures in', () => {
    const database = {
      primary: { key: 'primary', identifier: 'shop', region: 'eu-west-1', instanceClass: 'db.t4g.micro' } as const,
      replicas: [],
      storageGb: 20,
      insightsOf: 'db-ABC',
    };
    const module = raised({ database });
    expect(alarmOf(module, 'database_connections').threshold).toBe(89.6);
    expect(alarmOf(module, 'database_free-storage').threshold).toBe(2 * 2 ** 30);
    // An instance of this class has 1 GiB; RDS reports free memory in bytes.
    expect(alarmOf(module, 'database_free-memory')).toMatchObject({ metric_name: 'FreeableMemory', threshold: 0.05 * 2 ** 30 });
    expect(alarmOf(module, 'database_free-storage').alarm_description).toContain('below 2 GB');
    expect(namesOf(module)).toContain('database_query-time');
    const without = raised({ database: { ...database, insightsOf: undefined } });
    expect(namesOf(without)).not.toContain('database_query-time');
  });

  it('on Redis: each node', () => {
    const module = raised({ cacheNodes: ['shop-001', 'shop-002'] });
    expect(namesOf(module)).toHaveLength(6);
    expect(alarmOf(module, 'cache_memory-002')).toMatchObject({
      alarm_name: 'shop-test-cache-memory-node-002',
      dimensions: { CacheClusterId: 'shop-002' },
    });
    const single = raised({ cacheNodes: ['shop-001'] });
    expect(alarmOf(single, 'cache_memory-001').alarm_name).toBe('shop-test-cache-memory');
  });
  it('on e-mail: its bounces and complaints before AWS reviews the account, as the shares that SES reports', () => {
    const module = raised({ emailConfigurationSet: 'shop-test' });
    for (const [id, name, threshold] of [
      ['email_bounces', 'Reputation.BounceRate', 0.04],
      ['email_complaints', 'Reputation.ComplaintRate', 0.0008],
    ] as const)
      expect(alarmOf(module, id)).toMatchObject({
        namespace: 'AWS/SES',
        metric_name: name,
        dimensions: { 'ses:configuration-set': 'shop-test' },
        threshold,
        treat_missing_data: 'notBreaching',
      });
    expect(Object.keys(raised({}).resource?.aws_cloudwatch_metric_alarm ?? {})).not.toContain('email_bounces');
  });

  it('on queues: dead letters, and messages older than three visibility timeouts', () => {
    const queue = { key: 'work', name: 'shop-work', deadLetterName: 'shop-work-dead', visibilityTimeoutSeconds: 300 };
    const module = raised({ queues: [queue] });
    expect(alarmOf(module, 'queue_work-dead-letters').dimensions).toEqual({ QueueName: 'shop-work-dead' });
    expect(alarmOf(module, 'queue_work-age')).toMatchObject({ threshold: 900, dimensions: { QueueName: 'shop-work' } });
  });

  it('on NAT: ports of gateways, or the status of the instance', () => {
    const gateways = raised({ nat: { gateways: [{ zone: 'eu-west-1a', id: 'nat-1' }] } });
    expect(alarmOf(gateways, 'nat_ports-eu-west-1a')).toMatchObject({
      metric_name: 'ErrorPortAllocation',
      dimensions: { NatGatewayId: 'nat-1' },
    });
    const instance = raised({ nat: { gateways: [], instanceGroupName: 'shop-nat' } });
    expect(alarmOf(instance, 'nat_instance')).toMatchObject({
      dimensions: { AutoScalingGroupName: 'shop-nat' },
      treat_missing_data: 'breaching',
    });
  });

  it('on a cluster: CPU of each node group, memory and readiness where Container Insights measures them', () => {
    const cluster = { name: 'shop-eks', insights: true, nodeGroups: [{ key: 'main', groupName: 'eks-main' }] };
    const module = raised({ cluster });
    expect(namesOf(module)).toEqual([
      'cluster_crash-loop',
      'cluster_image',
      'cluster_main-cpu',
      'cluster_memory',
      'cluster_not-ready',
      'cluster_pod-failed',
    ]);
    expect(alarmOf(module, 'cluster_crash-loop')).toMatchObject({
      namespace: 'ContainerInsights',
      metric_name: 'pod_container_status_waiting_reason_crash_loop_back_off',
      dimensions: { ClusterName: 'shop-eks' },
    });
    expect(alarmOf(module, 'cluster_not-ready').metric_name).toBe('cluster_failed_node_count');
    const blind = raised({ cluster: { ...cluster, insights: false } });
    expect(namesOf(blind)).toEqual(['cluster_main-cpu', 'cluster_main-not-ready']);
  });

  it('on Alertmanager: it is silent, which none of its alerts can report', () => {
    const cluster = { name: 'shop-eks', insights: false, nodeGroups: [], watchdogTopicName: 'shop-test-watchdog' };
    expect(alarmOf(raised({ cluster }), 'cluster_watchdog')).toMatchObject({
      namespace: 'AWS/SNS',
      metric_name: 'NumberOfMessagesPublished',
      dimensions: { TopicName: 'shop-test-watchdog' },
      statistic: 'Sum',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
    });
    const { watchdogTopicName: _none, ...without } = cluster;
    expect(namesOf(raised({ cluster: without }))).toEqual([]);
  });

  it('on services without a healthy target, whose target groups a controller creates', () => {
    const module = raised({ balancer: { arnSuffix: 'app/k8s-shop/1', targets: [] } });
    const { metric_query, treat_missing_data, threshold } = alarmOf(module, 'load-balancer_healthy');
    expect(metric_query).toEqual([
      {
        id: 'result',
        expression:
          'SELECT MIN(HealthyHostCount) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, TargetGroup) ' +
          "WHERE LoadBalancer = 'app/k8s-shop/1' GROUP BY TargetGroup ORDER BY MIN() ASC",
        label: 'Healthy targets',
        period: 60,
        return_data: true,
      },
    ]);
    // No pod at all is no target, and no data.
    expect([treat_missing_data, threshold]).toEqual(['breaching', 1]);
    const known = raised({ balancer: { arnSuffix: 'app/1', targets: [{ service: 'api', arnSuffix: 'targetgroup/api' }] } });
    expect(namesOf(known)).not.toContain('load-balancer_healthy');
  });

  const host: MonitoredHost = {
    namespace: 'Terrace/Box',
    environment: 'shop-test',
    instanceId: 'i-1',
    bursts: true,
    postgres: true,
    redis: true,
    jobs: true,
    certificates: true,
    drills: true,
    backupHours: 26,
    drillHours: 192,
  };

  it('on a host: the machine, what runs on it, backups and restore drills', () => {
    const module = raised({ host });
    expect(alarmOf(module, 'host_backup-age')).toMatchObject({
      namespace: 'Terrace/Box',
      metric_name: 'LastGoodBackupAgeHours',
      dimensions: { Environment: 'shop-test' },
      threshold: 26,
      treat_missing_data: 'breaching',
    });
    expect(alarmOf(module, 'host_restore-age').threshold).toBe(192);
    // The fuller of two disks, the worst value of a period: an average would hide both.
    expect(alarmOf(module, 'host_disk').statistic).toBe('Maximum');
    for (const store of ['postgres', 'redis']) expect(alarmOf(module, `host_${store}`).statistic).toBe('Minimum');
    const bare = { ...host, postgres: false, redis: false, jobs: false, certificates: false, drills: false, bursts: false };
    const names = namesOf(raised({ host: bare }));
    for (const absent of ['postgres', 'redis', 'jobs', 'certificate', 'restore-age', 'credits'])
      expect(names).not.toContain(`host_${absent}`);
    expect(names).toEqual(expect.arrayContaining(['host_cpu', 'host_disk', 'host_health', 'host_backup-age']));
  });
});

describe('a resource in another region', () => {
  const key = 'web';
  const edge = { distributions: [{ key, id: 'E1' }], healthChecks: [{ key, id: 'check' }] };
  const certificates = [{ key: 'edge', arn: 'arn:certificate', region: 'us-east-1' }] as const;

  it('has its alarm there: CloudFront and Route 53 in us-east-1, a certificate in its own region', () => {
    const module = raised({ edge, certificates });
    expect(namesOf(module)).toEqual(['certificate_edge-expiry', 'outside_web-errors', 'outside_web-health']);
    for (const id of namesOf(module)) expect(alarmOf(module, id).region).toBe('us-east-1');
    const home = raised({ certificates: [{ ...certificates[0], region: 'eu-west-1' }] });
    expect(alarmOf(home, 'certificate_edge-expiry')).not.toHaveProperty('region');
  });

  it('adds its region to those that need a topic', () => {
    expect(regionsOf(nothing)).toEqual(['eu-west-1']);
    expect(regionsOf({ ...nothing, edge: { ...edge, distributions: [] } })).toEqual(['eu-west-1', 'us-east-1']);
    expect(regionsOf({ ...nothing, edge: { ...edge, healthChecks: [] } })).toEqual(['eu-west-1', 'us-east-1']);
    expect(regionsOf({ ...nothing, certificates })).toEqual(['eu-west-1', 'us-east-1']);
  });
});

describe("the application's metrics", () => {
  const services = [
    { key: 'api', name: 'shop-test-api', minimum: 1, tracedAs: 'shop-test-api' },
    { key: 'mail', name: 'shop-test-mail', minimum: 1 },
  ];
  const latency = { key: 'latency', name: 'http.duration', title: 'Latency', statistic: 'p95' };
  const watched = (alarmAbove?: number) =>
    raised({
      fargate: { clusterName: 'shop', insights: true, services, schedules: [] },
      application: { namespace: 'shop/test', metrics: [{ ...latency, alarmAbove }] },
    }).resource?.aws_cloudwatch_metric_alarm ?? {};

  it('have an alarm for each traced service, at the limit that the environment gives', () => {
    const alarms = watched(2000);
    expect(Object.keys(alarms).filter((id) => id.startsWith('application_'))).toEqual(['application_api-latency']);
    expect(alarms['application_api-latency']).toMatchObject({
      alarm_name: 'shop-test-application-latency-api',
      threshold: 2000,
      namespace: 'shop/test',
      metric_name: 'http.duration',
      dimensions: { 'service.name': 'shop-test-api' },
      extended_statistic: 'p95',
    });
  });

  it('have none without a limit', () => expect(watched()).not.toHaveProperty('application_api-latency'));
});

describe('the name of an alarm', () => {
  it('is shortened to the length that CloudWatch takes', () => {
    const module = raised({ nat: { gateways: [{ zone: 'z'.repeat(300), id: 'nat-1' }] } });
    expect(alarmOf(module, namesOf(module)[0]!).alarm_name).toHaveLength(255);
  });
});

describe('a relative threshold', () => {
  it('is a share of the size, and a fixed figure where the size is unknown', () => {
    expect(thresholdOf(alarmDefault('database-connections'), 450)).toBe(360);
    expect(thresholdOf(alarmDefault('database-connections'))).toBe(80);
    expect(thresholdOf(alarmDefault('queue-age'), 300)).toBe(900);
    expect(thresholdOf({ threshold: 80 }, 450)).toBe(80);
  });
});

describe('the topic', () => {
  const module = synthModule((stack) => {
    new NotificationTopic(stack, 'notices', {
      environment: 'shop-test',
      accountId: '123456789012',
      region: 'eu-west-1',
      elsewhere: false,
      notifications: { emails: ['ops@shop.example'], smsNumbers: ['+12025550142'] },
    });
  });
  const statements = (json: string) => JSON.parse(json).Statement as readonly any[];

  it('is encrypted with a key that alarms, budgets and events may use', () => {
    expect(theOnly(module, 'aws_sns_topic').kms_master_key_id).toBe('${aws_kms_key.notices_key.arn}');
    const users = statements(theOnly(module, 'aws_kms_key').policy).filter(({ Action }) =>
      Action.includes('kms:GenerateDataKey*'),
    );
    expect(users.flatMap(({ Principal }) => Principal.Service).sort()).toEqual([
      'budgets.amazonaws.com',
      'cloudwatch.amazonaws.com',
      'events.amazonaws.com',
    ]);
    expect(theOnly(module, 'aws_kms_key').enable_key_rotation).toBe(true);
  });

  it('accepts messages of the same services only, and none without TLS', () => {
    const policy = statements(theOnly(module, 'aws_sns_topic_policy').policy);
    const allowed = policy.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal }) => Principal.Service);
    expect(allowed.sort()).toEqual(['budgets.amazonaws.com', 'cloudwatch.amazonaws.com', 'events.amazonaws.com']);
    expect(policy.find(({ Effect }) => Effect === 'Deny')).toMatchObject({
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it('has a subscription for every address and number, with ids that do not depend on their order', () => {
    const endpoints = resourcesOf(module, 'aws_sns_topic_subscription').map(
      ({ protocol, endpoint }) => `${protocol} ${endpoint}`,
    );
    expect(endpoints.sort()).toEqual(['email ops@shop.example', 'sms +12025550142']);
    for (const id of Object.keys(module.resource?.aws_sns_topic_subscription ?? {}))
      expect(id).toMatch(/^notices_(email|sms)-[0-9a-f]{6}$/);
  });

  it('is created in another region together with key and subscriptions', () => {
    const synthesised = Testing.synthScope((scope) => {
      new NotificationTopic(scope, 'notices', {
        environment: 'shop-test',
        accountId: '123456789012',
        region: 'us-east-1',
        elsewhere: true,
        notifications: { emails: ['ops@shop.example'], smsNumbers: [] },
      });
    });
    expect(synthesised).toHaveResourceWithProperties(SnsTopic, { region: 'us-east-1' });
    for (const blocks of Object.values(JSON.parse(synthesised).resource as object))
      for (const block of Object.values(blocks as Record<string, any>)) expect(block.region).toBe('us-east-1');
  });
});

describe('event notices', () => {
  const rules = (module: RootModule) =>
    Object.fromEntries(
      resourcesOf(module, 'aws_cloudwatch_event_rule').map((rule) => [rule.name, JSON.parse(rule.event_pattern)]),
    );
  const noticed = (notices: readonly EventNotice[]) =>
    synthModule((stack) => void new EventNotices(stack, 'events', { environment: 'shop-test', topicArn: TOPIC, notices }));
  const SYNC = { key: 'sync', name: 'shop-test-sync' };
  const released = (jobs: readonly { key: string; name: string }[]) =>
    noticed(
      releaseNotices({
        environment: 'shop-test',
        region: 'eu-west-1',
        accountId: '123456789012',
        clusterName: 'shop',
        jobs,
      }),
    );

  it('report failed deployments, of services of this cluster only', () => {
    const pattern = rules(released([SYNC]))['shop-test-deployment-failed'];
    expect(pattern.resources).toEqual([{ prefix: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/' }]);
    expect(pattern.detail.eventName).toContain('SERVICE_DEPLOYMENT_FAILED');
  });

  it('report jobs that ended with an error, and those that never had an exit code', () => {
    const { detail } = rules(released([SYNC]))['shop-test-job-failed'];
    expect(detail).toMatchObject({ group: ['family:shop-test-sync'], lastStatus: ['STOPPED'] });
    expect(detail.$or).toEqual([
      { containers: { exitCode: [{ 'anything-but': [0] }] } },
      { containers: { exitCode: [{ exists: false }] } },
      { stopCode: ['TaskFailedToStart'] },
    ]);
    expect(rules(released([]))['shop-test-job-failed']).toBeUndefined();
  });

  it('report runs that were not started, exceeded their limit or were stopped, and no failed task twice', () => {
    const { detail } = rules(released([SYNC]))['shop-test-job-run-failed'];
    expect(detail).toEqual({
      stateMachineArn: ['arn:aws:states:eu-west-1:123456789012:stateMachine:shop-test-sync-job'],
      $or: [{ status: ['TIMED_OUT', 'ABORTED'] }, { status: ['FAILED'], error: [{ 'anything-but': ['States.TaskFailed'] }] }],
    });
    expect(rules(released([]))['shop-test-job-run-failed']).toBeUndefined();
  });

  it('reach the topic as a readable line', () => {
    for (const { arn, input_transformer: transformer } of resourcesOf(released([SYNC]), 'aws_cloudwatch_event_target')) {
      expect(arn).toBe(TOPIC);
      const text = JSON.parse(transformer.input_template) as string;
      const used = [...text.matchAll(/<(\w+)>/g)].map(([, name]) => name);
      expect(used.sort()).toEqual(Object.keys(transformer.input_paths).sort());
    }
  });

  it('report databases and rotations, where there are any', () => {
    const happened = (instances: readonly string[], rotatedSecretArns: readonly string[]) =>
      Object.keys(rules(noticed(dataNotices({ environment: 'shop-test', instances, rotatedSecretArns }))));
    expect(happened(['shop'], ['arn:secret:app'])).toEqual(['shop-test-database-event', 'shop-test-rotation-failed']);
    expect(happened([], [])).toEqual([]);
  });
});

describe('the budget', () => {
  const budget = (scope: 'account' | 'environment') =>
    theOnly(
      synthModule((stack) => {
        new MonthlyBudget(stack, 'budget', {
          environment: 'shop-test',
          budget: { monthlyUsd: 92.5, scope, noticePercents: [80, 100], forecastPercent: 100 },
          topicArn: TOPIC,
          after: [],
        });
      }),
      'aws_budgets_budget',
    );

  it('notifies at 80 and 100 percent, and when the forecast exceeds 100', () => {
    expect(budget('account')).toMatchObject({
      budget_type: 'COST',
      time_unit: 'MONTHLY',
      limit_amount: '92.5',
      limit_unit: 'USD',
    });
    const notices = budget('account').notification.map((notice: any) => `${notice.notification_type} ${notice.threshold}`);
    expect(notices).toEqual(['ACTUAL 80', 'ACTUAL 100', 'FORECASTED 100']);
    for (const { subscriber_sns_topic_arns: topics } of budget('account').notification) expect(topics).toEqual([TOPIC]);
  });

  it('counts the whole account, or only resources with the tag of the environment', () => {
    expect(budget('account').cost_filter).toBeUndefined();
    expect(budget('environment').cost_filter).toEqual([{ name: 'TagKeyValue', values: ['user:environment$shop-test'] }]);
  });
});

describe('the dashboard', () => {
  const draw = (watched: MonitoredResources) =>
    JSON.parse(dashboardBody(dashboardRows(watched), 'eu-west-1', [])).widgets as readonly any[];

  it('has no empty row and no empty widget', () => {
    expect(draw(nothing)).toEqual([]);
  });

  it('shows what there is in three rows, from the outside in', () => {
    const widgets = draw({
      ...nothing,
      balancer: { arnSuffix: 'app/shop/1', targets: [{ service: 'api', arnSuffix: 'targetgroup/api/1' }] },
      fargate: { clusterName: 'shop', insights: true, services: [{ key: 'api', name: 'shop-api', minimum: 1 }], schedules: [] },
      cacheNodes: ['shop-001'],
      firewalls: [{ key: 'edge', metricName: 'shop-waf', scope: 'global' }],
    });
    const titles = widgets.map(({ properties }) => properties.markdown ?? properties.title);
    expect(titles.filter((title) => title.startsWith('##'))).toEqual(['## Edge', '## Compute', '## Data']);
    expect(titles).toEqual(expect.arrayContaining(['Load balancer: errors (%)', 'Services: CPU (%)', 'Redis: memory (%)']));
    for (const { type, properties } of widgets) if (type === 'metric') expect(properties.metrics.length).toBeGreaterThan(0);
    expect(widgets.find(({ properties }) => properties.title === 'Firewall: requests (global)').properties.region).toBe(
      'us-east-1',
    );
  });

  it('reads the metrics of a regional firewall by its region, and those of a global one without it', () => {
    expect(METRICS.firewall('shop-waf', 'eu-west-1').blocked.dimensions).toEqual({
      WebACL: 'shop-waf',
      Rule: 'ALL',
      Region: 'eu-west-1',
    });
    expect(METRICS.firewall('shop-waf').blocked.dimensions).toEqual({ WebACL: 'shop-waf', Rule: 'ALL' });
    const widgets = draw({
      ...nothing,
      firewalls: [
        { key: 'load balancer', metricName: 'shop-alb', scope: 'regional' },
        { key: 'edge', metricName: 'shop-cdn', scope: 'global' },
      ],
    });
    const blocked = (scope: string) =>
      widgets.find(({ properties }) => properties.title === `Firewall: requests (${scope})`).properties.metrics[0];
    const drawn = { label: expect.any(String), stat: 'Sum' };
    expect(blocked('regional')).toEqual([
      ...['AWS/WAFV2', 'BlockedRequests', 'WebACL', 'shop-alb', 'Rule', 'ALL', 'Region', 'eu-west-1'],
      drawn,
    ]);
    expect(blocked('global')).toEqual(['AWS/WAFV2', 'BlockedRequests', 'WebACL', 'shop-cdn', 'Rule', 'ALL', drawn]);
  });

  it('shows a replica of another region in that region, and one of the same region next to the primary', () => {
    const instance = { key: 'primary', identifier: 'shop', region: 'eu-west-1', instanceClass: 'db.t4g.micro' } as const;
    const near = { ...instance, key: 'near', identifier: 'shop-near' };
    const far = { ...instance, key: 'far', identifier: 'shop-far', region: 'us-east-1' as const };
    const widgets = draw({ ...nothing, database: { primary: instance, replicas: [near, far], storageGb: 20 } });
    const shown = (title: string) => widgets.find(({ properties }) => properties.title === title).properties;
    const labels = (title: string) => shown(title).metrics.map((line: any[]) => line.at(-1).label);
    expect(labels('Database: CPU (%)')).toEqual(['primary', 'near']);
    expect(labels('Replica far: lag (s)')).toEqual(['far']);
    expect(shown('Replica far: lag (s)').region).toBe('us-east-1');
  });

  it('shows as many alarms as CloudWatch accepts in a widget', () => {
    const arns = Array.from({ length: 101 }, (_, index) => `arn:${index}`);
    const [status] = JSON.parse(dashboardBody([], 'eu-west-1', arns)).widgets;
    expect(status.properties.alarms).toEqual(arns.slice(0, 100));
  });

  it('fits the grid, and no two widgets overlap', () => {
    const widgets = draw({
      ...nothing,
      cacheNodes: ['shop-001'],
      queues: [{ key: 'a', name: 'a', deadLetterName: 'b', visibilityTimeoutSeconds: 1 }],
    });
    const cells = (widgets as readonly Record<'x' | 'y' | 'width' | 'height', number>[]).flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('gives the inputs of each formula unique ids', () => {
    const widgets = draw({ ...nothing, balancer: { arnSuffix: 'app/shop/1', targets: [] } });
    const { metrics } = widgets.find(({ properties }) => properties.title === 'Load balancer: errors (%)').properties;
    const ids = metrics.map((line: any[]) => line.at(-1).id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids.slice(1)) expect(metrics[0][0].expression).toContain(id);
  });
});
