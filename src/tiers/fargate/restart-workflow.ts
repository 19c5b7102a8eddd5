/**
 * What happens after a deployment of a service has failed, as a workflow of Step Functions. Pure: values may be Terraform
 * references. Its input is the event "ECS Deployment State Change", whose first resource is the service.
 *
 *   Pause -> Describe -> IsStopped -> Restart   a new deployment, if no task runs although some are wanted
 *                        IsStopped -> Left      otherwise: the deployment was rolled back, or the service works again
 *
 * ECS goes back to the last completed deployment. Before there is one, it stops starting tasks, and neither ECS nor a later
 * `terraform apply` tries again. Source: ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures".
 */

import { RETRY_DEPLOYMENT } from '../../modules/workflow/event-workflow';

/** Minutes between a failed deployment without a running task and the next attempt. */
export const RESTART_AFTER_MINUTES = 10;

const IS_STOPPED =
  "{% $states.input.Status = 'ACTIVE' and $states.input.DesiredCount > 0 and $states.input.RunningCount = 0" +
  " and $not('IN_PROGRESS' in $states.input.Deployments.RolloutState) %}";

/** The workflow in the Amazon States Language, with expressions in JSONata. */
export function restartWorkflow(clusterName: string): object {
  return {
    Comment: `Tries services of ${clusterName} again that have no running task after a failed deployment`,
    QueryLanguage: 'JSONata',
    StartAt: 'Pause',
    States: {
      Pause: {
        Type: 'Wait',
        Seconds: RESTART_AFTER_MINUTES * 60,
        Assign: { service: '{% $states.input.resources[0] %}' },
        Next: 'Describe',
      },
      Describe: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:ecs:describeServices',
        Arguments: { Cluster: clusterName, Services: ['{% $service %}'] },
        Output: '{% $states.result.Services[0] %}',
        Retry: RETRY_DEPLOYMENT,
        Next: 'IsStopped',
      },
      IsStopped: { Type: 'Choice', Choices: [{ Condition: IS_STOPPED, Next: 'Restart' }], Default: 'Left' },
      Restart: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
        Arguments: { Cluster: clusterName, Service: '{% $service %}', ForceNewDeployment: true },
        Output: { restarted: '{% $service %}' },
        Retry: RETRY_DEPLOYMENT,
        End: true,
      },
      Left: { Type: 'Succeed', Output: { left: '{% $service %}' } },
    },
  };
}
