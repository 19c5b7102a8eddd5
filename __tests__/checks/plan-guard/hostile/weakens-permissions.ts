/** Plans that give a principal more, or stop what runs. */
import { entry, policy, several, single, type HostileCase } from './hostile-case';

const ROLE = { name: 'shop-task', permissions_boundary: `arn:aws:iam::111122223333:policy/boundary` };

export const WEAKENS_PERMISSIONS: readonly HostileCase[] = [
  single('a boundary is removed', 'aws_iam_role.task', ROLE, { permissions_boundary: null }, { tags: {} }),
  single(
    'a role may do everything',
    'aws_iam_role_policy.task',
    { policy: policy({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' }) },
    { policy: policy({ Action: '*' }) },
    { policy: policy({ Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::shop/*' }) },
  ),
  single(
    'a role may pass any role',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ Action: 'iam:PassRole' }) },
    {
      policy: policy({
        Action: 'iam:PassRole',
        Resource: 'arn:aws:iam::111122223333:role/shop-task',
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    },
  ),
  single(
    'a role may change policies',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::111122223333:role/shop-task' }) },
    { policy: policy({ Action: 'iam:GetRole' }) },
  ),
  single(
    'a role may assume every role',
    'aws_iam_policy.task',
    null,
    { policy: policy({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/*' }) },
    { policy: policy({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/shop-reader' }) },
  ),
  single(
    'a role may read every secret',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ Action: 'secretsmanager:GetSecretValue' }) },
    {
      policy: policy({
        Action: 'secretsmanager:GetSecretValue',
        Resource: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-??????',
      }),
    },
  ),
  single(
    'a role may do all but little',
    'aws_iam_role_policy.task',
    null,
    { policy: policy({ NotAction: 'iam:CreateUser' }) },
    { policy: policy({ Action: 'xray:PutTraceSegments' }) },
  ),
  single(
    "an administrator's policy is attached",
    'aws_iam_role_policy_attachment.task',
    null,
    { role: 'shop-task', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    { role: 'shop-task', policy_arn: 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess' },
  ),
  single(
    'a bucket no longer denies requests without TLS',
    'aws_s3_bucket_policy.uploads',
    { bucket: 'b', policy: policy({ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*' }) },
    { policy: policy({ Sid: 'Nothing', Effect: 'Deny', Principal: '*', Action: 's3:PutBucketPolicy' }) },
    { policy: policy({ Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: ['s3:*', 's3express:*'] }) },
  ),
  single(
    'the log of a cluster is not kept',
    'aws_eks_cluster.main',
    { enabled_cluster_log_types: ['api', 'audit'] },
    { enabled_cluster_log_types: ['api'] },
    { version: '1.36' },
  ),
  single(
    "an administrator's access to a cluster",
    'aws_eks_access_policy_association.person',
    null,
    {
      principal_arn: 'arn:aws:iam::111122223333:role/person',
      policy_arn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
    },
    {
      principal_arn: 'arn:aws:iam::111122223333:role/person',
      policy_arn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
    },
  ),
  single(
    'the identity provider of the pipelines is deleted',
    'aws_iam_openid_connect_provider.github',
    { url: 'token.actions.githubusercontent.com' },
    null,
    { tags: {} },
  ),
  single(
    'tokens for another audience are accepted',
    'aws_iam_openid_connect_provider.github',
    { client_id_list: ['sts.amazonaws.com'] },
    { client_id_list: ['sts.amazonaws.com', 'x'] },
    { tags: {} },
  ),
];

export const WEAKENS_WORKLOADS: readonly HostileCase[] = [
  single('a service stops', 'aws_ecs_service.backend', { desired_count: 2 }, { desired_count: 0 }, { desired_count: 1 }),
  single(
    'tasks get public addresses',
    'aws_ecs_service.backend',
    { network_configuration: [{ assign_public_ip: false }] },
    { network_configuration: [{ assign_public_ip: true }] },
    { task_definition: 'x' },
  ),
  single(
    'a deployment stops',
    'kubernetes_deployment_v1.backend',
    { spec: [{ replicas: '2' }] },
    { spec: [{ replicas: '0' }] },
    { spec: [{ replicas: '3' }] },
  ),
  single('a release with its definitions is uninstalled', 'helm_release.operator', { name: 'operator' }, null, { timeout: 600 }),
  single('a stateful set is deleted', 'kubernetes_stateful_set_v1.queue', { spec: [] }, null, {}),
  single('a stack of CloudFormation is deleted', 'aws_cloudformation_stack.rotation', { name: 'rotation' }, null, { tags: {} }),
  single('a resource of the Cloud Control provider is deleted', 'awscc_rds_db_instance.primary', { id: 'x' }, null, {}),
  single(
    'pods of any kind are admitted',
    'kubernetes_namespace_v1.shop',
    { metadata: [{ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }] },
    { metadata: [{ labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }] },
    { timeouts: {} },
  ),
  several(
    'pods are reached by others',
    [entry('kubernetes_network_policy_v1.backend', { metadata: [{ name: 'backend' }] }, null)],
    [
      entry('kubernetes_network_policy_v1.backend', { metadata: [{ name: 'backend' }] }, null),
      entry('kubernetes_deployment_v1.backend', { metadata: [{ name: 'backend' }] }, null),
    ],
  ),
];
