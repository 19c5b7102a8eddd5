/** Compute, clusters and identities: what runs, with which permissions. Data for the plan guard. */
import { isObject, nestedBlocks } from '../../../terraform/root-module';
import type { Attributes } from '../configuration';
import { valueAt } from '../values';
import { becomes, changed, downIn, gains, leaves, loses, lower, none, removed, turnedOff, turnedOn } from './predicates';
import { each, notable, of, weak, type Weakening } from './weakening';

/** The label by which Kubernetes decides which pods a namespace admits. */
const POD_SECURITY = 'pod-security.kubernetes.io/enforce';

function admitsOtherPods(before: unknown, after: unknown): boolean {
  const level = (labels: unknown): unknown => (isObject(labels) ? labels[POD_SECURITY] : undefined);
  return downIn('restricted', 'baseline', 'privileged')(level(before), level(after));
}

/** A volume with files of the host that was not there. */
function mountsHost(before: unknown, after: unknown): boolean {
  const count = (volumes: unknown): number =>
    nestedBlocks(volumes).filter(({ host_path: path }) => nestedBlocks(path).length > 0).length;
  return count(after) > count(before);
}

/** The config map by which roles of AWS enter a cluster, changed in any way. */
function admitsOtherRoles(before: unknown, after: unknown, attributes?: Attributes): boolean {
  return valueAt(attributes, 'metadata.name') === 'aws-auth' && JSON.stringify(before) !== JSON.stringify(after);
}

/** The configuration of a part of the cluster itself, such as its DNS. */
function ofCluster(before: unknown, after: unknown, attributes?: Attributes): boolean {
  return valueAt(attributes, 'metadata.namespace') === 'kube-system' && JSON.stringify(before) !== JSON.stringify(after);
}

export const WORKLOAD_WEAKENINGS: readonly Weakening[] = [
  ...of(
    'aws_ecs_service',
    weak('desired_count', none, 'it stops', 'keep at least one, or remove the service'),
    weak('network_configuration.assign_public_ip', turnedOn, 'its tasks have public addresses', 'leave them private'),
    weak('network_configuration.security_groups', gains, 'another security group decides who reaches it', 'keep its group'),
    weak('enable_execute_command', turnedOn, 'callers of the API open a shell in its containers', 'leave it off'),
    weak('deployment_circuit_breaker.rollback', turnedOff, 'a failed release stays', 'keep the rollback'),
  ),
  ...of(
    'aws_ecs_task_definition',
    notable('task_role_arn', changed, 'its containers have the permissions of another role', 'compare both roles'),
    notable('execution_role_arn', changed, 'it starts with the permissions of another role', 'compare both roles'),
  ),
  ...of('aws_appautoscaling_target', weak('min_capacity', none, 'it may stop', 'keep at least one')),
  ...of(
    'aws_autoscaling_group',
    weak('max_size', none, 'it stops', 'keep at least one'),
    weak('desired_capacity', none, 'it stops', 'keep at least one'),
  ),
  ...of('aws_eks_node_group', weak('scaling_config.max_size', none, 'its nodes stop', 'keep at least one')),
  ...of(
    'aws_eks_cluster',
    weak('deletion_protection', turnedOff, 'one request deletes it', 'keep the protection'),
    weak('enabled_cluster_log_types', loses, 'a part of its log is not kept', 'keep the log'),
    weak('encryption_config', removed, 'its secrets are encrypted under a key of AWS only', 'keep the key'),
    weak('vpc_config.endpoint_private_access', turnedOff, 'nodes reach its API over the internet', 'keep it private'),
    weak('vpc_config.endpoint_public_access', turnedOn, 'its API answers outside of the network', 'leave it private'),
    weak('vpc_config.public_access_cidrs', gains, 'more networks reach its API', 'keep the list short'),
    weak('vpc_config.security_group_ids', gains, 'another security group decides who reaches it', 'keep its groups'),
    weak('access_config.authentication_mode', leaves('API'), 'a config map in the cluster grants access', 'keep API'),
  ),
  ...of(
    'aws_eks_pod_identity_association',
    notable('role_arn', changed, 'pods have the permissions of another role', 'compare both'),
  ),
  ...of(
    'aws_eks_access_policy_association',
    weak('policy_arn', changed, 'its principal has other permissions in the cluster', 'compare both'),
    weak('access_scope', changed, 'its principal has permissions elsewhere in the cluster', 'keep the scope'),
  ),
  ...of(
    'aws_eks_access_entry',
    weak('kubernetes_groups', gains, 'its principal has more permissions in the cluster', 'keep the groups'),
  ),
  ...each(
    ['kubernetes_deployment', 'kubernetes_deployment_v1', 'kubernetes_stateful_set', 'kubernetes_stateful_set_v1'],
    weak('spec.replicas', none, 'it stops', 'keep at least one, or remove the service'),
    weak(
      'spec.template.spec.container.security_context.privileged',
      turnedOn,
      'its container has the rights of the host',
      'leave it off',
    ),
    weak('spec.template.spec.host_network', turnedOn, 'it has the network of the host', 'leave it off'),
    weak('spec.template.spec.host_pid', turnedOn, 'it sees the processes of the host', 'leave it off'),
    weak('spec.template.spec.host_ipc', turnedOn, 'it shares memory with the host', 'leave it off'),
    weak('spec.template.spec.volume', mountsHost, 'it has files of the host', 'use a volume claim'),
    weak(
      'spec.template.spec.container.security_context.allow_privilege_escalation',
      turnedOn,
      'its processes may gain privileges',
      'leave it off',
    ),
    notable('spec.template.spec.service_account_name', changed, 'it has the permissions of another account', 'compare both'),
  ),
  ...each(
    ['kubernetes_stateful_set', 'kubernetes_stateful_set_v1'],
    weak('spec.persistent_volume_claim_retention_policy', changed, 'its volumes may be deleted with it', 'keep the policy'),
  ),
  ...each(
    ['kubernetes_config_map', 'kubernetes_config_map_v1', 'kubernetes_config_map_v1_data'],
    weak('data', admitsOtherRoles, 'other roles enter the cluster, possibly as its administrators', 'use access entries'),
    notable('data', ofCluster, 'a part of the cluster itself is configured otherwise', 'compare both'),
  ),
  ...each(
    ['kubernetes_cron_job', 'kubernetes_cron_job_v1'],
    weak('spec.suspend', turnedOn, 'the job no longer runs', 'keep it running'),
  ),
  ...each(
    ['kubernetes_namespace', 'kubernetes_namespace_v1'],
    weak(
      'metadata.labels',
      admitsOtherPods,
      'pods with more rights on their host are admitted',
      'keep the level of pod security',
    ),
  ),
  ...each(
    ['kubernetes_network_policy', 'kubernetes_network_policy_v1'],
    weak('spec', changed, 'other connections are allowed', 'compare both'),
  ),
  ...each(
    ['kubernetes_persistent_volume', 'kubernetes_persistent_volume_v1'],
    weak('spec.persistent_volume_reclaim_policy', leaves('Retain'), 'its data is deleted with its claim', 'keep Retain'),
  ),
  ...of(
    'helm_release',
    notable('version', changed, 'another version of the chart, with its custom resource definitions', 'read its notes'),
    notable('chart', changed, 'another chart', 'check who published it'),
    notable('repository', changed, 'the chart comes from another place', 'check who publishes there'),
  ),
  ...each(
    ['aws_iam_role', 'aws_iam_user'],
    weak('permissions_boundary', changed, 'nothing bounds what its policies grant, or something else does', 'keep the boundary'),
    notable('max_session_duration', (before, after) => lower(after, before), 'sessions last longer', 'keep them short'),
  ),
  ...of(
    'aws_iam_openid_connect_provider',
    weak('url', changed, 'another issuer is trusted', 'keep the issuer'),
    weak('client_id_list', gains, 'tokens for another audience are accepted', 'keep the audience'),
    weak('thumbprint_list', gains, 'another certificate is trusted', 'have it reviewed'),
  ),
  ...of(
    'aws_iam_account_password_policy',
    weak('minimum_password_length', lower, 'shorter passwords are accepted', 'keep the length'),
  ),
  ...of(
    'aws_codebuild_project',
    weak('environment.privileged_mode', turnedOn, 'builds have the rights of the host', 'leave it off'),
    notable('service_role', changed, 'builds have the permissions of another role', 'compare both'),
    notable('source', changed, 'other code is built', 'check who writes it'),
  ),
  ...each(
    ['aws_cloudformation_stack', 'aws_serverlessapplicationrepository_cloudformation_stack'],
    notable('template_body', changed, 'its template changes: what that deletes is not in this plan', 'read its change set'),
    notable('template_url', changed, 'its template changes: what that deletes is not in this plan', 'read its change set'),
    notable('semantic_version', changed, 'another version of a published program', 'read its notes'),
    notable('parameters', changed, 'its parameters change: what that replaces is not in this plan', 'read its change set'),
    weak('capabilities', gains, 'its template may create roles', 'leave it out'),
    weak('on_failure', becomes('DELETE'), 'a failure deletes it', 'leave it'),
  ),
  ...of(
    'aws_s3_bucket_public_access_block',
    notable('skip_destroy', turnedOn, 'Terraform leaves it when it is removed', 'check that it is meant'),
  ),
  ...of('aws_eip_association', notable('instance_id', changed, 'the address leads to another host', 'check which')),
  ...of('aws_volume_attachment', notable('instance_id', changed, 'the volume is at another host', 'check which')),
];
