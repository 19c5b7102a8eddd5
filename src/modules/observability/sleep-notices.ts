/** Notices of an environment that could not be switched off or on. Pure. */
import { sleepStateMachineNames } from '../../config/names';
import type { EventNotice } from './event-notices';

export interface SleepEvents {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
}

export function sleepNotices({ environment, region, accountId }: SleepEvents): readonly EventNotice[] {
  return [
    {
      id: 'sleep',
      name: 'sleep-failed',
      description: `${environment} could not be switched off or on`,
      pattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: Object.values(sleepStateMachineNames(environment)).map(
            (name) => `arn:aws:states:${region}:${accountId}:stateMachine:${name}`,
          ),
          status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
        },
      },
      // Not the cause: EventBridge does not escape its quotes.
      fields: { run: '$.detail.executionArn', status: '$.detail.status' },
      text: 'going to sleep or waking is <status>. The history of the execution says why; run the output sleep or wake of the sleep stack again. <run>',
    },
  ];
}
