/** Services that could not start at first start by themselves once image, secret and login are there. */
import jsonata from 'jsonata';
import { restartWorkflow } from '../../../src/tiers/fargate/restart-workflow';
import { ServiceRestart } from '../../../src/tiers/fargate/service-restart';
import { resourcesOf, synthModule, theOnly } from '../../support/synth';

const arnOf = (service: string) => `arn:aws:ecs:eu-west-1:123456789012:service/shop/${service}`;
const synth = () =>
  synthModule(
    (stack) =>
      void new ServiceRestart(stack, 'restart', {
        environment: 'shop-test',
        region: 'eu-west-1',
        accountId: '123456789012',
        clusterName: 'shop',
        services: ['shop-api', 'shop-runs'],
      }),
  );

const workflow = restartWorkflow('shop') as any;

/** The state after the choice, for a service as DescribeServices returns it. */
async function nextFor(service: object): Promise<string> {
  const { Choices, Default } = workflow.States.IsStopped;
  const expression = Choices[0].Condition.replace(/^\{%|%\}$/g, '');
  const holds: unknown = await jsonata(expression).evaluate(undefined, { states: { input: service } });
  return holds === true ? Choices[0].Next : Default;
}

const failed = { Status: 'ACTIVE', DesiredCount: 2, RunningCount: 0, Deployments: [{ RolloutState: 'FAILED' }] };

describe('a service whose first deployment failed', () => {
  it('is deployed again after ten minutes, with the values that are there by then', async () => {
    expect(workflow.States.Pause).toMatchObject({ Type: 'Wait', Seconds: 600, Next: 'Describe' });
    expect(workflow.States.Describe).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:ecs:describeServices',
      Arguments: { Cluster: 'shop', Services: ['{% $service %}'] },
      Next: 'IsStopped',
    });
    expect(await nextFor(failed)).toBe('Restart');
    expect(workflow.States.Restart).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
      Arguments: { Cluster: 'shop', Service: '{% $service %}', ForceNewDeployment: true },
    });
  });

  it.each([
    ['tasks run: the deployment was rolled back', { RunningCount: 1 }],
    ['another deployment is in progress', { Deployments: [{ RolloutState: 'FAILED' }, { RolloutState: 'IN_PROGRESS' }] }],
    ['the only deployment is in progress', { Deployments: [{ RolloutState: 'IN_PROGRESS' }] }],
    ['no task is wanted', { DesiredCount: 0 }],
    ['it is being deleted', { Status: 'DRAINING' }],
  ])('is left alone when %s', async (_, change) => {
    expect(await nextFor({ ...failed, ...change })).toBe('Left');
  });

  it('starts the state machine by the event of these services and no other', () => {
    const module = synth();
    expect(JSON.parse(theOnly(module, 'aws_cloudwatch_event_rule').event_pattern)).toEqual({
      source: ['aws.ecs'],
      'detail-type': ['ECS Deployment State Change'],
      resources: [arnOf('shop-api'), arnOf('shop-runs')],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    });
    expect(theOnly(module, 'aws_cloudwatch_event_target')).toMatchObject({
      rule: '${aws_cloudwatch_event_rule.restart_failed.name}',
      arn: '${aws_sfn_state_machine.restart_machine.arn}',
      role_arn: '${aws_iam_role.restart_start-role_role.arn}',
    });
  });

  it('has roles that only this state machine and this rule can assume', () => {
    const conditions = resourcesOf(synth(), 'aws_iam_role').map(
      ({ assume_role_policy }) => JSON.parse(assume_role_policy).Statement[0].Condition,
    );
    expect(conditions).toEqual(
      [
        'states:eu-west-1:123456789012:stateMachine:shop-test-service-restart',
        'events:eu-west-1:123456789012:rule/shop-test-service-restart',
      ].map((caller) => ({
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': `arn:aws:${caller}` },
      })),
    );
  });

  it('can be restarted by a role that reaches these services and no other', () => {
    const policies = resourcesOf(synth(), 'aws_iam_role_policy').map(({ policy }) => JSON.parse(policy).Statement);
    expect(policies).toContainEqual([
      {
        Sid: 'RestartThese',
        Effect: 'Allow',
        Action: ['ecs:DescribeServices', 'ecs:UpdateService'],
        Resource: [arnOf('shop-api'), arnOf('shop-runs')],
      },
    ]);
  });

  it('leads from each state to states that exist', () => {
    const { States, StartAt } = workflow;
    const led = Object.values<any>(States).flatMap(({ Next, Default, Choices = [] }) => [
      Next,
      Default,
      ...Choices.map((choice: any) => choice.Next),
    ]);
    const named = led.filter((name) => name !== undefined);
    expect([...new Set([StartAt, ...named])].sort()).toEqual(Object.keys(States).sort());
  });
});
