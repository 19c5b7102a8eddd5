/** A role for each service, worker and job: its declared permissions on exact ARNs, for its own service account only. */
import { Construct } from 'constructs';
import type { ResolvedContainer } from '../../../config/resolved/environment';
import { containerStatements, type PermissionContext } from '../../../modules/containers/permission-statements';
import { PodIdentity } from './pod-role';
import type { ClusterPlace } from './place';

export interface WorkloadIdentitiesProps {
  readonly place: ClusterPlace;
  readonly clusterName: string;
  readonly namespace: string;
  /** Services, workers and jobs; their service accounts are called by their keys. */
  readonly workloads: readonly ResolvedContainer[];
  readonly context: PermissionContext;
}

/** Every workload has one, also those without permissions: otherwise adding the first would change who it is. */
export class WorkloadIdentities extends Construct {
  /** Workload key to its role. */
  public readonly roleArns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { place, clusterName, namespace, workloads, context }: WorkloadIdentitiesProps) {
    super(scope, id);
    this.roleArns = Object.fromEntries(
      workloads.map((workload) => {
        const { role } = new PodIdentity(this, workload.key, {
          place,
          clusterName,
          name: workload.key,
          description: `Pods of ${workload.key}`,
          namespace,
          serviceAccount: workload.key,
          statements: containerStatements(workload, context),
        });
        return [workload.key, role.arn];
      }),
    );
  }
}
