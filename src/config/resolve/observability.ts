/** The `observability` section with every default filled. Pure. */
import { mapRecord } from '../calculations/records';
import { environmentPath } from '../names';
import type { ResolvedAlarm, ResolvedObservability, ResolvedTracing, TraceDestination } from '../resolved/observability';
import type { ParsedEnvironment } from '../schema/environment';
import { ALARM_KINDS, alarmDefault, type AlarmKind } from '../tables/alarm-defaults';

type Settings = Exclude<ParsedEnvironment['observability']['alarms'], 'none'>;

/**
 * What is watched.
 * @returns undefined where nothing is: no alarm, no dashboard, no budget
 */
export function resolveObservability(parsed: ParsedEnvironment): ResolvedObservability | undefined {
  const { notifications, alarms, dashboard, budget, applicationMetrics } = parsed.observability;
  const on = alarms === 'none' ? {} : resolveAlarms(alarms);
  if (Object.keys(on).length === 0 && !dashboard && budget === undefined) return undefined;
  return {
    notifications,
    alarms: on,
    dashboard,
    budget,
    applicationMetrics: mapRecord(applicationMetrics, (key, metric) => ({ ...metric, key })),
    tracing: resolveTracing(parsed),
  };
}

function resolveAlarms(settings: Settings): ResolvedObservability['alarms'] {
  const entries = ALARM_KINDS.flatMap((kind) => {
    const own = settings[kind];
    return own === false ? [] : [[kind, resolveAlarm(kind, own)] as const];
  });
  return Object.fromEntries(entries);
}

function resolveAlarm(kind: AlarmKind, own: Exclude<Settings[AlarmKind], false> = {}): ResolvedAlarm {
  const defaults = alarmDefault(kind);
  return {
    ...defaults,
    kind,
    threshold: own.threshold ?? defaults.threshold,
    periodSeconds: own.periodSeconds ?? defaults.periodSeconds,
    periods: own.periods ?? defaults.periods,
    minimumRequests: own.minimumRequests ?? defaults.minimumRequests,
  };
}

/** What the collectors of an environment do; none without tracing. */
export function resolveTracing({ system, name, observability }: ParsedEnvironment): ResolvedTracing | undefined {
  if (observability.tracing === 'none') return undefined;
  const path = environmentPath({ system, name });
  return {
    destination: resolveDestination(observability.tracing),
    namespace: path.slice(1),
    logGroup: `${path}/application-metrics`,
    metrics: [...new Set(Object.values(observability.applicationMetrics).map((metric) => metric.name))],
  };
}

function resolveDestination(tracing: Exclude<ParsedEnvironment['observability']['tracing'], 'none'>): TraceDestination {
  if (tracing === 'xray') return { kind: 'xray' };
  const headers = Object.entries(tracing.headers).map(([name, { secret, key }], index) => ({
    name,
    variable: `OTLP_HEADER_${index + 1}`,
    source: { kind: 'secret', secret, key } as const,
  }));
  return { kind: 'otlp', endpoint: tracing.endpoint, headers };
}
