/**
 * AWS's distribution of the OpenTelemetry collector as a sidecar: receives traces and metrics from the application and sends
 * them to X-Ray and CloudWatch, or to the endpoint of `tracing`. Pure.
 *
 *   container --127.0.0.1:4318, OTLP--> collector --443--> X-Ray, or the endpoint
 *                                                  --443--> a log group, in which CloudWatch finds the metrics
 */
import type { ResolvedContainer } from '../../config/resolved/environment';
import type { ResolvedTracing, TraceDestination } from '../../config/resolved/observability';
import { COLLECTOR_PORTS } from '../../config/tables/ports';
import type { DataHandover } from '../../contracts/handovers';
import { secretArn, type SecretVariable } from '../../modules/containers/variable-values';
import type { Statement } from '../../modules/iam/policy';

/** MiB of the task that the collector may use; it drops data before it uses more. */
export const COLLECTOR_MEMORY_MIB = 128;
const DROPS_AT_MIB = 96;

/** How long traces are collected before they are sent. */
const TRACE_BATCH_SECONDS = 1;

/** The same for metrics; CloudWatch counts in minutes. */
const METRIC_BATCH_SECONDS = 60;

/** The input of the sidecar's container definition. */
export interface CollectorSidecar {
  readonly environment: Readonly<Record<string, string>>;
  /** Values of the headers with which it sends; ECS injects them, so that its configuration has none. */
  readonly secrets: readonly SecretVariable[];
  /** Variables of the application; its own settings take precedence. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The sidecar of one container. */
export function collectorSidecar(
  { name }: Pick<ResolvedContainer, 'name'>,
  tracing: ResolvedTracing,
  region: string,
  handover: DataHandover,
): CollectorSidecar {
  const { destination } = tracing;
  const headers = destination.kind === 'otlp' ? destination.headers : [];
  return {
    secrets: headers.map(({ variable, source }) => ({ name: variable, arn: secretArn(source, handover), key: source.key })),
    environment: { AOT_CONFIG_CONTENT: JSON.stringify(collectorConfiguration(name, tracing, region)) },
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${COLLECTOR_PORTS.http}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_PROPAGATORS: destination.kind === 'xray' ? 'xray,tracecontext,baggage' : 'tracecontext,baggage',
      OTEL_SERVICE_NAME: name,
    },
  };
}

/** The collector reads YAML, of which JSON is a part. */
function collectorConfiguration(
  serviceName: string,
  { destination, namespace, logGroup, metrics }: ResolvedTracing,
  region: string,
): object {
  const [traceExporter, settings] = exporterOf(destination, region);
  // X-Ray takes no metrics.
  const metricExporters = [...(destination.kind === 'otlp' ? [traceExporter] : []), ...(metrics.length === 0 ? [] : ['awsemf'])];
  const listening = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const before = (batch: string) => ['memory_limiter', batch];
  return {
    extensions: { health_check: listening(COLLECTOR_PORTS.health) },
    receivers: { otlp: { protocols: { grpc: listening(COLLECTOR_PORTS.grpc), http: listening(COLLECTOR_PORTS.http) } } },
    processors: {
      memory_limiter: { check_interval: '1s', limit_mib: DROPS_AT_MIB },
      'batch/traces': { timeout: `${TRACE_BATCH_SECONDS}s` },
      ...(metricExporters.length === 0 ? {} : { 'batch/metrics': { timeout: `${METRIC_BATCH_SECONDS}s` } }),
    },
    exporters: {
      [traceExporter]: settings,
      ...(metrics.length === 0
        ? {}
        : {
            awsemf: {
              region,
              namespace,
              log_group_name: logGroup,
              log_stream_name: serviceName,
              dimension_rollup_option: 'NoDimensionRollup',
              resource_to_telemetry_conversion: { enabled: true },
              // Only the metrics that are named here are published: each costs.
              metric_declarations: [{ dimensions: [['service.name']], metric_name_selectors: metrics.map(selector) }],
            },
          }),
    },
    service: {
      extensions: ['health_check'],
      pipelines: {
        traces: { receivers: ['otlp'], processors: before('batch/traces'), exporters: [traceExporter] },
        ...(metricExporters.length === 0
          ? {}
          : { metrics: { receivers: ['otlp'], processors: before('batch/metrics'), exporters: metricExporters } }),
      },
    },
  };
}

/** The exporter of traces by its name. It reads the values of headers from its own variables. */
function exporterOf(destination: TraceDestination, region: string): readonly [name: string, settings: object] {
  if (destination.kind === 'xray') return ['awsxray', { region }];
  const headers = destination.headers.map(({ name, variable }) => [name, `\${env:${variable}}`] as const);
  return ['otlphttp', { endpoint: destination.endpoint, headers: Object.fromEntries(headers) }];
}

/** Matches exactly this name. The collector reads one dollar sign as the start of a variable, two as a literal one. */
function selector(name: string): string {
  return `^${name.replace(/[.]/g, '\\.')}$$`;
}

/** What the collector may do with the role of the task. */
export function collectorStatements({ destination, metrics }: ResolvedTracing, logGroupArn: string): readonly Statement[] {
  const toAws = destination.kind === 'xray';
  return [...(toAws ? [TRACES] : []), ...(toAws || metrics.length > 0 ? [metricsStatement(logGroupArn)] : [])];
}

const TRACES: Statement = {
  sid: 'SendTraces',
  // X-Ray has no resources for these actions.
  actions: [
    'xray:GetSamplingRules',
    'xray:GetSamplingStatisticSummaries',
    'xray:GetSamplingTargets',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ],
  resources: ['*'],
};

function metricsStatement(logGroupArn: string): Statement {
  return {
    sid: 'SendMetrics',
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [`${logGroupArn}:*`],
  };
}
