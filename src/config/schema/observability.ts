/** Who is told of what: alarms, dashboard, budget, traces and the application's own metrics. */
import { z } from 'zod';
import { ALARM_KINDS, type AlarmKind } from '../tables/alarm-defaults';
import { count, helped, key } from './primitives';

const email = helped(z.email(), {
  allowed: 'an e-mail address such as "ops@example.com"',
  fix: 'write the address only, without a name',
});

const smsNumber = helped(z.string().regex(/^\+[1-9]\d{6,14}$/), {
  allowed: 'a phone number with its country code, such as "+6281234567890"',
  fix: 'begin with + and the country code; digits only, no spaces',
});

/** CloudWatch measures in seconds of 10 or 30, or in minutes, up to a day. */
const period = helped(
  z.number().refine((value) => value === 10 || value === 30 || (value >= 60 && value <= 86_400 && value % 60 === 0)),
  {
    allowed: '10, 30, or a multiple of 60 up to 86400',
    fix: 'use 60 or 300: most services of AWS measure once a minute',
  },
);

const alarm = helped(
  z.union([
    z.literal(false),
    z.strictObject({
      /** In the alarm's unit; src/config/tables/alarm-defaults.ts says which. @default that table */
      threshold: z.number().min(0).optional(),
      /** Seconds that one measurement covers. @default that table */
      periodSeconds: period.optional(),
      /** Measurements in a row that must be bad. @default that table */
      periods: count(1, 100).optional(),
    }),
  ]),
  {
    allowed: 'false, or { threshold, periodSeconds, periods }',
    fix: 'false turns the alarm off; what is left out is as in docs/alarms.md',
  },
);

/** A field for each alarm of the table. */
const alarms = z.strictObject(
  Object.fromEntries(ALARM_KINDS.map((kind) => [kind, alarm.optional()])) as Record<AlarmKind, z.ZodOptional<typeof alarm>>,
);

const budget = z.strictObject({
  /** US dollars a month. */
  monthlyUsd: helped(z.number().positive(), {
    allowed: 'an amount of US dollars above 0',
    fix: 'write what a month should cost at most; leave `budget` out for none',
  }),
  /**
   * `account`: everything in the account. `environment`: what bears the tag `environment`, once that tag is active as a cost
   * allocation tag (the output `activate_cost_tag` is the command); until then the budget sees no cost. @default 'account'
   */
  scope: z.enum(['account', 'environment']).default('account'),
  /** Shares of the amount, in percent, whose spending is told. @default [80, 100] */
  noticePercents: z
    .array(helped(z.number().positive().max(1000), { allowed: 'a percentage above 0', fix: 'for example 80' }))
    .min(1)
    .max(4)
    .default([80, 100]),
  /** Told when the month is forecast to end above this share. @default 100 */
  forecastPercent: helped(z.number().positive().max(1000), { allowed: 'a percentage above 0', fix: 'for example 100' }).default(
    100,
  ),
});

/** A metric that the application sends by OpenTelemetry. */
const applicationMetric = z.strictObject({
  /** As the application names it. */
  name: helped(z.string().regex(/^[A-Za-z][A-Za-z0-9_./-]{0,62}$/), {
    allowed: 'an OpenTelemetry instrument name: letters, digits and _ . - /',
    fix: 'copy it from the application',
  }),
  /** What the dashboard calls it. */
  title: z.string().min(1).max(60),
  /** What is shown of it, such as `Average`, `Sum` or `p95`. @default 'Average' */
  statistic: helped(z.string().regex(/^(?:Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(?:\.\d+)?)$/), {
    allowed: 'Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p95',
    fix: 'p95 for durations, Sum for counts',
  }).default('Average'),
  /** In the metric's unit; an alarm goes off above it for five minutes. @default no alarm */
  alarmAbove: z.number().min(0).optional(),
});

export const observabilitySchema = z.strictObject({
  notifications: z
    .strictObject({
      /** Each gets a message to confirm, and hears nothing before. @default [] */
      emails: z.array(email).max(20).default([]),
      /** Text messages; billed each, and new accounts first have to leave the SMS sandbox. @default [] */
      smsNumbers: z.array(smsNumber).max(20).default([]),
    })
    .prefault({}),
  /** `none`, or what differs from the defaults in docs/alarms.md. About $0.10 an alarm and month beyond the first ten. @default {} */
  alarms: z.union([z.literal('none'), alarms]).default({}),
  /** A CloudWatch dashboard of everything there is; three in an account are free, more cost $3 a month each. @default true */
  dashboard: z.boolean().default(true),
  /** @default none */
  budget: budget.optional(),
  /** Traces by a collector beside each task of a service or worker (Fargate only). Billed by trace. @default 'none' */
  tracing: z.enum(['none', 'xray']).default('none'),
  /** Metrics of the application, for dashboard and alarms; they come by the same collector. Each is billed as custom metrics. @default {} */
  applicationMetrics: z.record(key, applicationMetric).default({}),
});
