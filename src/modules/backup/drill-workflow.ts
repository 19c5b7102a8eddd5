/**
 * What happens when AWS Backup has restored something for a drill, as a workflow of Step Functions. Pure: values may be Terraform
 * references. Its input is the event "Restore Job State Change".
 *
 *   database: SetPassword -> LookAtPassword -> IsReady   RDS makes a new password, which only the restored instance has
 *   files:    Mount -> LookAtMount -> IsMounted          a mount target in the subnet of the container
 *   Register -> Run -> Deregister                        a container reads everything, and fails when it is not what was copied
 *   files:    FindMounts -> Unmount                      AWS Backup cannot delete a file system that is mounted
 *   Tell -> HasPassed                                    AWS Backup keeps the verdict, and deletes what it has restored
 *
 * The password is passed by the ARN of its secret, in a task definition of the run: ECS reads it, and no state holds it. Whatever
 * fails, AWS Backup is told.
 */
import { call, type States } from '../sleep/steps';
import { checkStates, failed, RETRY_CALLS, type DrillWorkflowProps } from './drill-check';

/** Seconds between two looks. */
const LOOK_SECONDS = 30;

/** Looks after which something is given up: an hour. */
const LOOKS = 120;

/** A restored instance may still back itself up, and refuses changes then: 30 minutes. */
const UNTIL_AVAILABLE = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 30, BackoffRate: 1 }];

/** The workflow in the Amazon States Language, with expressions in JSONata. */
export function drillWorkflow(props: DrillWorkflowProps): object {
  const { environment, database, files } = props;
  return {
    Comment: `Validates what AWS Backup has restored of ${environment}`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass',
        Assign: {
          job: '{% $states.input.detail.restoreJobId %}',
          kind: '{% $states.input.detail.resourceType %}',
          bytes: '{% $string($states.input.detail.backupSizeInBytes) %}',
          restored: "{% $replace($states.input.detail.createdResourceArn, /^.*:(db:|file-system\\/)/, '') %}",
          looks: 0,
          taskDefinition: 'none',
          verdict: 'FAILED',
          message: 'the check did not run',
        },
        Next: 'Kind',
      },
      Kind: {
        Type: 'Choice',
        Choices: [
          ...(database === undefined ? [] : [{ Condition: "{% $kind = 'RDS' %}", Next: 'SetPassword' }]),
          ...(files === undefined ? [] : [{ Condition: "{% $kind = 'EFS' %}", Next: 'Mount' }]),
        ],
        Default: 'Tell',
      },
      ...(database === undefined ? {} : { ...databaseStates(props), ...checkStates('Database', props, database) }),
      ...(files === undefined ? {} : { ...fileStates(props), ...checkStates('Files', props, files) }),
      ...verdictStates(),
    },
  };
}

function looking(again: string, late: string, ready: { readonly condition: string; readonly next: string }): object {
  return {
    Type: 'Choice',
    Choices: [
      { Condition: ready.condition, Next: ready.next },
      { Condition: `{% $looks >= ${LOOKS} %}`, Assign: { message: 'what was restored did not become available' }, Next: late },
    ],
    Default: again,
  };
}

function databaseStates(props: DrillWorkflowProps): States {
  return {
    SetPassword: call(
      'rds:modifyDBInstance',
      { DbInstanceIdentifier: '{% $restored %}', ManageMasterUserPassword: true, ApplyImmediately: true },
      { Retry: UNTIL_AVAILABLE, ...failed(props, 'Tell'), Next: 'PausePassword' },
    ),
    PausePassword: { Type: 'Wait', Seconds: LOOK_SECONDS, Next: 'LookAtPassword' },
    LookAtPassword: call(
      'rds:describeDBInstances',
      { DbInstanceIdentifier: '{% $restored %}' },
      {
        Assign: {
          looks: '{% $looks + 1 %}',
          host: "{% [$states.result.DbInstances[0].Endpoint.Address, 'none'][0] %}",
          user: '{% $states.result.DbInstances[0].MasterUsername %}',
          secret: "{% [$states.result.DbInstances[0].MasterUserSecret.SecretArn, 'none'][0] %}",
          ready:
            "{% $states.result.DbInstances[0].DbInstanceStatus = 'available' and $states.result.DbInstances[0].MasterUserSecret.SecretStatus = 'active' %}",
        },
        Retry: RETRY_CALLS,
        ...failed(props, 'Tell'),
        Next: 'IsReady',
      },
    ),
    IsReady: looking('PausePassword', 'Tell', { condition: '{% $ready %}', next: 'RegisterDatabase' }),
  };
}

function fileStates(props: DrillWorkflowProps): States {
  const { subnetId, restoredSecurityGroupId } = props;
  return {
    Mount: call(
      'efs:createMountTarget',
      { FileSystemId: '{% $restored %}', SubnetId: subnetId, SecurityGroups: [restoredSecurityGroupId] },
      { Retry: RETRY_CALLS, ...failed(props, 'FindMounts'), Next: 'PauseMount' },
    ),
    PauseMount: { Type: 'Wait', Seconds: LOOK_SECONDS, Next: 'LookAtMount' },
    LookAtMount: call(
      'efs:describeMountTargets',
      { FileSystemId: '{% $restored %}' },
      {
        Assign: { looks: '{% $looks + 1 %}', mount: '{% $states.result.MountTargets[0].LifeCycleState %}' },
        Retry: RETRY_CALLS,
        ...failed(props, 'FindMounts'),
        Next: 'IsMounted',
      },
    ),
    IsMounted: looking('PauseMount', 'FindMounts', { condition: "{% $mount = 'available' %}", next: 'RegisterFiles' }),
    FindMounts: call(
      'efs:describeMountTargets',
      { FileSystemId: '{% $restored %}' },
      {
        Output: '{% [$states.result.MountTargets.MountTargetId] %}',
        Retry: RETRY_CALLS,
        ...failed(props, 'Tell'),
        Next: 'Unmount',
      },
    ),
    Unmount: {
      Type: 'Map',
      Items: '{% $states.input %}',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'DeleteMount',
        States: {
          DeleteMount: call('efs:deleteMountTarget', { MountTargetId: '{% $states.input %}' }, { Retry: RETRY_CALLS, End: true }),
        },
      },
      Output: {},
      ...failed(props, 'Tell'),
      Next: 'PauseUnmount',
    },
    // A mount target is gone after about a minute.
    PauseUnmount: { Type: 'Wait', Seconds: 120, Next: 'Tell' },
  };
}

function verdictStates(): States {
  return {
    Tell: call(
      'backup:putRestoreValidationResult',
      { RestoreJobId: '{% $job %}', ValidationStatus: '{% $verdict %}', ValidationStatusMessage: '{% $message %}' },
      { Retry: RETRY_CALLS, Next: 'HasPassed' },
    ),
    HasPassed: {
      Type: 'Choice',
      Choices: [{ Condition: "{% $verdict = 'SUCCESSFUL' %}", Next: 'Passed' }],
      Default: 'Failed',
    },
    Passed: { Type: 'Succeed', Output: { validated: '{% $restored %}' } },
    Failed: { Type: 'Fail', Error: 'NotProven', Cause: '{% $message %}' },
  };
}
