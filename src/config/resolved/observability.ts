/** What is watched, and who hears of it, with every default filled. */
import type { z } from 'zod';
import type { observabilitySchema } from '../schema/observability';
import type { AlarmDefault, AlarmKind } from '../tables/alarm-defaults';
import type { SecretSource } from './variables';

type Parsed = z.output<typeof observabilitySchema>;

/** One alarm of the table, with the environment's own figures. */
export interface ResolvedAlarm extends AlarmDefault {
  readonly kind: AlarmKind;
}

/** A metric that the application sends. */
export type ResolvedApplicationMetric = Readonly<Parsed['applicationMetrics'][string]> & { readonly key: string };

/** Where traces go. */
export type TraceDestination =
  | { readonly kind: 'xray' }
  | {
      readonly kind: 'otlp';
      readonly endpoint: string;
      /** The variable of the collector that holds the value of each header, and the secret that it comes from. */
      readonly headers: readonly { readonly name: string; readonly variable: string; readonly source: SecretSource }[];
    };

/** What a container's collector does; the same for every container of an environment. */
export interface ResolvedTracing {
  readonly destination: TraceDestination;
  /** The CloudWatch namespace of the application's metrics: `h2o/prod`. */
  readonly namespace: string;
  /** Where they arrive as log lines, from which CloudWatch reads the metrics. */
  readonly logGroup: string;
  /** The names of the metrics that are kept; all others are dropped, because each costs. */
  readonly metrics: readonly string[];
}

export interface ResolvedObservability {
  readonly notifications: {
    readonly emails: readonly string[];
    readonly smsNumbers: readonly string[];
  };
  /** Those that are on, by kind. */
  readonly alarms: Readonly<Partial<Record<AlarmKind, ResolvedAlarm>>>;
  readonly dashboard: boolean;
  readonly budget?: Readonly<NonNullable<Parsed['budget']>>;
  readonly applicationMetrics: readonly ResolvedApplicationMetric[];
  /** The namespace of the application's metrics; with tracing only. */
  readonly tracing?: ResolvedTracing;
}
