/** Alarms and notifications, dashboard, budget, traces and the metrics of the application. */
import { z } from 'zod';
import { ALARM_KINDS, type AlarmKind } from '../tables/alarm-defaults';
import { count, email, helped, key } from './primitives';
import { tracingSchema } from './tracing';

const smsNumber = helped(z.string().regex(/^\+[1-9]\d{6,14}$/), {
  allowed: 'a phone number with its country code, such as "+6281234567890"',
  fix: 'start with + and the country code; digits only, no spaces',
});

/** The periods that CloudWatch offers: 10 or 30 seconds, or whole minutes up to a day. */
const period = helped(
  z.number().refine((value) => value === 10 || value === 30 || (value >= 60 && value <= 86_400 && value % 60 === 0)),
  {
    allowed: '10, 30, or a multiple of 60 up to 86400',
    fix: 'use 60 or 300: most services of AWS report once a minute',
  },
);

const alarm = helped(
  z.union([
    z.literal(false),
    z.strictObject({
      /** Limit of the alarm. @unit that of the alarm @default that of the alarm, in `docs/alarms.md` @example 70 */
      threshold: z.number().min(0).optional(),
      /** Time that one measurement covers. @unit seconds @default that of the alarm, in `docs/alarms.md` @example 300 */
      periodSeconds: period.optional(),
      /**
       * Consecutive measurements beyond the limit after which the alarm is raised. @unit measurements
       * @default that of the alarm, in `docs/alarms.md`
       */
      periods: count(1, 100).optional(),
      /**
       * Requests in one measurement below which the rate counts as 0, so that one failure among a few requests is no alarm. Only
       * of the alarms `error-rate` and `edge-error-rate`. @unit requests @default that of the alarm, in `docs/alarms.md`
       * @danger With a high number, errors at quiet hours are not reported. @example 20
       */
      minimumRequests: count(1, 1_000_000).optional(),
    }),
  ]),
  {
    allowed: 'false, or { threshold, periodSeconds, periods, minimumRequests }',
    fix: 'false turns the alarm off; omitted fields have the values in docs/alarms.md',
  },
);

/** A field for each alarm of the table. */
const alarms = z.strictObject(
  Object.fromEntries(ALARM_KINDS.map((kind) => [kind, alarm.optional()])) as Record<AlarmKind, z.ZodOptional<typeof alarm>>,
);

const budget = z.strictObject({
  /**
   * Amount that a month may cost. AWS Budgets notifies of actual and forecast cost and stops nothing. Synthesis compares it with the
   * estimate of `npm run cost`: from 80 % it warns (`budget-nearly-used`), above 100 % it refuses the environment until the risk
   * `budget-exceeded` is acknowledged. @unit US dollars @example 90
   */
  monthlyUsd: helped(z.number().positive().max(1_000_000_000), {
    allowed: 'an amount of US dollars above 0, at most 1000000000',
    fix: 'write the maximum cost of a month; omit `budget` for none',
  }),
  /**
   * `account` counts everything in the account. `environment` counts resources with the tag `environment`, once that tag is
   * activated as a cost allocation tag (the command is in the output `activate_cost_tag`); until then it counts no cost.
   * @default 'account'
   */
  scope: z.enum(['account', 'environment']).default('account'),
  /** Shares of the amount at which actual spending is reported. @unit percent @default [80, 100] */
  noticePercents: z
    .array(helped(z.number().positive().max(1000), { allowed: 'a percentage above 0', fix: 'for example 80' }))
    .min(1)
    .max(4)
    .default([80, 100]),
  /** Share of the amount above which the forecast for the month is reported. @unit percent @default 100 */
  forecastPercent: helped(z.number().positive().max(1000), { allowed: 'a percentage above 0', fix: 'for example 100' }).default(
    100,
  ),
});

/** A metric that the application sends by OpenTelemetry. */
const applicationMetric = z.strictObject({
  /** Name of the metric in the application. @example 'http.server.request.duration' */
  name: helped(z.string().regex(/^[A-Za-z][A-Za-z0-9_./-]{0,62}$/), {
    allowed: 'an OpenTelemetry instrument name: letters, digits and _ . - /',
    fix: 'copy it from the application',
  }),
  /** Title of the metric on the dashboard. @example 'API latency' */
  title: z.string().min(1).max(60),
  /** Statistic that the dashboard shows and the alarm uses. @default 'Average' @example 'p95' */
  statistic: helped(z.string().regex(/^(?:Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(?:\.\d+)?)$/), {
    allowed: 'Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p95',
    fix: 'p95 for durations, Sum for counts',
  }).default('Average'),
  /** Value above which an alarm is raised after five minutes. @unit that of the metric @default no alarm @example 2000 */
  alarmAbove: z.number().min(0).optional(),
});

export const observabilitySchema = z.strictObject({
  /**
   * Who is notified of alarms, failed deployments and jobs, and the budget. @default {} @example { emails: ['ops@shop.example'] }
   */
  notifications: z
    .strictObject({
      /**
       * E-mail addresses. Each receives a message to confirm from each topic, and no notification before.
       * @default [] @example ['ops@shop.example']
       */
      emails: z.array(email).max(20).default([]),
      /**
       * Phone numbers for text messages, which are billed each at the rate of the country. A new account has to leave the SMS
       * sandbox first. @default [] @example ['+12025550142']
       */
      smsNumbers: z.array(smsNumber).max(20).default([]),
    })
    .prefault({}),
  /**
   * Changes to the default alarms, by alarm: `false` turns one off, an object changes its figures; `'none'` turns all off. The
   * alarms and their defaults are in `docs/alarms.md`.
   * @default {} @example { 'service-cpu': { threshold: 70 }, 'cache-evictions': false }
   * @price $0.10 a month for each alarm beyond the ten that are free in an account (CloudWatch, us-east-1, 2026-11).
   */
  alarms: z.union([z.literal('none'), alarms]).default({}),
  /**
   * Whether a CloudWatch dashboard of everything in the environment is created. @default true
   * @price $3 a month beyond the three that are free in an account (CloudWatch, global, 2026-11).
   */
  dashboard: z.boolean().default(true),
  /** Notifications about the cost of a month. @default none @example { monthlyUsd: 90 } */
  budget: budget.optional(),
  /**
   * Traces, by a collector in each task of a service or worker (128 MiB of its memory): to AWS X-Ray, or with all metrics of the
   * application to your own endpoint, which takes OTLP over HTTP. Fargate with NAT only; elsewhere a sidecar collects.
   * @default 'none'
   * @example { endpoint: 'https://api.honeycomb.io', headers: { 'x-honeycomb-team': { secret: 'honeycomb' } } } @price $5.00 per million traces; 100,000 a month are free (X-Ray, us-east-1, 2026-11).
   */
  tracing: tracingSchema.default('none'),
  /**
   * Metrics that the application sends by OpenTelemetry, by name, for dashboard and alarms. They need `tracing`.
   * @default {}
   * @example { latency: { name: 'http.server.request.duration', title: 'API latency', statistic: 'p95', alarmAbove: 2000 } }
   * @price $0.30 a month for each metric and service (CloudWatch, us-east-1, 2026-11).
   */
  applicationMetrics: z.record(key, applicationMetric).default({}),
});
