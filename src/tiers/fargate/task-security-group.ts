/** The security group of one workload's tasks: 443 out, and of data, services and other destinations what the workload names. */
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedService, ResolvedWorkload } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import type { NetworkHandover } from '../../contracts/handovers';
import { dataAccess } from '../../modules/containers/data-access';
import { allowDestinations } from '../../modules/security-group/egress';
import { allowEgress, ClosedSecurityGroup, connect } from '../../modules/security-group/security-group';

export interface TaskSecurityGroupProps {
  readonly environment: string;
  /** Its key is unique among services, workers and jobs. */
  readonly workload: Pick<ResolvedWorkload, 'key' | 'variables' | 'sidecars' | 'mounts' | 'egress'>;
  readonly network: Pick<
    NetworkHandover,
    'vpcId' | 'databaseSecurityGroupId' | 'cacheSecurityGroupId' | 'fileSystemSecurityGroupId' | 'endpointSecurityGroupId'
  >;
}

/** A service, and the security group of its tasks. */
export interface CallableService {
  readonly workload: Pick<ResolvedService, 'key' | 'port'>;
  readonly security: Pick<TaskSecurityGroup, 'id'>;
}

/** A separate group for each workload, so that the database admits only workloads that use it. */
export class TaskSecurityGroup extends Construct {
  public readonly id: string;
  /** The rules for outgoing connections: what runs a task that cannot wait for them depends on them. */
  public readonly rules: ITerraformDependable[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskSecurityGroupProps,
  ) {
    super(scope, id);
    const { environment, workload, network } = props;
    const access = dataAccess(workload);
    this.id = new ClosedSecurityGroup(this, 'tasks', {
      name: resourceName(environment, `${workload.key}-tasks`, 'securityGroup'),
      description: `Tasks of ${workload.key}`,
      vpcId: network.vpcId,
    }).id;
    // Image registries, AWS and other APIs have no fixed addresses that a rule could name.
    const https = { securityGroupId: this.id, peer: { cidr: '0.0.0.0/0' }, port: PORTS.https, description: 'HTTPS' };
    this.rules.push(allowEgress(this, 'https-out', https));
    this.allowAccess('database', access.database, network.databaseSecurityGroupId, PORTS.postgres);
    this.allowAccess('cache', access.cache, network.cacheSecurityGroupId, PORTS.redis);
    this.allowAccess('files', access.fileSystems, network.fileSystemSecurityGroupId, PORTS.nfs);
    this.allowAccess('endpoints', true, network.endpointSecurityGroupId, PORTS.https);
    this.rules.push(
      ...allowDestinations(this, {
        securityGroupId: this.id,
        who: workload.key,
        destinations: workload.egress,
        endpointSecurityGroupId: network.endpointSecurityGroupId,
      }),
    );
  }

  /** Allows requests of the load balancer. */
  public admit(balancerSecurityGroupId: string, port: number): void {
    connect(this, 'balancer', {
      from: balancerSecurityGroupId,
      to: this.id,
      port,
      description: `Load balancer to ${this.props.workload.key}`,
    });
  }

  /** Allows these tasks to call a service, on both sides. */
  public call({ workload: { key, port }, security }: CallableService): void {
    const description = `${this.props.workload.key} calls ${key}`;
    this.rules.push(...connect(this, `call-${key}`, { from: this.id, to: security.id, port, description }));
  }

  private allowAccess(id: string, used: boolean, groupId: string | undefined, port: number): void {
    if (!used || groupId === undefined) return;
    const description = `${this.props.workload.key} to ${id}`;
    this.rules.push(...connect(this, id, { from: this.id, to: groupId, port, description }));
  }
}
