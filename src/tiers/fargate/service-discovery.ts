/**
 * Names under which containers call services: `api.shop-prod.internal` has an A record for each running task of `api`.
 *
 * ECS Service Connect is not used: only tasks of ECS services can be its clients, and jobs are started by RunTask. A DNS name is
 * resolved by services, workers and jobs alike, without a proxy that needs CPU and memory in every task. Source: ECS developer
 * guide, "Use Service Connect to connect Amazon ECS services with short names" and "Use service discovery to connect Amazon ECS
 * services with DNS names".
 */
import { ServiceDiscoveryPrivateDnsNamespace } from '@cdktf/provider-aws/lib/service-discovery-private-dns-namespace';
import { ServiceDiscoveryService } from '@cdktf/provider-aws/lib/service-discovery-service';
import { Construct } from 'constructs';
import { serviceZone } from '../../config/names';

/** Seconds for which callers may keep addresses: so long, a name leads to a task that has ended. */
const TTL_SECONDS = 10;

export interface ServiceDiscoveryProps {
  readonly environment: string;
  readonly vpcId: string;
  /** Keys of the services that have callers. */
  readonly services: readonly string[];
}

/** A private DNS zone that ECS keeps, with a name for each service. */
export class ServiceDiscovery extends Construct {
  /** Service key to the registry that its tasks are entered in. */
  public readonly registryArns: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, { environment, vpcId, services }: ServiceDiscoveryProps) {
    super(scope, id);
    const namespace = new ServiceDiscoveryPrivateDnsNamespace(this, 'zone', {
      name: serviceZone(environment),
      description: `Services of ${environment}, for their callers`,
      vpc: vpcId,
    });
    this.registryArns = new Map(services.map((key) => [key, this.createRegistry(namespace.id, key)]));
  }

  private createRegistry(namespaceId: string, key: string): string {
    return new ServiceDiscoveryService(this, `service-${key}`, {
      name: key,
      dnsConfig: { namespaceId, routingPolicy: 'MULTIVALUE', dnsRecords: [{ type: 'A', ttl: TTL_SECONDS }] },
      // ECS reports the health of containers. Without the number, which is deprecated and always 1, the provider forgets the block
      // and replaces the registry at each plan.
      healthCheckCustomConfig: { failureThreshold: 1 },
      // AWS refuses to delete a registry with entries, and ECS removes those of a stopped task some seconds later.
      forceDestroy: true,
    }).arn;
  }
}
