/** Restarts Deployments after a rotation of their secrets: containers read a new value only when they start. */
import { Release } from '@cdktf/provider-helm/lib/release';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { chartResources, KEPT_REVISIONS, RELOADER } from '../../platform/charts';

/** Conform to the namespace's pod security standard. ConfigMaps need no restart: pods carry their hash. */
const VALUES = {
  fullnameOverride: 'reloader',
  reloader: {
    watchGlobally: false,
    ignoreConfigMaps: true,
    ignoreJobs: true,
    ignoreCronJobs: true,
    reloadStrategy: 'annotations',
    readOnlyRootFileSystem: true,
    deployment: {
      containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      resources: chartResources('reloader'),
      pod: { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } },
    },
  },
};

export interface ReloaderProps {
  readonly namespace: string;
  readonly after: readonly ITerraformDependable[];
}

/** Reloader for one namespace: its role reads secrets and restarts Deployments there, and nowhere else. */
export class Reloader extends Construct {
  constructor(scope: Construct, id: string, { namespace, after }: ReloaderProps) {
    super(scope, id);
    new Release(this, 'release', {
      name: 'reloader',
      ...RELOADER,
      namespace,
      values: [JSON.stringify(VALUES, null, 2)],
      atomic: true,
      maxHistory: KEPT_REVISIONS,
      dependsOn: [...after],
    });
  }
}
