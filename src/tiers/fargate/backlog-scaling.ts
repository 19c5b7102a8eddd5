/**
 * Scales a worker on the messages that wait in its queue, from zero tasks and back to zero.
 *
 *   backlog = visible + in flight        wanted = ceil(backlog / messages per task)        missing = wanted - running
 *
 *   out: while tasks are missing, that many are added; nothing here lowers the count
 *   in:  once the backlog has been zero for the whole cool-down, the service is set to its minimum
 *
 * In between no task is removed: ECS does not know which task is idle, and would stop a busy one each time another finished.
 * The metrics are those of the queue, which exist without a task; CPU has none at zero tasks.
 *
 * Samples arrive late, and SQS reports messages in flight only while there are some. A gap therefore repeats the previous
 * sample, and counts as zero only when the whole evaluation range is empty: a late sample neither makes running tasks look
 * missing nor a busy queue look empty.
 *
 * A message that is received in the minutes that the metrics need is invisible here. Only the task itself can prevent its
 * stop, with task scale-in protection (docs/fargate.md); its role has the rights.
 */
import {
  AppautoscalingPolicy,
  type AppautoscalingPolicyStepScalingPolicyConfiguration,
} from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import { CloudwatchMetricAlarm, type CloudwatchMetricAlarmMetricQuery } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { backlogSteps } from './backlog-steps';
import { scalableService, type TaskRange } from './service-scaling';

/** Seconds of one data point: SQS and ECS publish every minute. */
const PERIOD_SECONDS = 60;

export interface BacklogScalingProps {
  readonly clusterName: string;
  /** A reference to the service's name, not a copy of it: AWS accepts a policy only for a service that exists. */
  readonly serviceName: string;
  /** Begins the names of policies and alarms. */
  readonly name: string;
  readonly replicas: TaskRange;
  readonly queueName: string;
  /** Messages that one task is expected to work on. */
  readonly messagesPerTask: number;
  /**
   * Seconds during which tasks that were added count as running. Longer than a task takes to start and to be counted, otherwise
   * the same tasks are added twice, up to the maximum.
   */
  readonly scaleOutCooldownSeconds: number;
  /** Seconds for which the backlog must be zero before tasks are removed, in whole minutes, rounded up. */
  readonly scaleInCooldownSeconds: number;
}

/** Step scaling of one worker by the backlog of one queue. */
export class BacklogScaling extends Construct {
  public readonly targetArn: string;
  private readonly target: AppautoscalingTarget;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BacklogScalingProps,
  ) {
    super(scope, id);
    const { clusterName, serviceName, replicas } = props;
    this.target = new AppautoscalingTarget(this, 'target', {
      ...scalableService(clusterName, serviceName),
      minCapacity: replicas.min,
      maxCapacity: replicas.max,
    });
    this.targetArn = this.target.arn;
    this.createScaleOut();
    this.createScaleIn();
  }

  private createScaleOut(): void {
    const { name, replicas, messagesPerTask, scaleOutCooldownSeconds } = this.props;
    const policy = this.createPolicy('out', {
      adjustmentType: 'ChangeInCapacity',
      cooldown: scaleOutCooldownSeconds,
      // The alarm's threshold is 1 missing task, and bounds are counted from the threshold.
      stepAdjustment: backlogSteps(replicas.max).map(({ above, upTo, tasks }) => ({
        metricIntervalLowerBound: String(above),
        metricIntervalUpperBound: upTo === undefined ? undefined : String(upTo),
        scalingAdjustment: tasks,
      })),
    });
    new CloudwatchMetricAlarm(this, 'waiting', {
      alarmName: `${name}-backlog-waiting`,
      alarmDescription: `More messages than the tasks of ${name} can work on: tasks are added.`,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: 'notBreaching',
      alarmActions: [policy.arn],
      metricQuery: [
        this.queueMetric('visible', 'ApproximateNumberOfMessagesVisible'),
        ...this.inFlight(),
        this.runningTasks(),
        ...withoutGaps('running'),
        expression('wanted', `CEIL((FILL(visible, 0) + inflight_now) / ${messagesPerTask})`),
        result('missing', 'Tasks missing', 'IF(wanted > running_now, wanted - running_now, 0)'),
      ],
    });
  }

  private createScaleIn(): void {
    const { name, replicas, scaleInCooldownSeconds } = this.props;
    const policy = this.createPolicy('in', {
      adjustmentType: 'ExactCapacity',
      cooldown: scaleInCooldownSeconds,
      stepAdjustment: [{ metricIntervalUpperBound: '0', scalingAdjustment: replicas.min }],
    });
    new CloudwatchMetricAlarm(this, 'empty', {
      alarmName: `${name}-backlog-empty`,
      alarmDescription: `No message waits or is being worked on: the tasks of ${name} are removed. ALARM is its resting state.`,
      comparisonOperator: 'LessThanOrEqualToThreshold',
      threshold: 0,
      evaluationPeriods: Math.max(1, Math.ceil(scaleInCooldownSeconds / PERIOD_SECONDS)),
      treatMissingData: 'ignore',
      alarmActions: [policy.arn],
      metricQuery: [
        // Without FILL: an active queue always reports it, so a minute without it proves nothing.
        this.queueMetric('visible', 'ApproximateNumberOfMessagesVisible'),
        ...this.inFlight(),
        result('backlog', 'Backlog', 'visible + inflight_now'),
      ],
    });
  }

  private createPolicy(id: 'out' | 'in', steps: AppautoscalingPolicyStepScalingPolicyConfiguration): AppautoscalingPolicy {
    return new AppautoscalingPolicy(this, id, {
      name: `${this.props.name}-backlog-${id}`,
      policyType: 'StepScaling',
      serviceNamespace: this.target.serviceNamespace,
      scalableDimension: this.target.scalableDimension,
      resourceId: this.target.resourceId,
      stepScalingPolicyConfiguration: { metricAggregationType: 'Maximum', ...steps },
    });
  }

  private inFlight(): CloudwatchMetricAlarmMetricQuery[] {
    return [this.queueMetric('inflight', 'ApproximateNumberOfMessagesNotVisible'), ...withoutGaps('inflight')];
  }

  private queueMetric(id: string, metricName: string): CloudwatchMetricAlarmMetricQuery {
    return {
      id,
      returnData: false,
      metric: {
        namespace: 'AWS/SQS',
        metricName,
        period: PERIOD_SECONDS,
        stat: 'Maximum',
        dimensions: { QueueName: this.props.queueName },
      },
    };
  }

  /** Each running task sends one CPU sample a minute, so their number is the number of tasks; free, unlike Container Insights. */
  private runningTasks(): CloudwatchMetricAlarmMetricQuery {
    const { clusterName, serviceName } = this.props;
    return {
      id: 'running',
      returnData: false,
      metric: {
        namespace: 'AWS/ECS',
        metricName: 'CPUUtilization',
        period: PERIOD_SECONDS,
        stat: 'SampleCount',
        dimensions: { ClusterName: clusterName, ServiceName: serviceName },
      },
    };
  }
}

/** `<id>_now`: the metric without gaps. The previous sample fills them; zero where the evaluation range has none. */
function withoutGaps(id: string): CloudwatchMetricAlarmMetricQuery[] {
  return [expression(`${id}_last`, `FILL(${id}, REPEAT)`), expression(`${id}_now`, `FILL(${id}_last, 0)`)];
}

function expression(id: string, text: string): CloudwatchMetricAlarmMetricQuery {
  return { id, expression: text, returnData: false };
}

/** The one expression that the alarm evaluates. */
function result(id: string, label: string, text: string): CloudwatchMetricAlarmMetricQuery {
  return { id, label, expression: text, returnData: true };
}
