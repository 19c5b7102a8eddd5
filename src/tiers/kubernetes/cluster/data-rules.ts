/** Security group rules that admit the nodes of a cluster to the data that its workloads use, port by port. */
import { Construct } from 'constructs';
import { allWorkloads } from '../../../config/calculations/workloads';
import type { ResolvedWorkloads } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import type { NetworkHandover } from '../../../contracts/handovers';
import { required } from '../../../contracts/lookups';
import { dataAccess } from '../../../modules/containers/data-access';
import { sharedDestinations } from '../../../modules/security-group/egress';
import { allowIngress } from '../../../modules/security-group/security-group';

export interface DataRulesProps {
  /** The security group of all nodes and their pods. Network policies decide which pods may connect. */
  readonly clusterSecurityGroupId: string;
  readonly network: Pick<NetworkHandover, 'databaseSecurityGroupId' | 'cacheSecurityGroupId' | 'endpointSecurityGroupId'>;
  readonly workloads: Pick<ResolvedWorkloads, 'services' | 'workers' | 'jobs'>;
}

/**
 * One rule for each kind of data that a workload uses, and for each endpoint in its `egress`. Egress of the cluster's group needs
 * none: EKS leaves it open.
 */
export class DataRules extends Construct {
  constructor(scope: Construct, id: string, { clusterSecurityGroupId, network, workloads }: DataRulesProps) {
    super(scope, id);
    const all = allWorkloads(workloads);
    const access = all.map(dataAccess);
    const used = {
      database: access.some(({ database }) => database) ? network.databaseSecurityGroupId : undefined,
      cache: access.some(({ cache }) => cache) ? network.cacheSecurityGroupId : undefined,
      endpoints: network.endpointSecurityGroupId,
    };
    const ports = { database: PORTS.postgres, cache: PORTS.redis, endpoints: PORTS.https };
    for (const name of ['database', 'cache', 'endpoints'] as const) {
      const securityGroupId = used[name];
      if (securityGroupId === undefined) continue;
      allowIngress(this, name, {
        securityGroupId,
        peer: { securityGroupId: clusterSecurityGroupId },
        port: ports[name],
        description: `Kubernetes pods to ${name}`,
      });
    }
    for (const destination of sharedDestinations(all)) {
      if (!('endpoint' in destination)) continue;
      const { endpoint, port } = destination;
      allowIngress(this, `${endpoint}-${port}`, {
        securityGroupId: required(network.endpointSecurityGroupId, `the security group of the endpoint ${endpoint}`),
        peer: { securityGroupId: clusterSecurityGroupId },
        port,
        description: `Kubernetes pods to ${endpoint}`,
      });
    }
  }
}
