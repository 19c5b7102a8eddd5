/**
 * A state machine that an event starts:
 *
 *   EventBridge rule --StartExecution--> Step Functions --its statements--> what it may do
 *
 * Each of the two has a role that only this rule, or this state machine, can assume.
 */
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import type { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { Statement } from '../iam/policy';
import { ServiceRole } from '../iam/service-role';

/** Retries of a call to ECS while another deployment of the service is being registered: after 10, 20, 40 and 80 seconds. */
export const RETRY_DEPLOYMENT = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 4, BackoffRate: 2 }];

export interface EventWorkflowProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  /** What begins the names of both roles: `secret` of `<environment>-secret-start`. */
  readonly subject: string;
  readonly rule: {
    /** Part of the Terraform address. */
    readonly id: string;
    /** After the environment's name. */
    readonly name: string;
    readonly description: string;
    /** An EventBridge event pattern. */
    readonly pattern: object;
    /** The description of its role, without the environment. */
    readonly purpose: string;
  };
  readonly stateMachine: {
    /** Part of the Terraform address. */
    readonly id: string;
    /** After the environment's name. */
    readonly name: string;
    /** In the Amazon States Language. */
    readonly definition: object;
    /** What its role does, in one word: part of its name and address. */
    readonly role: string;
    /** The description of its role, without the environment. */
    readonly purpose: string;
    /** All that the role may do. */
    readonly statements: readonly Statement[];
  };
}

/** Creates rule, state machine and roles directly in the scope. */
export function createEventWorkflow(scope: Construct, { rule, stateMachine, ...props }: EventWorkflowProps): void {
  const { environment, region, accountId } = props;
  // Composed, because the caller itself refers to the role.
  const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const machineName = resourceName(environment, stateMachine.name, 'stateMachine');
  const machineRole = createRole(scope, stateMachine.role, props, {
    service: 'states.amazonaws.com',
    callerArn: arn('states', `stateMachine:${machineName}`),
    purpose: stateMachine.purpose,
    statements: stateMachine.statements,
  });
  const machine = new SfnStateMachine(scope, stateMachine.id, {
    name: machineName,
    roleArn: machineRole.arn,
    definition: JSON.stringify(stateMachine.definition),
  });
  const ruleName = resourceName(environment, rule.name, 'eventRule');
  const trigger = new CloudwatchEventRule(scope, rule.id, {
    name: ruleName,
    description: rule.description,
    eventPattern: JSON.stringify(rule.pattern),
  });
  const startRole = createRole(scope, 'start', props, {
    service: 'events.amazonaws.com',
    callerArn: arn('events', `rule/${ruleName}`),
    purpose: rule.purpose,
    statements: [{ sid: 'StartThis', actions: ['states:StartExecution'], resources: [machine.arn] }],
  });
  new CloudwatchEventTarget(scope, 'start', { rule: trigger.name, arn: machine.arn, roleArn: startRole.arn });
}

interface RoleSettings {
  readonly service: string;
  /** The one resource of the service that may assume the role. */
  readonly callerArn: string;
  readonly purpose: string;
  readonly statements: readonly Statement[];
}

function createRole(
  scope: Construct,
  id: string,
  { environment, accountId, subject }: Pick<EventWorkflowProps, 'environment' | 'accountId' | 'subject'>,
  { service, callerArn, purpose, statements }: RoleSettings,
): ServiceRole {
  return new ServiceRole(scope, `${id}-role`, {
    name: resourceName(environment, `${subject}-${id}`, 'iamRole'),
    description: `${purpose} in ${environment}`,
    service,
    trustConditions: { StringEquals: { 'aws:SourceAccount': accountId }, ArnLike: { 'aws:SourceArn': callerArn } },
    statements,
  });
}
