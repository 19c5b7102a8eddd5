/** Commands for the next steps of a person. Pure: values may be Terraform references, so the shell's own `${` is not used. */
import { PORTS } from '../../config/tables/ports';

/** The place where a service or worker runs. */
export interface RunningWorkload {
  readonly region: string;
  readonly clusterName: string;
  readonly serviceName: string;
  readonly containerName: string;
}

/** The ARN of one of its running tasks. */
function anyTask({ region, clusterName, serviceName }: RunningWorkload): string {
  const list = `aws ecs list-tasks --region ${region} --cluster ${clusterName} --service-name ${serviceName}`;
  return `$(${list} --query 'taskArns[0]' --output text)`;
}

/** Opens a shell in a running container. Needs the Session Manager plugin of the AWS CLI. */
export function shellCommand(workload: RunningWorkload): string {
  const { region, clusterName, containerName } = workload;
  const execute = `aws ecs execute-command --region ${region} --cluster ${clusterName} --task ${anyTask(workload)}`;
  return `${execute} --container ${containerName} --interactive --command /bin/sh`;
}

/**
 * Forwards the database's port to this machine through a running container. Needs the Session Manager plugin.
 * A container's runtime id begins with the id of its task, up to the hyphen; any container will do, as they share the network.
 */
export function databaseTunnelCommand(workload: RunningWorkload, databaseHost: string): string {
  const { region, clusterName } = workload;
  const describe = `aws ecs describe-tasks --region ${region} --cluster ${clusterName} --tasks ${anyTask(workload)}`;
  const session = [
    `aws ssm start-session --region ${region}`,
    `--target ecs:${clusterName}_$(echo $runtime | cut -d- -f1)_$runtime`,
    '--document-name AWS-StartPortForwardingSessionToRemoteHost',
    `--parameters host=${databaseHost},portNumber=${PORTS.postgres},localPortNumber=${PORTS.postgres}`,
  ];
  return `runtime=$(${describe} --query 'tasks[0].containers[0].runtimeId' --output text) && ${session.join(' ')}`;
}

/** Starts new tasks of the current release: after a first deployment that ECS gave up, or when a secret has a new value. */
export function redeployCommand({ region, clusterName, serviceName }: RunningWorkload): string {
  const update = `aws ecs update-service --region ${region} --cluster ${clusterName} --service ${serviceName}`;
  return `${update} --force-new-deployment --query 'service.deployments[0].rolloutState' --output text`;
}

/**
 * Waits, at most ten minutes, until the tasks are running and no deployment is in progress, and prints the revision that runs: a
 * release that ECS has taken back is stable too.
 */
export function waitCommand({ region, clusterName, serviceName }: RunningWorkload): string {
  const service = `--region ${region} --cluster ${clusterName} --services ${serviceName}`;
  const query = `--query 'services[0].deployments[0].[taskDefinition,rolloutState,rolloutStateReason]' --output text`;
  return `aws ecs wait services-stable ${service} && aws ecs describe-services ${service} ${query}`;
}
