/** The exact commands that a person needs next, once kubectl knows the cluster. Pure. */

/** Where something runs. */
export interface InNamespace {
  readonly namespace: string;
  readonly key: string;
}

/** Teaches kubectl the cluster; needs a role that the cluster lets in. */
export function loginCommand(region: string, clusterName: string): string {
  return `aws eks update-kubeconfig --region ${region} --name ${clusterName}`;
}

/** Opens a shell in a running container. */
export function shellCommand({ namespace, key }: InNamespace): string {
  return `kubectl exec --namespace ${namespace} --stdin --tty deployment/${key} --container ${key} -- /bin/sh`;
}

/** Starts one run of a job; its name carries the second, because a name can stand only once. */
export function runJobCommand({ namespace, key }: InNamespace): string {
  return `kubectl create job --namespace ${namespace} --from=cronjob/${key} "${key}-$(date +%s)"`;
}

/** Waits until a release has gone through, and fails when it does not. */
export function watchReleaseCommand({ namespace, key }: InNamespace): string {
  return `kubectl rollout status --namespace ${namespace} deployment/${key}`;
}

/** Goes back to the release before. */
export function undoReleaseCommand({ namespace, key }: InNamespace): string {
  return `kubectl rollout undo --namespace ${namespace} deployment/${key}`;
}
