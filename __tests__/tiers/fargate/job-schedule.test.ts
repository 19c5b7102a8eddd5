import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Testing } from 'cdktf';
import { JobSchedule, type JobScheduleProps } from '../../../src/tiers/fargate/job-schedule';
import { synthModule, theOnly } from '../../support/synth';

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:shop-test-pricing-sync-job';
const props: JobScheduleProps = {
  environment: 'shop-test',
  name: 'pricing-sync',
  schedule: '0 2 * * *',
  timezone: 'UTC',
  stateMachineArn: MACHINE,
  retries: 2,
  region: 'eu-west-1',
  accountId: '123456789012',
};

const synth = (changes: Partial<JobScheduleProps> = {}) =>
  synthModule((stack) => void new JobSchedule(stack, 'pricing-sync', { ...props, ...changes }));
const statementsOf = (module: ReturnType<typeof synth>): any[] =>
  JSON.parse(theOnly(module, 'aws_iam_role_policy').policy).Statement;

describe('the schedule of a job', () => {
  it('starts one execution at the time, in UTC', () => {
    const synthesised = Testing.synthScope((scope) => void new JobSchedule(scope, 'pricing-sync', props));
    expect(synthesised).toHaveResourceWithProperties(SchedulerSchedule, {
      name: 'shop-test-pricing-sync',
      schedule_expression: 'cron(0 2 * * ? *)',
      schedule_expression_timezone: 'UTC',
      flexible_time_window: { mode: 'OFF' },
    });
    expect(theOnly(synth(), 'aws_scheduler_schedule').target).toMatchObject({
      arn: MACHINE,
      input: '{"startedBy":"schedule"}',
    });
  });

  it('starts it in another time zone where one is given', () => {
    const schedule = theOnly(synth({ timezone: 'Asia/Singapore' }), 'aws_scheduler_schedule');
    expect(schedule).toMatchObject({ schedule_expression: 'cron(0 2 * * ? *)', schedule_expression_timezone: 'Asia/Singapore' });
  });

  it('keeps a run that could not be started', () => {
    const module = synth({ retries: 0 });
    const { target } = theOnly(module, 'aws_scheduler_schedule');
    expect(target.retry_policy.maximum_retry_attempts).toBe(0);
    expect(target.dead_letter_config.arn).toBe('${aws_sqs_queue.pricing-sync_not-started.arn}');
    expect(theOnly(module, 'aws_sqs_queue').message_retention_seconds).toBe(1209600);
  });

  it('may start this state machine, write its dead letters, and nothing else', () => {
    expect(statementsOf(synth())).toEqual([
      { Sid: 'RunThisJob', Effect: 'Allow', Action: ['states:StartExecution'], Resource: [MACHINE] },
      {
        Sid: 'KeepWhatDidNotStart',
        Effect: 'Allow',
        Action: ['sqs:SendMessage'],
        Resource: ['${aws_sqs_queue.pricing-sync_not-started.arn}'],
      },
    ]);
  });

  it('trusts only the scheduler of its account', () => {
    const trust = JSON.parse(theOnly(synth(), 'aws_iam_role').assume_role_policy).Statement;
    expect(trust).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: ['scheduler.amazonaws.com'] },
        Action: ['sts:AssumeRole'],
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnEquals: { 'aws:SourceArn': 'arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default' },
        },
      },
    ]);
  });

  it('refuses dead letters without TLS', () => {
    const [statement] = JSON.parse(theOnly(synth(), 'aws_sqs_queue_policy').policy).Statement;
    expect(statement).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Action: ['sqs:*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it("encrypts with the environment's key and may use it, when there is one", () => {
    const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const module = synth({ keyArn });
    expect(theOnly(module, 'aws_scheduler_schedule').kms_key_arn).toBe(keyArn);
    expect(theOnly(module, 'aws_sqs_queue')).toMatchObject({ kms_master_key_id: keyArn });
    expect(theOnly(module, 'aws_sqs_queue').sqs_managed_sse_enabled).toBeUndefined();
    expect(statementsOf(module).find(({ Sid }) => Sid === 'UseTheKey')).toMatchObject({ Resource: [keyArn] });
  });

  it("encrypts with SQS's own key otherwise", () => expect(theOnly(synth(), 'aws_sqs_queue').sqs_managed_sse_enabled).toBe(true));

  it('refuses a schedule that EventBridge cannot express', () => {
    expect(() => synth({ schedule: '0 2 1 * 1' })).toThrow(/restrict one of them/);
  });

  it("keeps names within AWS's limits", () => {
    const module = synth({ environment: 'a-very-long-environment-name', name: 'a-very-long-name-of-a-job-here' });
    expect(theOnly(module, 'aws_scheduler_schedule').name.length).toBeLessThanOrEqual(64);
    expect(theOnly(module, 'aws_iam_role').name.length).toBeLessThanOrEqual(64);
    expect(theOnly(module, 'aws_sqs_queue').name.length).toBeLessThanOrEqual(80);
  });
});
