/** AWS events as readable notifications: for each notice an EventBridge rule whose target is the topic. */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import { jobStateMachineName, resourceName } from '../../config/names';

export interface EventNotice {
  /** Part of the Terraform address. */
  readonly id: string;
  /** Part of the rule's name, such as `deployment-failed`. */
  readonly name: string;
  readonly description: string;
  /** An EventBridge event pattern. */
  readonly pattern: object;
  /** The fields of the event that the text shows: name to JSON path. */
  readonly fields: Readonly<Record<string, string>>;
  /** One line, printed after the environment's name; `<name>` is replaced by a field. Must not contain quotes. */
  readonly text: string;
}

export interface EventNoticesProps {
  readonly environment: string;
  /** A topic of the region of the events. */
  readonly topicArn: string;
  /** The region of the events, which EventBridge does not forward. @default the provider's */
  readonly region?: string;
  readonly notices: readonly EventNotice[];
}

export class EventNotices extends Construct {
  constructor(scope: Construct, id: string, { environment, topicArn, region, notices }: EventNoticesProps) {
    super(scope, id);
    for (const notice of notices) {
      const construct = new Construct(this, notice.id);
      const rule = new CloudwatchEventRule(construct, 'rule', {
        name: resourceName(environment, notice.name, 'eventRule'),
        description: notice.description,
        eventPattern: JSON.stringify(notice.pattern),
        region,
      });
      new CloudwatchEventTarget(construct, 'topic', {
        rule: rule.name,
        arn: topicArn,
        region,
        inputTransformer: {
          inputPaths: { ...notice.fields },
          inputTemplate: JSON.stringify(`${environment}: ${notice.text}`),
        },
      });
    }
  }
}

export interface ReleaseEvents {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
  readonly jobs: readonly { readonly key: string; /** The task family. */ readonly name: string }[];
}

/** Failed deployments, services that cannot start tasks, jobs that failed or could not be started. */
export function releaseNotices({ environment, region, accountId, clusterName, jobs }: ReleaseEvents): readonly EventNotice[] {
  const arn = (resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`;
  const deployment: EventNotice = {
    id: 'deployment',
    name: 'deployment-failed',
    description: `A deployment of ${environment} failed, or one of its services cannot start tasks`,
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Deployment State Change', 'ECS Service Action'],
      resources: [{ prefix: arn(`service/${clusterName}/`) }],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED', 'SERVICE_TASK_START_IMPAIRED', 'SERVICE_TASK_PLACEMENT_FAILURE'] },
    },
    fields: { service: '$.resources[0]', event: '$.detail.eventName', reason: '$.detail.reason' },
    text: '<event> of <service>. <reason> Where circuitBreaker is on, a failed deployment is rolled back automatically: read the log of its last stopped task before the next one.',
  };
  if (jobs.length === 0) return [deployment];
  const job: EventNotice = {
    id: 'job',
    name: 'job-failed',
    description: `A job of ${environment} ended with an error`,
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: [arn(`cluster/${clusterName}`)],
        lastStatus: ['STOPPED'],
        group: jobs.map(({ name }) => `family:${name}`),
        // A task without an image, a secret or an address stops before its container has an exit code.
        $or: [
          { containers: { exitCode: [{ 'anything-but': [0] }] } },
          { containers: { exitCode: [{ exists: false }] } },
          { stopCode: ['TaskFailedToStart'] },
        ],
      },
    },
    fields: { job: '$.detail.group', task: '$.detail.taskArn', code: '$.detail.stopCode', reason: '$.detail.stoppedReason' },
    text: 'the job <job> failed (<code>: <reason>). Its log says why; run it again with the output run_... of the compute stack. <task>',
  };
  // Tasks that failed are reported by the notice above, with their reason.
  const run: EventNotice = {
    id: 'job-run',
    name: 'job-run-failed',
    description: `A run of a job of ${environment} could not be started, exceeded its time limit, or was stopped`,
    pattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: jobs.map(
          ({ key }) => `arn:aws:states:${region}:${accountId}:stateMachine:${jobStateMachineName(environment, key)}`,
        ),
        $or: [{ status: ['TIMED_OUT', 'ABORTED'] }, { status: ['FAILED'], error: [{ 'anything-but': ['States.TaskFailed'] }] }],
      },
    },
    // Not the cause: EventBridge does not escape its quotes.
    fields: { run: '$.detail.executionArn', status: '$.detail.status', error: '$.detail.error' },
    text: 'a run of a job is <status> (<error>): its task could not be started, exceeded timeoutSeconds, or was stopped. The history of the execution says why. <run>',
  };
  return [deployment, job, run];
}

export interface DataEvents {
  readonly environment: string;
  /** RDS identifiers in one region. */
  readonly instances: readonly string[];
  /** Secrets that rotate; AWS reports their rotation through CloudTrail only. */
  readonly rotatedSecretArns: readonly string[];
}

/** Failovers and failures of the database, and rotations that failed. */
export function dataNotices({ environment, instances, rotatedSecretArns }: DataEvents): readonly EventNotice[] {
  const database: EventNotice = {
    id: 'database',
    name: 'database-event',
    description: `A database of ${environment} failed, failed over, stopped replicating, or is low on storage`,
    pattern: {
      source: ['aws.rds'],
      'detail-type': ['RDS DB Instance Event'],
      detail: {
        SourceIdentifier: instances,
        EventCategories: ['availability', 'failover', 'failure', 'low storage', 'read replica', 'recovery', 'security'],
      },
    },
    fields: { instance: '$.detail.SourceIdentifier', message: '$.detail.Message' },
    text: 'database <instance>: <message>',
  };
  const rotation: EventNotice = {
    id: 'rotation',
    name: 'rotation-failed',
    description: `A password of ${environment} could not be rotated`,
    pattern: {
      source: ['aws.secretsmanager'],
      'detail-type': ['AWS Service Event via CloudTrail'],
      detail: { eventName: ['RotationFailed'], additionalEventData: { SecretId: rotatedSecretArns } },
    },
    fields: { secret: '$.detail.additionalEventData.SecretId' },
    text: 'the secret <secret> could not be rotated. The old password still works. Read the log of the rotation function, then run aws secretsmanager rotate-secret.',
  };
  return [...(instances.length > 0 ? [database] : []), ...(rotatedSecretArns.length > 0 ? [rotation] : [])];
}

export interface CertificateEvents {
  readonly environment: string;
  /** Certificates in one region that something uses. */
  readonly certificateArns: readonly string[];
}

/** Certificates that ACM cannot renew. Source: ACM user guide, "Amazon EventBridge support for ACM". */
export function certificateNotices({ environment, certificateArns }: CertificateEvents): readonly EventNotice[] {
  if (certificateArns.length === 0) return [];
  return [
    {
      id: 'renewal',
      name: 'certificate-renewal',
      description: `A certificate of ${environment} cannot be renewed, or has expired`,
      pattern: {
        source: ['aws.acm'],
        'detail-type': ['ACM Certificate Renewal Action Required', 'ACM Certificate Expired'],
        resources: certificateArns,
      },
      fields: { event: '$.detail-type', name: '$.detail.CommonName', certificate: '$.resources[0]' },
      text: '<event> (<name>). ACM cannot validate it: apply the domain stack again, which restores the validation record, or admit amazon.com in the CAA records. <certificate>',
    },
  ];
}
