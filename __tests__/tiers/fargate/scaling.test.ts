import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import { Testing } from 'cdktf';
import fc from 'fast-check';
import { BacklogScaling, type BacklogScalingProps } from '../../../src/tiers/fargate/backlog-scaling';
import { backlogSteps, MOST_STEPS } from '../../../src/tiers/fargate/backlog-steps';
import { ServiceScaling, type ServiceScalingProps } from '../../../src/tiers/fargate/service-scaling';
import { resourcesOf, synthModule, theOnly } from '../../support/synth';

const load: ServiceScalingProps = {
  clusterName: 'shop',
  serviceName: 'shop-api',
  name: 'shop-test-api',
  replicas: { min: 2, max: 10 },
  scaling: { cpuPercent: 70, memoryPercent: 80, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
};

const synthLoad = (changes: Partial<ServiceScalingProps> = {}) =>
  synthModule((stack) => void new ServiceScaling(stack, 'api', { ...load, ...changes }));

const backlog: BacklogScalingProps = {
  clusterName: 'shop',
  serviceName: 'shop-runs',
  name: 'shop-test-runs',
  replicas: { min: 0, max: 5 },
  queueName: 'shop-test-runs',
  messagesPerTask: 2,
  scaleOutCooldownSeconds: 90,
  scaleInCooldownSeconds: 300,
};

const synthBacklog = (changes: Partial<BacklogScalingProps> = {}) =>
  synthModule((stack) => void new BacklogScaling(stack, 'runs', { ...backlog, ...changes }));

describe('scaling on load', () => {
  it('keeps the service in its range', () => {
    const synthesised = Testing.synthScope((scope) => void new ServiceScaling(scope, 'api', load));
    expect(synthesised).toHaveResourceWithProperties(AppautoscalingTarget, {
      service_namespace: 'ecs',
      scalable_dimension: 'ecs:service:DesiredCount',
      resource_id: 'service/shop/shop-api',
      min_capacity: 2,
      max_capacity: 10,
    });
  });

  it('tracks CPU and memory, each at its target and with the cool-downs', () => {
    const synthesised = Testing.synthScope((scope) => void new ServiceScaling(scope, 'api', load));
    for (const [metric, target] of [
      ['CPU', 70],
      ['Memory', 80],
    ] as const) {
      expect(synthesised).toHaveResourceWithProperties(AppautoscalingPolicy, {
        policy_type: 'TargetTrackingScaling',
        target_tracking_scaling_policy_configuration: {
          target_value: target,
          scale_out_cooldown: 60,
          scale_in_cooldown: 300,
          predefined_metric_specification: { predefined_metric_type: `ECSServiceAverage${metric}Utilization` },
        },
      });
    }
  });

  it('tracks nothing that was not asked for', () => {
    const module = synthLoad({ scaling: { cpuPercent: 50, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 } });
    expect(resourcesOf(module, 'aws_appautoscaling_policy').map(({ name }) => name)).toEqual(['shop-test-api-cpu']);
  });

  it("tracks requests of the service's own target group", () => {
    const scaling = { requestsPerTarget: 600, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 };
    const policy = theOnly(
      synthLoad({ scaling, requestsResourceLabel: 'app/shop/1/targetgroup/api/2' }),
      'aws_appautoscaling_policy',
    );
    expect(policy.target_tracking_scaling_policy_configuration).toMatchObject({
      target_value: 600,
      predefined_metric_specification: {
        predefined_metric_type: 'ALBRequestCountPerTarget',
        resource_label: 'app/shop/1/targetgroup/api/2',
      },
    });
  });

  it('refuses to track requests that no load balancer counts', () => {
    const scaling = { requestsPerTarget: 600, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 };
    expect(() => synthLoad({ scaling })).toThrow(/no target group/);
  });

  it('enforces a fixed count without tracking', () => {
    const module = synthLoad({ replicas: { min: 2, max: 2 } });
    expect(theOnly(module, 'aws_appautoscaling_target')).toMatchObject({ min_capacity: 2, max_capacity: 2 });
    expect(resourcesOf(module, 'aws_appautoscaling_policy')).toEqual([]);
  });

  it('makes policies after their target', () => {
    const policies = resourcesOf(synthLoad(), 'aws_appautoscaling_policy');
    expect(policies).toHaveLength(2);
    for (const { resource_id } of policies) expect(resource_id).toBe('${aws_appautoscaling_target.api_target.resource_id}');
  });
});

describe('scaling on a backlog', () => {
  const policyOf = (module: ReturnType<typeof synthBacklog>, id: string) =>
    module.resource?.aws_appautoscaling_policy?.[`runs_${id}`]?.step_scaling_policy_configuration;
  const alarmOf = (module: ReturnType<typeof synthBacklog>, id: string) =>
    module.resource?.aws_cloudwatch_metric_alarm?.[`runs_${id}`];

  it('adds what is missing, one task a step, and never sets a count', () => {
    const module = synthBacklog();
    expect(theOnly(module, 'aws_appautoscaling_target')).toMatchObject({ min_capacity: 0, max_capacity: 5 });
    expect(policyOf(module, 'out')).toMatchObject({
      adjustment_type: 'ChangeInCapacity',
      cooldown: 90,
      step_adjustment: [
        { metric_interval_lower_bound: '0', metric_interval_upper_bound: '1', scaling_adjustment: 1 },
        { metric_interval_lower_bound: '1', metric_interval_upper_bound: '2', scaling_adjustment: 2 },
        { metric_interval_lower_bound: '2', metric_interval_upper_bound: '3', scaling_adjustment: 3 },
        { metric_interval_lower_bound: '3', metric_interval_upper_bound: '4', scaling_adjustment: 4 },
        { metric_interval_lower_bound: '4', scaling_adjustment: 5 },
      ],
    });
  });

  it('counts on the queue, so that it works when no task runs', () => {
    const alarm = alarmOf(synthBacklog(), 'waiting');
    expect(alarm).toMatchObject({ threshold: 1, comparison_operator: 'GreaterThanOrEqualToThreshold', evaluation_periods: 1 });
    expect(alarm?.alarm_actions).toEqual(['${aws_appautoscaling_policy.runs_out.arn}']);
    const queries = Object.fromEntries(alarm?.metric_query.map((query: { id: string }) => [query.id, query]));
    expect(queries.visible.metric).toMatchObject({
      metric_name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: 'shop-test-runs' },
    });
    expect(queries.wanted.expression).toBe('CEIL((FILL(visible, 0) + inflight_now) / 2)');
    expect(queries.missing.expression).toBe('IF(wanted > running_now, wanted - running_now, 0)');
  });

  it('repeats a late sample before it counts as zero, of tasks and of messages in flight', () => {
    for (const [alarm, metrics] of [
      ['waiting', ['running', 'inflight']],
      ['empty', ['inflight']],
    ] as const) {
      const queries: readonly { id: string; expression?: string }[] = alarmOf(synthBacklog(), alarm)?.metric_query;
      for (const metric of metrics) {
        expect(queries.find(({ id }) => id === `${metric}_last`)?.expression).toBe(`FILL(${metric}, REPEAT)`);
        expect(queries.find(({ id }) => id === `${metric}_now`)?.expression).toBe(`FILL(${metric}_last, 0)`);
      }
    }
  });

  it('asks one expression only', () => {
    for (const id of ['waiting', 'empty']) {
      const returned = alarmOf(synthBacklog(), id)?.metric_query.filter(
        ({ return_data }: { return_data: boolean }) => return_data,
      );
      expect(returned).toHaveLength(1);
    }
  });

  it('removes tasks only when nothing waits and nothing is in flight, for the whole cool-down', () => {
    const module = synthBacklog();
    const alarm = alarmOf(module, 'empty');
    expect(alarm).toMatchObject({ threshold: 0, comparison_operator: 'LessThanOrEqualToThreshold', evaluation_periods: 5 });
    expect(alarm?.alarm_actions).toEqual(['${aws_appautoscaling_policy.runs_in.arn}']);
    const metrics = alarm?.metric_query.flatMap(({ metric }: { metric?: { metric_name: string } }) => metric?.metric_name ?? []);
    expect(metrics).toEqual(['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible']);
    expect(alarm?.metric_query.at(-1).expression).toBe('visible + inflight_now');
    expect(policyOf(module, 'in')).toMatchObject({
      adjustment_type: 'ExactCapacity',
      step_adjustment: [{ metric_interval_upper_bound: '0', scaling_adjustment: 0 }],
    });
  });

  it('removes nothing because data is late', () => expect(alarmOf(synthBacklog(), 'empty')?.treat_missing_data).toBe('ignore'));

  it('keeps the minimum when one is asked for', () => {
    const module = synthBacklog({ replicas: { min: 1, max: 5 } });
    expect(theOnly(module, 'aws_appautoscaling_target')).toMatchObject({ min_capacity: 1 });
    expect(policyOf(module, 'in')).toMatchObject({ step_adjustment: [{ scaling_adjustment: 1 }] });
  });

  it("has no more steps than AWS's quota, leaves no gap, never adds too few tasks or more than the most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 2000 }), (max, missing) => {
        const steps = backlogSteps(max);
        expect(steps.length).toBeLessThanOrEqual(MOST_STEPS);
        const matching = steps.filter(({ above, upTo }) => missing > above && (upTo === undefined || missing <= upTo));
        expect(matching).toHaveLength(1);
        expect(matching[0]?.tasks).toBeGreaterThanOrEqual(Math.min(missing, max));
        expect(matching[0]?.tasks).toBeLessThanOrEqual(max);
      }),
    );
  });
});
