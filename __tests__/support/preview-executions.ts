/** Answers of Step Functions and CloudWatch Logs to who runs the jobs of a preview of `shop-dev`. */
import type { Answers, StubAws } from './stub-aws';

const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-dev/0a1b';
const OF_A_PREVIEW = /^arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-pr-\d+-(.+)-job$/;

/** The job by its state machine; the ARN itself when that is not one of a preview. */
const jobOf = (stateMachineArn: string): string => OF_A_PREVIEW.exec(stateMachineArn)?.[1] ?? stateMachineArn;

/** The jobs that were started, in order. */
export const startedJobs = ({ calls }: StubAws): readonly string[] =>
  calls.filter(({ name }) => name === 'StartExecution').map(({ input }) => jobOf(input.stateMachineArn));

/**
 * Executions that end at the second look. Each has written one line: the log group and stream that it is looked for in.
 * @param ends name of a job to its end; it succeeds by default
 * @param onLook is called at each look at an execution
 */
export function previewExecutions(ends: Readonly<Record<string, object>> = {}, onLook: () => void = () => undefined): Answers {
  const looks = new Map<string, number>();
  return {
    StartExecution: ({ stateMachineArn }) => ({ executionArn: jobOf(stateMachineArn) }),
    DescribeExecution: ({ executionArn: job }) => {
      onLook();
      looks.set(job, (looks.get(job) ?? 0) + 1);
      return looks.get(job) === 1 ? { status: 'RUNNING' } : (ends[job] ?? { status: 'SUCCEEDED', output: '{"ExitCode":0}' });
    },
    GetExecutionHistory: () => ({
      events: [{ taskSubmittedEventDetails: { output: JSON.stringify({ Tasks: [{ TaskArn: TASK }] }) } }],
    }),
    FilterLogEvents: ({ logGroupName, logStreamNamePrefix }) => ({
      events: [{ eventId: '1', timestamp: 1, message: `${logGroupName} ${logStreamNamePrefix}` }],
    }),
  };
}

/** The end of an execution whose container ended with this exit code. */
export const endedWith = (ExitCode: number): object => ({
  status: 'FAILED',
  error: 'States.TaskFailed',
  cause: JSON.stringify({ Containers: [{ ExitCode }], StoppedReason: 'Essential container exited' }),
});
