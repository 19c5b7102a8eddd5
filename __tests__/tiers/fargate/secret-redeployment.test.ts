import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { Testing } from 'cdktf';
import { SecretRedeployment, type SecretRedeploymentProps } from '../../../src/tiers/fargate/secret-redeployment';
import { resourcesOf, synthModule, theOnly } from '../../support/synth';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:/shop/test/database/app-AbCdEf';
const arnOf = (service: string) => `arn:aws:ecs:eu-west-1:123456789012:service/shop/${service}`;

const props: SecretRedeploymentProps = {
  environment: 'shop-test',
  clusterName: 'shop',
  services: [
    { name: 'shop-api', arn: arnOf('shop-api') },
    { name: 'shop-runs', arn: arnOf('shop-runs') },
  ],
  secretArns: [SECRET],
  region: 'eu-west-1',
  accountId: '123456789012',
};

const synth = () => synthModule((stack) => void new SecretRedeployment(stack, 'secrets', props));
const roleOf = (id: string) => {
  const { resource } = synth();
  return {
    trust: JSON.parse(resource?.aws_iam_role?.[`secrets_${id}-role_role`]?.assume_role_policy).Statement[0],
    statements: JSON.parse(resource?.aws_iam_role_policy?.[`secrets_${id}-role_policy`]?.policy).Statement,
  };
};

describe('redeployment after a rotation', () => {
  it('waits for successful rotations of the given secrets, as CloudTrail reports them', () => {
    const synthesised = Testing.synthScope((scope) => void new SecretRedeployment(scope, 'secrets', props));
    expect(synthesised).toHaveResourceWithProperties(CloudwatchEventRule, { name: 'shop-test-secret-rotated' });
    expect(JSON.parse(theOnly(synth(), 'aws_cloudwatch_event_rule').event_pattern)).toEqual({
      source: ['aws.secretsmanager'],
      'detail-type': ['AWS Service Event via CloudTrail'],
      detail: { eventName: ['RotationSucceeded'], additionalEventData: { SecretId: [SECRET] } },
    });
  });

  it('forces a new deployment of each service, and tries again', () => {
    const { States } = JSON.parse(theOnly(synth(), 'aws_sfn_state_machine').definition);
    expect(States.Redeploy.Branches).toHaveLength(2);
    expect(States.Redeploy.Branches[0].States['shop-api']).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
      Parameters: { Cluster: 'shop', Service: 'shop-api', ForceNewDeployment: true },
      Retry: [{ ErrorEquals: ['States.ALL'] }],
    });
    expect(States.Redeploy.Branches[1].States['shop-runs'].Parameters.Service).toBe('shop-runs');
  });

  it('starts the state machine by the rule', () => {
    const target = theOnly(synth(), 'aws_cloudwatch_event_target');
    expect(target.rule).toBe('${aws_cloudwatch_event_rule.secrets_rotated.name}');
    expect(target.arn).toBe('${aws_sfn_state_machine.secrets_redeploy.arn}');
    expect(target.role_arn).toBe('${aws_iam_role.secrets_start-role_role.arn}');
  });

  it('may update these services and no other', () => {
    const { trust, statements } = roleOf('redeploy');
    expect(statements).toEqual([
      { Sid: 'RedeployThese', Effect: 'Allow', Action: ['ecs:UpdateService'], Resource: [arnOf('shop-api'), arnOf('shop-runs')] },
    ]);
    expect(trust).toMatchObject({ Principal: { Service: ['states.amazonaws.com'] } });
  });

  it('may start this state machine and no other', () => {
    const { trust, statements } = roleOf('start');
    expect(statements).toEqual([
      {
        Sid: 'StartThis',
        Effect: 'Allow',
        Action: ['states:StartExecution'],
        Resource: ['${aws_sfn_state_machine.secrets_redeploy.arn}'],
      },
    ]);
    expect(trust).toMatchObject({ Principal: { Service: ['events.amazonaws.com'] } });
  });

  it('trusts the rule and the state machine, and no other of any account', () => {
    const module = synth();
    const callers = resourcesOf(module, 'aws_iam_role').map(({ assume_role_policy }) => {
      const { StringEquals, ArnLike } = JSON.parse(assume_role_policy).Statement[0].Condition;
      expect(StringEquals).toEqual({ 'aws:SourceAccount': '123456789012' });
      return ArnLike['aws:SourceArn'];
    });
    expect(callers.sort()).toEqual([
      `arn:aws:events:eu-west-1:123456789012:rule/${theOnly(module, 'aws_cloudwatch_event_rule').name}`,
      `arn:aws:states:eu-west-1:123456789012:stateMachine:${theOnly(module, 'aws_sfn_state_machine').name}`,
    ]);
  });

  it('reads no secret itself', () => {
    const policies = resourcesOf(synth(), 'aws_iam_role_policy')
      .map(({ policy }) => policy)
      .join();
    expect(policies).not.toContain('secretsmanager:');
  });
});
