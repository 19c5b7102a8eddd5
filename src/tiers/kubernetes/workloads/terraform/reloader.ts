/** Restarts deployments when a rotated secret that they hold has changed: containers see a new value only when they start. */
import { Release } from '@cdktf/provider-helm/lib/release';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { asks } from '../../platform/context';
import { RELOADER } from '../../platform/charts';

/** Revisions that Helm remembers, each a Secret in the namespace. */
const KEPT_REVISIONS = 5;

export interface ReloaderProps {
  readonly namespace: string;
  readonly after: readonly ITerraformDependable[];
}

/** Reloader, for one namespace: it may read secrets and restart deployments there and nowhere else. */
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

/** As the namespace's standard asks for. A changed ConfigMap needs no help: pods carry its hash. */
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
      resources: asks('20m', '128Mi'),
      pod: { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } },
    },
  },
};
