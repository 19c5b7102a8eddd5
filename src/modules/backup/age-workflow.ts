/**
 * Measures the age of the last proven restore of each resource, as a workflow of Step Functions. Pure: values may be Terraform
 * references.
 *
 * It keeps no state: AWS Backup knows each restore of a plan and its verdict, and when the plan was created, from which a resource
 * without a proof is counted. So a drill that never works raises its alarm as well.
 */
import { RESTORE_METRICS, RESTORE_NAMESPACE, restoreDimensions, type DrilledResource } from '../../contracts/restore-metrics';
import { call } from '../sleep/steps';
import { RETRY_CALLS } from './drill-check';

const MILLISECONDS_OF_HOUR = 3_600_000;

export interface DrilledPlan {
  readonly resource: DrilledResource;
  readonly planName: string;
  readonly planArn: string;
}

/** The workflow in the Amazon States Language, with expressions in JSONata. */
export function ageWorkflow(environment: string, plans: readonly DrilledPlan[]): object {
  const dimensions = (resource: DrilledResource) =>
    Object.entries(restoreDimensions(environment, resource)).map(([Name, Value]) => ({ Name, Value }));
  return {
    Comment: `Measures the age of the last proven restore of ${environment}`,
    QueryLanguage: 'JSONata',
    StartAt: 'Measure',
    States: {
      Measure: {
        Type: 'Map',
        Items: plans.map(({ resource, planName: name, planArn: arn }) => ({ name, arn, dimensions: dimensions(resource) })),
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Plan',
          States: {
            Plan: { Type: 'Pass', Assign: { plan: '{% $states.input %}' }, Next: 'SeePlan' },
            SeePlan: call(
              'backup:getRestoreTestingPlan',
              { RestoreTestingPlanName: '{% $plan.name %}' },
              {
                Assign: { since: '{% $toMillis($states.result.RestoreTestingPlan.CreationTime) %}' },
                Retry: RETRY_CALLS,
                Next: 'FindProofs',
              },
            ),
            FindProofs: call(
              'backup:listRestoreJobs',
              { ByRestoreTestingPlanArn: '{% $plan.arn %}', ByStatus: 'COMPLETED', MaxResults: 1000 },
              {
                Assign: {
                  proven:
                    "{% $max($append([$since], $states.result.RestoreJobs[ValidationStatus = 'SUCCESSFUL'].$toMillis(CompletionDate))) %}",
                },
                Retry: RETRY_CALLS,
                Next: 'Publish',
              },
            ),
            Publish: call(
              'cloudwatch:putMetricData',
              {
                Namespace: RESTORE_NAMESPACE,
                MetricData: [
                  {
                    MetricName: RESTORE_METRICS.provenAge,
                    Dimensions: '{% $plan.dimensions %}',
                    Value: `{% ($millis() - $proven) / ${MILLISECONDS_OF_HOUR} %}`,
                  },
                ],
              },
              { Retry: RETRY_CALLS, End: true },
            ),
          },
        },
        Output: {},
        End: true,
      },
    },
  };
}
