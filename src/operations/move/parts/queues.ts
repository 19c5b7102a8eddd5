/** Carries the messages of a queue to another one. A message is deleted only once the other queue has it, so it may arrive twice. */
import type { Message, SQS } from '@aws-sdk/client-sqs';
import { explained } from '../../../aws/errors';
import { Interrupted, pause } from '../../../aws/waiting';
import { done, type Outcome, type Step, type StepTools } from '../steps';

export interface QueuePair {
  readonly key: string;
  /** Names of the queues. */
  readonly from: string;
  readonly to: string;
  readonly source: () => Promise<SQS>;
  readonly target: () => Promise<SQS>;
}

/** Seconds for messages that a worker is at, or that are delayed: the longest delay of SQS. */
const PATIENCE_SECONDS = 900;

const POLLING_SECONDS = 5;

export function queueSteps(pairs: readonly QueuePair[]): readonly Step[] {
  return pairs.flatMap((pair) => [
    {
      id: `verify/queue-${pair.key}`,
      phase: 'verify' as const,
      text: `counts the messages of ${pair.from}`,
      run: async () => done([`${pair.from}: ${total(await depthOf(await pair.source(), pair.from))} messages`]),
    },
    {
      id: `switch/queue-${pair.key}`,
      phase: 'switch' as const,
      text: `carries the messages of ${pair.from} to ${pair.to}, until it is empty`,
      run: (tools: StepTools) => carry(pair, tools),
      // Messages belong to the side that works on them.
      undo: (tools: StepTools) =>
        carry({ ...pair, from: pair.to, to: pair.from, source: pair.target, target: pair.source }, tools),
    },
    {
      id: `watch/queue-${pair.key}`,
      phase: 'watch' as const,
      text: `carries what was still sent to ${pair.from} during the switch`,
      run: (tools: StepTools) => carry(pair, tools),
    },
  ]);
}

export interface Depth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const total = ({ visible, inFlight, delayed }: Depth): number => visible + inFlight + delayed;

export async function depthOf(sqs: SQS, name: string): Promise<Depth> {
  const url = await urlOf(sqs, name);
  const { Attributes: found = {} } = await explained(`counting the messages of ${name}`, () =>
    sqs.getQueueAttributes({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(found.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(found.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(found.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

async function carry(pair: QueuePair, { signal, report }: Pick<StepTools, 'signal' | 'report'>): Promise<Outcome> {
  const [source, target] = await Promise.all([pair.source(), pair.target()]);
  const [from, to] = await Promise.all([urlOf(source, pair.from), urlOf(target, pair.to)]);
  let carried = 0;
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    if (signal?.aborted === true) throw new Interrupted();
    const { Messages: messages = [] } = await explained(`reading ${pair.from}`, () =>
      source.receiveMessage({
        QueueUrl: from,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    for (const message of messages) await carryOne({ source, target, from, to }, message);
    carried += messages.length;
    if (messages.length > 0) continue;
    const depth = await depthOf(source, pair.from);
    if (total(depth) === 0) return done([`${pair.from}: empty; ${carried} messages carried to ${pair.to}`]);
    if (performance.now() > end)
      return {
        kind: 'failed',
        why: `${pair.from} still has ${depth.inFlight} messages that a worker is at, and ${depth.delayed} that are delayed\n  fix   stop its workers, or wait, and run the command again`,
      };
    report(`${pair.from}: waiting for ${total(depth)} messages`);
    await pause(POLLING_SECONDS, signal);
  }
}

interface Way {
  readonly source: SQS;
  readonly target: SQS;
  readonly from: string;
  readonly to: string;
}

async function carryOne({ from, to, source, target }: Way, message: Message): Promise<void> {
  const { MessageGroupId, MessageDeduplicationId } = message.Attributes ?? {};
  const { Body: MessageBody = '', MessageAttributes, ReceiptHandle } = message;
  await explained(`sending to ${to}`, () =>
    target.sendMessage({
      QueueUrl: to,
      MessageBody,
      MessageAttributes,
      // Of a FIFO queue: the order in a group, and one message where this one is sent again after an interruption.
      ...(MessageGroupId === undefined ? {} : { MessageGroupId, MessageDeduplicationId }),
    }),
  );
  await explained(`deleting from ${from}`, () => source.deleteMessage({ QueueUrl: from, ReceiptHandle }));
}

async function urlOf(sqs: SQS, name: string): Promise<string> {
  const { QueueUrl: url = '' } = await explained(`looking for the queue ${name}`, () => sqs.getQueueUrl({ QueueName: name }));
  return url;
}
