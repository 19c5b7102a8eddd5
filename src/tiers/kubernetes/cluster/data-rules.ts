/** Lets the nodes of a cluster into the data that its workloads use, port by port. */
import { Construct } from 'constructs';
import type { ResolvedWorkloads } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import type { NetworkHandover } from '../../../contracts/handovers';
import { dataAccess } from '../../../modules/containers/data-access';
import { allowIngress } from '../../../modules/security-group/security-group';

export interface DataRulesProps {
  /** The group of all nodes. Pods share it; which of them speaks to data is decided by network policies. */
  readonly clusterSecurityGroupId: string;
  readonly network: Pick<NetworkHandover, 'databaseSecurityGroupId' | 'cacheSecurityGroupId' | 'endpointSecurityGroupId'>;
  readonly workloads: Pick<ResolvedWorkloads, 'services' | 'workers' | 'jobs'>;
}

/** A rule for each kind of data that some workload uses. The group's way out is EKS's own: it is open. */
export class DataRules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DataRulesProps,
  ) {
    super(scope, id);
    const { network, workloads } = props;
    const access = [...workloads.services, ...workloads.workers, ...workloads.jobs].map(dataAccess);
    this.admit(
      'database',
      access.some(({ database }) => database),
      network.databaseSecurityGroupId,
      PORTS.postgres,
    );
    this.admit(
      'cache',
      access.some(({ cache }) => cache),
      network.cacheSecurityGroupId,
      PORTS.redis,
    );
    this.admit('endpoints', true, network.endpointSecurityGroupId, PORTS.https);
  }

  private admit(id: string, used: boolean, securityGroupId: string | undefined, port: number): void {
    if (!used || securityGroupId === undefined) return;
    allowIngress(this, id, {
      securityGroupId,
      peer: { securityGroupId: this.props.clusterSecurityGroupId },
      port,
      description: `Kubernetes pods to ${id}`,
    });
  }
}
