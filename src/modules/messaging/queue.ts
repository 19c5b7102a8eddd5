/** One SQS queue and its dead-letter queue. */
import { SqsQueue, type SqsQueueConfig } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { fitName, NAME_LIMITS } from '../../config/names';
import type { ResolvedQueue } from '../../config/resolved/environment';
import { policyJson, tlsOnly, type Statement } from '../iam/policy';
import { keepWhenProtected } from '../../terraform/lifecycle';

const SECONDS_A_DAY = 86_400;

/** SQS's maximum: dead letters wait for a person. */
const DEAD_LETTER_DAYS = 14;

/** SQS's maximum: long polls return fewer empty answers, which are billed too. */
const POLL_SECONDS = 20;

export interface QueueProps extends Omit<ResolvedQueue, 'key'> {
  /** The environment's key; without one, keys of SQS. */
  readonly keyArn?: string;
  readonly region: string;
  readonly accountId: string;
  /** `prevent_destroy`. */
  readonly protect: boolean;
  /** ARNs of the buckets of the account that send messages about their objects. @default none */
  readonly fromBuckets?: readonly string[];
}

/** The names of a queue and its dead-letter queue, within SQS's limit. The name of a FIFO queue must end in `.fifo`. */
export function queueNames(name: string, fifo: boolean): { readonly main: string; readonly deadLetters: string } {
  const suffix = fifo ? '.fifo' : '';
  const named = (text: string) => `${fitName(text, NAME_LIMITS.queue - suffix.length)}${suffix}`;
  return { main: named(name), deadLetters: named(`${name}-dead`) };
}

/** A queue with a dead-letter queue, both encrypted and TLS only. */
export class Queue extends Construct {
  public readonly url: string;
  public readonly arn: string;
  public readonly name: string;
  /** The policy of the queue: a bucket that sends messages depends on it. */
  public readonly policy: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: QueueProps,
  ) {
    super(scope, id);
    const names = queueNames(props.name, props.fifo);
    const deadLetters = this.createQueue('dead-letters', names.deadLetters, {
      messageRetentionSeconds: DEAD_LETTER_DAYS * SECONDS_A_DAY,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [this.arnOf(names.main)] }),
    });
    const queue = this.createQueue('queue', names.main, {
      messageRetentionSeconds: props.retentionDays * SECONDS_A_DAY,
      visibilityTimeoutSeconds: props.visibilityTimeoutSeconds,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: props.maxReceives }),
    });
    this.createPolicy('dead-letters', deadLetters, [tlsOnly(['sqs:*'], [this.arnOf(names.deadLetters)])]);
    this.policy = this.createPolicy('queue', queue, this.queueStatements(this.arnOf(names.main)));
    this.url = queue.url;
    this.arn = queue.arn;
    this.name = queue.name;
  }

  private createQueue(id: string, name: string, config: SqsQueueConfig): SqsQueue {
    const { fifo, keyArn, protect } = this.props;
    return new SqsQueue(this, id, {
      ...config,
      name,
      receiveWaitTimeSeconds: POLL_SECONDS,
      ...(fifo ? { fifoQueue: true, contentBasedDeduplication: true } : {}),
      // The provider accepts only one of the two arguments, and not the other one with `false` either.
      ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn }),
      lifecycle: keepWhenProtected(protect),
    });
  }

  private createPolicy(id: string, { url }: SqsQueue, statements: readonly Statement[]): SqsQueuePolicy {
    return new SqsQueuePolicy(this, `${id}-policy`, { queueUrl: url, policy: policyJson(statements) });
  }

  /** S3 has no identity of its own here: account and bucket tell its requests for others apart. */
  private queueStatements(arn: string): readonly Statement[] {
    const { accountId, fromBuckets = [] } = this.props;
    const tls = tlsOnly(['sqs:*'], [arn]);
    if (fromBuckets.length === 0) return [tls];
    return [
      tls,
      {
        sid: 'BucketNotifications',
        actions: ['sqs:SendMessage'],
        resources: [arn],
        principals: { Service: ['s3.amazonaws.com'] },
        conditions: { StringEquals: { 'aws:SourceAccount': accountId }, ArnEquals: { 'aws:SourceArn': fromBuckets } },
      },
    ];
  }

  /** Composed rather than referenced: the two queues name each other. */
  private arnOf(name: string): string {
    return `arn:aws:sqs:${this.props.region}:${this.props.accountId}:${name}`;
  }
}
