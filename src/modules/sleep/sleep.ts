/** Switches an environment off and on: two state machines, their schedules, and the parameter that says what is wanted. */
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Construct } from 'constructs';
import { resourceName, sleepStateMachineNames } from '../../config/names';
import { ServiceRole } from '../iam/service-role';
import { sleepStatements } from './permissions';
import { SleepSchedules } from './sleep-schedules';
import type { SleepingResources } from './sleeping-resources';
import { sleepWorkflow, wakeWorkflow, type Wanted } from './workflow';

/** A new environment is awake until the first time at which it sleeps. */
const AT_FIRST: Wanted = 'awake';

export interface SleepProps {
  /** The environment's name; begins every name here. */
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  /** Five cron fields. */
  readonly from: string;
  /** Five cron fields. */
  readonly until: string;
  readonly timezone: string;
  readonly parameterName: string;
  readonly resources: SleepingResources;
  /** The environment's key. @default keys of AWS */
  readonly keyArn?: string;
}

export class Sleep extends Construct {
  public readonly sleepArn: string;
  public readonly wakeArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SleepProps,
  ) {
    super(scope, id);
    const { environment, region, accountId, from, until, timezone, resources, keyArn } = props;
    const workflow = { environment, parameterName: this.createParameter().name, resources };
    const names = sleepStateMachineNames(environment);
    const role = this.createRole(Object.values(names));
    this.sleepArn = this.createMachine('sleep', names.sleep, role, sleepWorkflow(workflow));
    this.wakeArn = this.createMachine('wake', names.wake, role, wakeWorkflow(workflow));
    new SleepSchedules(this, 'schedule', {
      environment,
      region,
      accountId,
      from,
      until,
      timezone,
      sleepArn: this.sleepArn,
      wakeArn: this.wakeArn,
      database: resources.database,
      keyArn,
    });
  }

  private createParameter(): SsmParameter {
    return new SsmParameter(this, 'wanted', {
      name: this.props.parameterName,
      description:
        'Whether the environment is to be asleep. Written by its state machines; Terraform wrote only the first value.',
      type: 'String',
      tier: 'Standard',
      insecureValue: AT_FIRST,
      lifecycle: { ignoreChanges: ['insecure_value'] },
    });
  }

  private createRole(machineNames: readonly string[]): ServiceRole {
    const { environment, region, accountId, parameterName, resources, keyArn } = this.props;
    return new ServiceRole(this, 'role', {
      name: resourceName(environment, 'sleep', 'iamRole'),
      description: `Switches ${environment} off and on`,
      service: 'states.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: {
          'aws:SourceArn': machineNames.map((name) => `arn:aws:states:${region}:${accountId}:stateMachine:${name}`),
        },
      },
      statements: sleepStatements({ region, accountId, parameterName, resources, keyArn }),
    });
  }

  private createMachine(id: string, name: string, role: ServiceRole, definition: object): string {
    return new SfnStateMachine(this, id, {
      name,
      roleArn: role.arn,
      definition: JSON.stringify(definition),
      dependsOn: [...role.grants],
    }).arn;
  }
}
