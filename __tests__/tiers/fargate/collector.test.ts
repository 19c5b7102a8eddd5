/** The collector in a task: its ports, its destinations, and the most it costs. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { COLLECTOR_KEY } from '../../../src/config/names';
import { collectorSidecar, collectorStatements } from '../../../src/tiers/fargate/collector';
import { example } from '../../support/example';
import { synthEnvironment, type RootModule } from '../../support/synth';

const tracing = { namespace: 'shop/test', logGroup: '/shop/test/application-metrics', metrics: ['api.latency'] };
const configuration = (metrics = tracing.metrics) =>
  JSON.parse(
    collectorSidecar({ name: 'shop-test-api' }, { ...tracing, metrics }, 'eu-west-1').environment.AOT_CONFIG_CONTENT as string,
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
  const [traces, metrics] = collectorStatements('arn:log-group');
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
});
