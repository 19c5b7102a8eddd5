/**
 * Scales a worker on the messages that wait in its queue, from zero tasks and back to zero.
 *
 *   backlog = visible + in flight        wanted = ceil(backlog / messages per task)
 *
 *   out: while more tasks are wanted than run, the service is set to exactly as many as are wanted
 *   in:  once the backlog has been empty for the whole cool-down, the service is set to its minimum
 *
 * Between the two nothing is removed: ECS does not know which task is idle, and would stop one in the middle of its work
 * each time another finished. The metrics are the queue's, which are there without a task; CPU has none at zero tasks.
 */
import {
  AppautoscalingPolicy,
  type AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment,
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
  /** A reference to the service's name, not a copy of it: AWS takes a policy only for a service that exists. */
  readonly serviceName: string;
  /** Begins the names of policies and alarms. */
  readonly name: string;
  readonly replicas: TaskRange;
  readonly queueName: string;
  /** Messages that one task is expected to hold. */
  readonly messagesPerTask: number;
  /** Seconds after tasks were added before more are; longer than a task takes to start. */
  readonly scaleOutCooldownSeconds: number;
  /** Seconds for which the queue must be empty before the tasks go, in whole minutes, rounded up. */
  readonly scaleInCooldownSeconds: number;
}

/** Step scaling of one worker by the backlog of one queue. */
export class BacklogScaling extends Construct {
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
    this.scaleOut();
    this.scaleIn();
  }

  private scaleOut(): void {
    const { name, replicas, messagesPerTask, scaleOutCooldownSeconds } = this.props;
    const policy = this.policy(
      'out',
      scaleOutCooldownSeconds,
      // The alarm's threshold is 1 wanted task, and bounds are counted from the threshold.
      backlogSteps(replicas.max).map(({ above, upTo, tasks }) => ({
        metricIntervalLowerBound: String(above),
        metricIntervalUpperBound: upTo === undefined ? undefined : String(upTo),
        scalingAdjustment: tasks,
      })),
    );
    new CloudwatchMetricAlarm(this, 'waiting', {
      alarmName: `${name}-backlog-waiting`,
      alarmDescription: `More messages than the tasks of ${name} can hold: tasks are added.`,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: 'notBreaching',
      alarmActions: [policy.arn],
      metricQuery: [
        ...this.queueMetrics(),
        this.runningTasks(),
        { id: 'wanted', expression: `CEIL((visible + inflight) / ${messagesPerTask})`, returnData: false },
        { id: 'missing', label: 'Tasks wanted', expression: 'IF(wanted > FILL(running, 0), wanted, 0)', returnData: true },
      ],
    });
  }

  private scaleIn(): void {
    const { name, replicas, scaleInCooldownSeconds } = this.props;
    const policy = this.policy('in', scaleInCooldownSeconds, [
      { metricIntervalUpperBound: '0', scalingAdjustment: replicas.min },
    ]);
    new CloudwatchMetricAlarm(this, 'empty', {
      alarmName: `${name}-backlog-empty`,
      alarmDescription: `No message waits or is being worked on: the tasks of ${name} go. In alarm is its resting state.`,
      comparisonOperator: 'LessThanOrEqualToThreshold',
      threshold: 0,
      evaluationPeriods: Math.max(1, Math.ceil(scaleInCooldownSeconds / PERIOD_SECONDS)),
      // Data that comes late must not stop a task in the middle of its work.
      treatMissingData: 'ignore',
      alarmActions: [policy.arn],
      metricQuery: [
        ...this.queueMetrics(),
        { id: 'backlog', label: 'Backlog', expression: 'visible + inflight', returnData: true },
      ],
    });
  }

  private policy(
    id: 'out' | 'in',
    cooldown: number,
    stepAdjustment: AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment[],
  ): AppautoscalingPolicy {
    return new AppautoscalingPolicy(this, id, {
      name: `${this.props.name}-backlog-${id}`,
      policyType: 'StepScaling',
      serviceNamespace: this.target.serviceNamespace,
      scalableDimension: this.target.scalableDimension,
      resourceId: this.target.resourceId,
      stepScalingPolicyConfiguration: {
        adjustmentType: 'ExactCapacity',
        metricAggregationType: 'Maximum',
        cooldown,
        stepAdjustment,
      },
    });
  }

  private queueMetrics(): CloudwatchMetricAlarmMetricQuery[] {
    const metric = (id: string, metricName: string): CloudwatchMetricAlarmMetricQuery => ({
      id,
      returnData: false,
      metric: {
        namespace: 'AWS/SQS',
        metricName,
        period: PERIOD_SECONDS,
        stat: 'Maximum',
        dimensions: { QueueName: this.props.queueName },
      },
    });
    return [metric('visible', 'ApproximateNumberOfMessagesVisible'), metric('inflight', 'ApproximateNumberOfMessagesNotVisible')];
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
