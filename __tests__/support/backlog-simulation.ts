/**
 * Hours of a queue, its worker and the policies that scale it, in simulated steps of 15 seconds. Pure and seeded.
 *
 * Thresholds, expressions, steps and cool-downs are read from the synthesised module. What AWS does with them follows its
 * documentation, at its most unfavourable: samples are late or lost, messages in flight are reported only while there are some,
 * and ECS stops a busy task first where it may choose.
 */
import { evaluate, type Series } from './metric-math';
import type { RootModule } from './synth';

const STEP_SECONDS = 15;
const MINUTE = 60;

/** CloudWatch looks at some more data points than an alarm evaluates; the exact number is not documented. */
const FURTHER_POINTS = 2;

/** SQS stops measuring a queue after six hours without activity, and starts again within a quarter of an hour. */
const ACTIVE_SECONDS = 6 * 3600;
/** A trace that takes longer is not worked off. */
const LONGEST_SECONDS = 3 * 24 * 3600;

const WAKING_SECONDS = 15 * MINUTE;

/** A message: when it arrives, and how long a task works on it, in seconds. */
export interface Message {
  readonly at: number;
  readonly work: number;
}

export interface Trace {
  readonly messages: readonly Message[];
  /** Numbers from 0 to 1 that decide about everything that varies. */
  readonly random: () => number;
  /** Minutes until a sample can be read, at most. */
  readonly lateMinutes: number;
  /** Share of samples that are never published; at most two in a row. */
  readonly lost: number;
  /** Seconds from the order of a task to its first message, at most. */
  readonly startSeconds: number;
  /** Whether a busy task protects itself. */
  readonly protects: boolean;
  /** How long it goes on after the last message is done. */
  readonly idleSeconds: number;
}

/** A task that was stopped while it worked. */
export interface Interruption {
  readonly at: number;
  /** Seconds since it had received the message. */
  readonly workedFor: number;
}

export interface Outcome {
  readonly interrupted: readonly Interruption[];
  readonly completed: number;
  /** The most tasks that were ordered at once. */
  readonly peak: number;
  readonly tasksAtTheEnd: number;
  /** Seconds after which the last message was done. */
  readonly doneAt: number;
}

interface Task {
  readonly readyAt: number;
  received?: number;
  busyUntil?: number;
  work?: number;
}

interface Alarm {
  readonly periods: number;
  readonly breaches: (value: number) => boolean;
  readonly threshold: number;
  readonly missing: string;
  readonly queries: readonly { id: string; expression?: string; metric?: { metric_name: string }; return_data: boolean }[];
  readonly policy: Policy;
  alarmed: boolean;
}

interface Policy {
  readonly kind: string;
  readonly cooldown: number;
  readonly steps: readonly {
    metric_interval_lower_bound?: string;
    metric_interval_upper_bound?: string;
    scaling_adjustment: number;
  }[];
  coolsUntil: number;
  /** What the activity that began the cool-down added. */
  added: number;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Runs the trace against the policies of a module with one scaled worker. */
export function simulate(module: RootModule, trace: Trace): Outcome {
  const alarms = alarmsOf(module);
  const [target] = Object.values(module.resource?.aws_appautoscaling_target ?? {});
  const [service] = Object.values(module.resource?.aws_ecs_service ?? {});
  const range = { min: Number(target?.min_capacity), max: Number(target?.max_capacity) };
  const rebalances = service?.availability_zone_rebalancing === 'ENABLED';
  const metrics = new Metrics(trace);
  const waiting: Message[] = [];
  const arrivals = [...trace.messages].sort((one, other) => one.at - other.at);
  const interrupted: Interruption[] = [];
  let tasks: Task[] = [];
  let [desired, completed, peak, doneAt, arrived] = [range.min, 0, 0, 0, 0];
  let [activeAt, measuredFrom] = [0, 0];

  const stop = (now: number, task: Task) => {
    tasks = tasks.filter((other) => other !== task);
    if (task.received === undefined || task.work === undefined) return;
    interrupted.push({ at: now, workedFor: now - task.received });
    waiting.push({ at: now, work: task.work });
  };
  const stoppable = () => [...tasks].filter((task) => !(trace.protects && task.busyUntil !== undefined)).sort(busiestFirst);

  const end = () => (completed < arrivals.length ? LONGEST_SECONDS : doneAt + trace.idleSeconds);
  for (let now = 0; now < end(); now += STEP_SECONDS) {
    for (; (arrivals[arrived]?.at ?? Infinity) <= now; arrived += 1) waiting.push(arrivals[arrived] as Message);
    for (const task of tasks) {
      if (task.busyUntil !== undefined && task.busyUntil <= now) {
        [completed, doneAt] = [completed + 1, now];
        task.busyUntil = task.received = task.work = undefined;
      }
      const message = task.busyUntil === undefined && task.readyAt <= now ? waiting.shift() : undefined;
      if (message !== undefined) Object.assign(task, { received: now, work: message.work, busyUntil: now + message.work });
    }
    if (now % MINUTE === 0) {
      if (waiting.length > 0 || tasks.some(({ busyUntil }) => busyUntil !== undefined)) {
        if (now - activeAt > ACTIVE_SECONDS) measuredFrom = now + trace.random() * WAKING_SECONDS;
        activeAt = now;
      }
      const isMeasured = now - activeAt <= ACTIVE_SECONDS && now >= measuredFrom;
      metrics.sample(now / MINUTE, {
        ApproximateNumberOfMessagesVisible: isMeasured ? waiting.length : undefined,
        ApproximateNumberOfMessagesNotVisible: tasks.filter(({ busyUntil }) => busyUntil !== undefined).length || undefined,
        CPUUtilization: tasks.filter(({ readyAt }) => readyAt <= now).length || undefined,
      });
      for (const alarm of alarms) {
        const value = evaluateAlarm(alarm, metrics, now / MINUTE);
        if (!alarm.alarmed || value === undefined) continue;
        desired = Math.min(Math.max(apply(alarm.policy, value - alarm.threshold, desired, now), range.min), range.max);
      }
      peak = Math.max(peak, desired);
      if (rebalances && tasks.length > 1 && trace.random() < 1 / 30) {
        const [moved] = stoppable();
        if (moved !== undefined) stop(now, moved);
      }
    }
    while (tasks.length < desired) tasks.push({ readyAt: now + trace.random() * trace.startSeconds });
    if (tasks.length > desired) for (const task of stoppable().slice(0, tasks.length - desired)) stop(now, task);
  }
  return { interrupted, completed, peak, tasksAtTheEnd: tasks.length, doneAt };
}

function busiestFirst(one: Task, other: Task): number {
  return Number(other.busyUntil !== undefined) - Number(one.busyUntil !== undefined);
}

/** Samples as CloudWatch has them: late, with gaps, and none where the service reports none. */
class Metrics {
  private readonly samples = new Map<string, { readonly value?: number; readonly readableAt: number }[]>();

  constructor(private readonly trace: Trace) {}

  public sample(minute: number, values: Readonly<Record<string, number | undefined>>): void {
    const { random, lateMinutes, lost } = this.trace;
    for (const [name, value] of Object.entries(values)) {
      const series = this.samples.get(name) ?? [];
      this.samples.set(name, series);
      const twoLost = series.length > 1 && series.slice(-2).every((sample) => sample.readableAt === Infinity);
      const isLost = !twoLost && random() < lost;
      series.push({ value, readableAt: isLost ? Infinity : minute + Math.floor(random() * (lateMinutes + 1)) });
    }
  }

  /** The last samples up to a minute that can be read by then. */
  public read(name: string, minute: number, count: number): Series {
    const series = this.samples.get(name) ?? [];
    const read: (number | undefined)[] = [];
    for (let at = minute - count + 1; at <= minute; at += 1) {
      const sample = series[at];
      read.push(sample === undefined || sample.readableAt > minute ? undefined : sample.value);
    }
    return read;
  }
}

/** Sets the state of the alarm and returns the value that its action receives. */
function evaluateAlarm(alarm: Alarm, metrics: Metrics, minute: number): number | undefined {
  const known: Record<string, Series> = {};
  let result: Series = [];
  for (const { id, expression, metric, return_data } of alarm.queries) {
    const series =
      expression === undefined
        ? metrics.read(metric?.metric_name ?? '', minute, alarm.periods + FURTHER_POINTS)
        : evaluate(expression, known);
    known[id] = series;
    if (return_data) result = series;
  }
  const points = result.filter((value) => value !== undefined).slice(-alarm.periods);
  // CloudWatch user guide, "How alarm state is evaluated when data is missing": one good data point is enough for OK.
  const isComplete = points.length === alarm.periods;
  if (!points.every(alarm.breaches)) alarm.alarmed = false;
  else if (isComplete) alarm.alarmed = true;
  else if (alarm.missing !== 'ignore') alarm.alarmed = false;
  return points.at(-1);
}

/** What Application Auto Scaling makes of a breach. */
function apply(policy: Policy, breach: number, desired: number, now: number): number {
  const step = policy.steps.find(
    ({ metric_interval_lower_bound: lower = '-Infinity', metric_interval_upper_bound: upper = 'Infinity' }) =>
      breach >= 0 ? breach >= Number(lower) && breach < Number(upper) : breach > Number(lower) && breach <= Number(upper),
  );
  // The step of scaling in ends at 0 inclusive.
  const adjustment = (step ?? policy.steps.find(({ metric_interval_upper_bound: upper }) => upper === '0'))?.scaling_adjustment;
  if (adjustment === undefined) return desired;
  if (policy.kind === 'ExactCapacity') return adjustment;
  if (policy.kind !== 'ChangeInCapacity') throw new Error(`unknown adjustment ${policy.kind}`);
  const counted = now < policy.coolsUntil ? policy.added : 0;
  const further = Math.max(0, adjustment - counted);
  if (further === 0) return desired;
  policy.added = counted + further;
  policy.coolsUntil = now + policy.cooldown;
  return desired + further;
}

function alarmsOf(module: RootModule): readonly Alarm[] {
  return Object.values(module.resource?.aws_cloudwatch_metric_alarm ?? {}).map((alarm) => {
    const [action] = alarm.alarm_actions as string[];
    const id = /aws_appautoscaling_policy\.([\w-]+)\./.exec(action ?? '')?.[1] ?? '';
    const policy = module.resource?.aws_appautoscaling_policy?.[id]?.step_scaling_policy_configuration;
    const compare = COMPARISONS[alarm.comparison_operator];
    if (policy === undefined || compare === undefined) throw new Error(`cannot simulate ${String(alarm.alarm_name)}`);
    return {
      periods: alarm.evaluation_periods,
      threshold: alarm.threshold,
      breaches: (value) => compare(value, alarm.threshold),
      missing: alarm.treat_missing_data,
      queries: alarm.metric_query,
      alarmed: false,
      policy: {
        kind: policy.adjustment_type,
        cooldown: policy.cooldown,
        steps: policy.step_adjustment,
        coolsUntil: 0,
        added: 0,
      },
    };
  });
}
