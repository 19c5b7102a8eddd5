/** What Terrace's own roles need although a rule refuses it: each an exact holder and statement, with the reason. */
import { matchesPattern } from '../../../../config/calculations/wildcards';
import { requiredValues, type Grant } from './documents';
import { DRILL_NEEDS } from './drill-needs';
import type { Need } from './need';

const RUN_ROLE = /^aws_iam_role_policy\.job-[\w-]+_run_role_policy$/;
const CONTROLLER = /^aws_iam_role_policy\.platform_aws-load-balancer-controller_pods_policy$/;
const SNAPSHOT_ROLE = /^aws_iam_role_policy\.box_snapshot-role_policy$/;

const BOOTSTRAP = /^bootstrap-/;
/** The box, the nodes of a cluster, the NAT instance. */
const INSTANCES = /-(?:compute-box|compute-kubernetes|network)$/;
const [FARGATE, KUBERNETES, DATA, SLEEP] = [/-compute-fargate$/, /-compute-kubernetes$/, /-data$/, /-sleep$/];

export const NEEDS: readonly Need[] = [
  {
    stacks: FARGATE,
    holder: RUN_ROLE,
    actions: ['ecs:RunTask'],
    resources: /^\$\{aws_ecs_task_definition\.job-[\w-]+\.arn_without_revision\}(?:(?:_release)?:\*)?$/,
    condition: 'ecs:cluster',
    reason: 'the state machine of a job starts its own task, also with the image of a release, in the cluster of the environment',
  },
  {
    stacks: FARGATE,
    holder: RUN_ROLE,
    actions: ['events:PutTargets'],
    resources: /:rule\/StepFunctionsGetEventsForECSTaskRule$/,
    reason: 'the rule by which Step Functions learns that a task has ended; AWS prescribes its name',
  },
  {
    stacks: FARGATE,
    holder: /^aws_iam_role_policy\.job-database-init_task_execution_policy$/,
    actions: ['secretsmanager:GetSecretValue'],
    resources: /outputs\.database\./,
    reason: 'database-init logs in as the master and creates the logins of applications; nothing else does',
  },
  {
    stacks: KUBERNETES,
    holder: /^aws_iam_role_policy\.platform_external-secrets_pods_policy$/,
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    resources: /\.outputs\.(?:database|secrets)\./,
    reason: 'External Secrets copies the secrets that workloads read, and the master login for database-init',
  },
  {
    stacks: KUBERNETES,
    holder: CONTROLLER,
    actions: ['ec2:CreateSecurityGroup'],
    resources: /:security-group\/\*$|:vpc\/\$\{[^}]+\}$/,
    reason: 'a new group has no name yet; it is created in the VPC of the environment only',
  },
  {
    stacks: KUBERNETES,
    holder: CONTROLLER,
    actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
    resources: /:security-group-rule\/\*$|:security-group\/\$\{aws_eks_cluster\.[^}]+\}$/,
    reason: "a new rule has no name yet; it is created in the cluster's own group only",
  },
  {
    stacks: KUBERNETES,
    holder: CONTROLLER,
    actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
    resources: /:targetgroup\/\*$/,
    reason: 'target groups are named while the cluster runs; the calls have no condition key for their tags',
  },
  {
    stacks: DATA,
    holder: SNAPSHOT_ROLE,
    actions: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots', 'ec2:CreateTags'],
    resources: /::snapshot\/\*$/,
    reason: 'a new snapshot has no name yet; the volume that is copied is limited by its tag',
  },
  {
    stacks: INSTANCES,
    holder: /^aws_iam_role_policy\.(?:role|node-role|nat_instance_role)_policy$/,
    actions: ['ssm:UpdateInstanceInformation'],
    resources: /:instance\/\*$/,
    reason: 'the id of a host or node changes when it is replaced; the action reports the state of the agent only',
  },
  {
    stacks: SLEEP,
    holder: /^aws_iam_role_policy\.switch_role_policy$/,
    actions: ['kms:CreateGrant'],
    resources: /\.outputs\.key_arn\}$/,
    condition: 'kms:ViaService',
    reason: 'to start a host with encrypted disks, its caller grants EC2 the use of their key; the condition admits EC2 only',
  },
  {
    stacks: BOOTSTRAP,
    holder: /^aws_iam_role_policy\.plan_policy$/,
    actions: ['kms:Decrypt'],
    resources: /^\*$/,
    condition: 'kms:EncryptionContext:SecretARN',
    reason:
      'the plan role reads the first passwords of databases, encrypted with any key; the secrets are named by the condition',
  },
  {
    stacks: BOOTSTRAP,
    holder: /^aws_iam_policy\.plan_refresh-\d+$/,
    actions: ['*:BatchGet*', '*:Describe*', '*:Get*', '*:List*', 'budgets:ViewBudget'],
    resources: /^\*$/,
    reason: 'the plan role refreshes every type of resource that stacks contain, and reads contents from exact resources only',
  },
  ...DRILL_NEEDS,
];

/** Why Terrace needs the action of a statement; undefined when it does not. */
export function needOf(stack: string, address: string, action: string, grant: Grant): Need | undefined {
  return NEEDS.find(
    ({ stacks, holder, actions, resources, condition }) =>
      stacks.test(stack) &&
      holder.test(address) &&
      actions.some((pattern) => matchesPattern(pattern, action)) &&
      grant.resources.every((resource) => resources.test(resource)) &&
      (condition === undefined || requiredValues(grant, condition) !== undefined),
  );
}
