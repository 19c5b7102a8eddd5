/** What the roles of restore drills need although a rule refuses it: they work with what AWS Backup is about to restore. */
import type { Need } from './need';

const DATA = /-data$/;
const VALIDATION = /^aws_iam_role_policy\.drill_validate-role_policy$/;

/** AWS Backup chooses the names of what it restores: their beginning, or a tag of AWS Backup, is all that is known before. */
export const DRILL_NEEDS: readonly Need[] = [
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['rds:ModifyDBInstance'],
    resources: /:db:awsbackup-restore-test-\*$/,
    reason:
      'RDS makes a new password for the restored instance, whose name begins as AWS Backup prescribes; the live one has another',
  },
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
    resources: /:secret:rds!db-\*$/,
    reason:
      'RDS creates the secret of the restored instance with the rights of its caller; neither action reads or changes a value',
  },
  {
    stacks: DATA,
    holder: /^aws_iam_role_policy\.drill_execution_policy$/,
    actions: ['secretsmanager:GetSecretValue'],
    resources: /:secret:rds!db-\*$/,
    condition: 'aws:ResourceTag/aws:rds:primaryDBInstanceArn',
    reason: 'the check logs in to the restored instance; a tag of RDS in the condition leaves the secret of the live one out',
  },
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['elasticfilesystem:*MountTarget*'],
    resources: /:file-system\/\*$/,
    reason: 'the restored file system has no name yet; the condition admits those with the tag of restore tests only',
  },
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
    resources: /:network-interface\/\*$|:subnet\/\$\{[^}]+\}$|:security-group\/\$\{[^}]+\}$/,
    reason: 'EFS creates the interface of a mount target with the rights of its caller; it is in the subnet of the check only',
  },
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition', 'backup:PutRestoreValidationResult'],
    resources: /^\*$/,
    reason: 'AWS has no resource for them; the task gets no role but that of the check, which is the only one that may be passed',
  },
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['ecs:RunTask'],
    resources: /:task-definition\/[\w-]+:\*$/,
    condition: 'ecs:cluster',
    reason: 'the state machine of the drill starts the check, in the cluster of the drill',
  },
  {
    stacks: DATA,
    holder: VALIDATION,
    actions: ['events:PutTargets'],
    resources: /:rule\/StepFunctionsGetEventsForECSTaskRule$/,
    reason: 'the rule by which Step Functions learns that a task has ended; AWS prescribes its name',
  },
  {
    stacks: DATA,
    holder: /^aws_iam_role_policy\.drill_age-role_policy$/,
    actions: ['backup:ListRestoreJobs'],
    resources: /^\*$/,
    reason: 'AWS has no resource for it; it lists jobs and their verdicts, and no contents',
  },
];
