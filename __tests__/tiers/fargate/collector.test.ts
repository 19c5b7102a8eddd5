/** The collector in a task: its ports, its destinations, and the most it costs. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { COLLECTOR_KEY } from '../../../src/config/names';
import type { DataHandover } from '../../../src/contracts/handovers';
import { collectorSidecar, collectorStatements } from '../../../src/tiers/fargate/collector';
import { example } from '../../support/example';
import { synthEnvironment, type RootModule } from '../../support/synth';

const tracing = {
  destination: { kind: 'xray' as const },
  namespace: 'shop/test',
  logGroup: '/shop/test/application-metrics',
  metrics: ['api.latency'],
};
const configuration = (metrics = tracing.metrics) =>
  JSON.parse(
    collectorSidecar({ name: 'shop-test-api' }, { ...tracing, metrics }, 'eu-west-1', {} as DataHandover).environment
      .AOT_CONFIG_CONTENT as string,
  );

describe('the configuration', () => {
  it('listens inside the task only', () => {
    const { grpc, http } = configuration().receivers.otlp.protocols;
    expect([grpc.endpoint, http.endpoint]).toEqual(['127.0.0.1:4317', '127.0.0.1:4318']);
  });

  it('sends traces to X-Ray, and of the metrics those that are declared, whole names only', () => {
    const { exporters, service } = configuration();
    expect(service.pipelines.traces.exporters).toEqual(['awsxray']);
    expect(exporters.awsemf).toMatchObject({ namespace: 'shop/test', log_group_name: '/shop/test/application-metrics' });
    expect(exporters.awsemf.metric_declarations).toEqual([
      { dimensions: [['service.name']], metric_name_selectors: ['^api\\.latency$$'] },
    ]);
  });

  it('sends no metrics where none is declared', () => {
    expect(configuration([]).exporters).toEqual({ awsxray: { region: 'eu-west-1' } });
    expect(configuration([]).service.pipelines.metrics).toBeUndefined();
  });

  it('names every processor and exporter that its pipelines use', () => {
    const { processors, exporters, receivers, service } = configuration();
    for (const pipeline of Object.values<any>(service.pipelines)) {
      for (const name of pipeline.processors) expect(processors).toHaveProperty([name]);
      for (const name of pipeline.exporters) expect(exporters).toHaveProperty([name]);
      for (const name of pipeline.receivers) expect(receivers).toHaveProperty([name]);
    }
  });
});

test('its rights end at X-Ray and one log group', () => {
  const [traces, metrics] = collectorStatements(tracing, 'arn:log-group');
  expect(traces?.actions.every((action) => action.startsWith('xray:'))).toBe(true);
  expect(metrics?.resources).toEqual(['arn:log-group:*']);
});

describe('on Fargate', () => {
  const compute = (observability: EnvironmentInput['observability']): RootModule =>
    synthEnvironment(parseEnvironment(example({ observability })))['shop-test-compute-fargate'] as RootModule;
  const notifications = { emails: ['ops@shop.example'] };
  const containersOf = (module: RootModule): readonly any[] =>
    JSON.parse(module.resource?.aws_ecs_task_definition?.['service-api_task_definition']?.container_definitions);
  const traced = compute({ notifications, tracing: 'xray' });

  it('is in the task of each service: not essential, read-only, restarted alone, within its memory', () => {
    const collector = containersOf(traced).find(({ name }) => name === COLLECTOR_KEY);
    expect(collector).toMatchObject({
      essential: false,
      readonlyRootFilesystem: true,
      privileged: false,
      restartPolicy: { enabled: true },
      memory: 128,
      portMappings: [],
    });
    expect(collector.image).toMatch(/:v\d+\.\d+\.\d+$/);
  });

  it('configures the application, unless the application has its own settings', () => {
    const variables = (module: RootModule) =>
      Object.fromEntries(containersOf(module)[0].environment.map(({ name, value }: any) => [name, value]));
    expect(variables(traced)).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_SERVICE_NAME: 'shop-test-api',
    });
    const { services } = example() as any;
    const own = { api: { ...services.api, environment: { ...services.api.environment, OTEL_SERVICE_NAME: 'shop' } } };
    const module = synthEnvironment(
      parseEnvironment(example({ observability: { notifications, tracing: 'xray' }, services: own })),
    )['shop-test-compute-fargate'] as RootModule;
    expect(variables(module).OTEL_SERVICE_NAME).toBe('shop');
  });

  it('is absent without tracing, and from jobs', () => {
    expect(containersOf(compute({ notifications })).map(({ name }) => name)).toEqual(['api']);
    const job = traced.resource?.aws_ecs_task_definition?.['job-database-init_task_definition']?.container_definitions as string;
    expect(job).not.toContain(COLLECTOR_KEY);
  });

  it('sends to an endpoint, with credentials that are injected and are in no configuration', () => {
    const otlp = { endpoint: 'https://otlp.example.net/otlp', headers: { 'x-team': { secret: 'honeycomb', key: 'api-key' } } };
    const secrets = { honeycomb: { description: 'traces', keys: ['api-key'] } };
    const build = (observability: EnvironmentInput['observability']): RootModule =>
      synthEnvironment(parseEnvironment(example({ observability, secrets })))['shop-test-compute-fargate'] as RootModule;
    const module = build({ notifications, tracing: otlp });
    const text = containersOf(module).find(({ name }) => name === COLLECTOR_KEY)?.environment[0].value as string;
    const { exporters, service } = JSON.parse(text.replaceAll('$${', '${'));
    expect(exporters).toEqual({ otlphttp: { endpoint: otlp.endpoint, headers: { 'x-team': '${env:OTLP_HEADER_1}' } } });
    expect(service.pipelines.traces.exporters).toEqual(['otlphttp']);
    expect(service.pipelines.metrics.exporters).toEqual(['otlphttp']);
    expect(containersOf(module).find(({ name }) => name === COLLECTOR_KEY)?.secrets).toEqual([
      { name: 'OTLP_HEADER_1', valueFrom: expect.stringMatching(/honeycomb.*:api-key::$/) },
    ]);
    expect(containersOf(module)[0].environment).toContainEqual({ name: 'OTEL_PROPAGATORS', value: 'tracecontext,baggage' });
    const policies = (of: RootModule) => JSON.stringify(of.resource?.aws_iam_role_policy);
    expect(policies(module)).toContain('secrets.honeycomb.arn');
    expect(policies(module)).not.toContain('xray:');
    expect(policies(module)).not.toContain('SendMetrics');
    expect(policies(build({ notifications, tracing: 'xray' }))).toContain('xray:PutTraceSegments');
    expect(policies(build({ notifications, tracing: 'xray' }))).not.toContain('honeycomb');
  });

  it('sends the metrics with alarms to CloudWatch as well', () => {
    const applicationMetrics = { orders: { name: 'orders', title: 'Orders', alarmAbove: 5 } };
    const module = compute({ notifications, tracing: { endpoint: 'https://otlp.example.net' }, applicationMetrics });
    const text = containersOf(module).find(({ name }) => name === COLLECTOR_KEY)?.environment[0].value as string;
    expect(JSON.parse(text).service.pipelines.metrics.exporters).toEqual(['otlphttp', 'awsemf']);
    expect(JSON.stringify(module.resource?.aws_iam_role_policy)).toContain('SendMetrics');
  });
});
