/** What commands do on a cluster. */
import { CommandError } from '../../cli/errors';
import type { TierOperations } from '../tier-operations';

/** The rule `kubernetes-mounts`. */
const NO_FILES = 'containers on Kubernetes mount no file system';

export const kubernetes: TierOperations = {
  containersStack: 'workloads',
  jobRunner: async (target) => new (await import('./jobs.ts')).KubernetesJobs(target),
  releaser: async (target) => new (await import('./releases.ts')).KubernetesReleaser(target),
  openShell: async (target, request) => (await import('./shell.ts')).openKubernetesShell(target, request),
  databasePlace: async (target) => (await import('./database-place.ts')).kubernetesDatabasePlace(target),
  filesProblem: () => NO_FILES,
  filesPlace: () => Promise.reject(new CommandError(NO_FILES)),
  placeNetwork: async (target) => (await import('./pod-network.ts')).podEnd(target),
  // Pods and nodes are in one security group, which the database admits.
  tunnelEnd: async (target) => {
    const [node = ''] = await (await import('./nodes.ts')).nodesOf(target);
    return { ssmTarget: node, name: `the node ${node}` };
  },
  status: async (target, now) => new (await import('./status.ts')).KubernetesStatus(target, now),
  unready: async (target) => (await import('./unready.ts')).unreadyDeployments(target),
};
