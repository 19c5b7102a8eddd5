/** Services, workers and jobs on Fargate, as ECS and Step Functions show them. */
import { AWS, hoursAgo, lines, SERVICE } from '../../support/status-of-shop';

describe('services on Fargate', () => {
  it('show what runs of what is wanted, the image and its age', async () =>
    expect(await lines('services')).toEqual(['fine: api: 2 of 2 running, shop/prod/api:v12, for 3 hours']));

  it.each([
    ['too few tasks', { runningCount: 1 }, 'wrong: api: 1 of 2 running, shop/prod/api:v12, for 3 hours'],
    [
      'a failed rollout',
      { deployments: [{ ...SERVICE.deployments[0], rolloutState: 'FAILED' }] },
      'wrong: api: 2 of 2 running, shop/prod/api:v12, for 3 hours; its rollout has FAILED',
    ],
    [
      'a rollout that goes on',
      { runningCount: 1, deployments: [{ ...SERVICE.deployments[0], rolloutState: 'IN_PROGRESS' }] },
      'note: api: 1 of 2 running, shop/prod/api:v12, for 3 hours; a rollout is in progress',
    ],
    [
      'none that is wanted',
      { desiredCount: 0, runningCount: 0 },
      'note: api: 0 of 0 running, shop/prod/api:v12, for 3 hours; none is wanted',
    ],
    ['a deleted service', { status: 'INACTIVE' }, 'wrong: api: ECS has no service shop-prod-api'],
  ])('show %s', async (_, changes, line) =>
    expect(await lines('services', { ecs: { describeServices: () => ({ services: [{ ...SERVICE, ...changes }] }) } })).toEqual([
      line,
    ]),
  );

  it('say that the stack is not deployed', async () =>
    expect(await lines('services', {}, { 'compute-fargate': undefined })).toEqual([
      'note: none: compute-fargate is not deployed',
    ]));
});

describe('jobs on Fargate', () => {
  const run = (status: string) => ({
    sfn: { listExecutions: () => ({ executions: [{ status, startDate: hoursAgo(9), stopDate: hoursAgo(8) }] }) },
  });

  it('show their last runs, found by the name of their state machine', async () => {
    const asked: string[] = [];
    const listExecutions = ({ stateMachineArn: arn }: { stateMachineArn: string }) => {
      asked.push(arn);
      return AWS.sfn.listExecutions();
    };
    expect(await lines('jobs', { sfn: { listExecutions } })).toContain('fine: report: succeeded 8 hours ago');
    expect(asked).toContain('arn:aws:states:eu-west-1:123456789012:stateMachine:shop-prod-report-job');
  });

  it.each([
    ['FAILED', 'wrong: report: failed 8 hours ago'],
    ['TIMED_OUT', 'wrong: report: timed out 8 hours ago'],
    ['RUNNING', 'note: report: runs, started 8 hours ago'],
  ])('show that one is %s', async (status, line) => expect(await lines('jobs', run(status))).toContain(line));

  it('show one that has not run', async () =>
    expect(await lines('jobs', { sfn: { listExecutions: () => ({ executions: [] }) } })).toContain('note: report: has not run'));

  it('show one that is not deployed', async () => {
    const missing = Object.assign(new Error('no'), { name: 'StateMachineDoesNotExist' });
    expect(await lines('jobs', { sfn: { listExecutions: () => Promise.reject(missing) } })).toContain(
      'note: report: not deployed',
    );
  });
});
