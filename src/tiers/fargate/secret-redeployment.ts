/**
 * Restarts services after one of their secrets was rotated: ECS injects secrets only when a container starts.
 *
 *   Secrets Manager --RotationSucceeded--> EventBridge rule --> Step Functions --UpdateService, force--> each service
 *
 * AWS delivers the event through CloudTrail: without a trail in the account that records management events in this region,
 * there is no event and nothing is restarted (Secrets Manager user guide, "Match events with EventBridge").
 */
import { Construct } from 'constructs';
import { createEventWorkflow, RETRY_DEPLOYMENT } from '../../modules/workflow/event-workflow';

export interface SecretRedeploymentProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  readonly clusterName: string;
  /** The services whose containers hold one of the secrets. Not empty. */
  readonly services: readonly { readonly name: string; readonly arn: string }[];
  /** The secrets that are rotated. Not empty. */
  readonly secretArns: readonly string[];
  readonly region: string;
  readonly accountId: string;
}

/** Redeploys the given services whenever one of the given secrets was rotated. Needs a CloudTrail trail in the account. */
export class SecretRedeployment extends Construct {
  constructor(scope: Construct, id: string, { environment, region, accountId, ...props }: SecretRedeploymentProps) {
    super(scope, id);
    const { clusterName, services, secretArns } = props;
    createEventWorkflow(this, {
      environment,
      region,
      accountId,
      subject: 'secret',
      rule: {
        id: 'rotated',
        name: 'secret-rotated',
        description: `A secret that services of ${environment} read was rotated`,
        pattern: {
          source: ['aws.secretsmanager'],
          'detail-type': ['AWS Service Event via CloudTrail'],
          detail: { eventName: ['RotationSucceeded'], additionalEventData: { SecretId: secretArns } },
        },
        purpose: 'Starts the redeployment after a rotation',
      },
      stateMachine: {
        id: 'redeploy',
        name: 'secret-redeployment',
        definition: {
          Comment: `Redeploys the services of ${environment} that read a rotated secret`,
          StartAt: 'Redeploy',
          // One branch for each service: one that cannot be redeployed does not hold up the others.
          States: { Redeploy: { Type: 'Parallel', Branches: services.map(({ name }) => branch(clusterName, name)), End: true } },
        },
        role: 'redeploy',
        purpose: 'Redeploys services after a rotation',
        statements: [{ sid: 'RedeployThese', actions: ['ecs:UpdateService'], resources: services.map(({ arn }) => arn) }],
      },
    });
  }
}

function branch(cluster: string, service: string): object {
  const redeploy = {
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
    Parameters: { Cluster: cluster, Service: service, ForceNewDeployment: true },
    Retry: RETRY_DEPLOYMENT,
    End: true,
  };
  return { StartAt: service, States: { [service]: redeploy } };
}
