/**
 * Private connections to AWS services.
 *
 * Gateway endpoints for S3 and DynamoDB cost nothing and keep image layers and backups off the NAT, so they always
 * exist, on every route table. Interface endpoints cost by the hour and zone, so the environment chooses them.
 */
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedNetwork } from '../../config/resolved/environment';
import { ClosedSecurityGroup } from '../security-group/security-group';

/** The services that AWS offers a free gateway endpoint for. */
const GATEWAY_SERVICES = ['s3', 'dynamodb'] as const;

export interface EndpointsProps {
  /** The environment's name. */
  readonly name: string;
  readonly region: string;
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly interfaceServices: ResolvedNetwork['interfaceEndpoints'];
}

/** The VPC's endpoints. */
export class Endpoints extends Construct {
  /** The group of the interface endpoints, without rules until a tier opens 443. Only with interface endpoints. */
  public readonly securityGroupId?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointsProps,
  ) {
    super(scope, id);
    for (const service of GATEWAY_SERVICES) this.gatewayEndpoint(service);
    if (props.interfaceServices.length === 0) return;
    const securityGroupId = this.securityGroup();
    for (const service of props.interfaceServices) this.interfaceEndpoint(service, securityGroupId);
    this.securityGroupId = securityGroupId;
  }

  private gatewayEndpoint(service: string): void {
    const { vpcId, routeTableIds } = this.props;
    new VpcEndpoint(this, service, {
      vpcId,
      vpcEndpointType: 'Gateway',
      routeTableIds: [...routeTableIds],
      ...this.serviceAttributes(service),
    });
  }

  private interfaceEndpoint(service: string, securityGroupId: string): void {
    const { vpcId, privateSubnetIds } = this.props;
    new VpcEndpoint(this, service.replaceAll('.', '-'), {
      vpcId,
      vpcEndpointType: 'Interface',
      subnetIds: [...privateSubnetIds],
      securityGroupIds: [securityGroupId],
      // The service's usual name then resolves to the endpoint, so that clients need no setting.
      privateDnsEnabled: true,
      ...this.serviceAttributes(service),
    });
  }

  private serviceAttributes(service: string) {
    const { name, region } = this.props;
    return { serviceName: `com.amazonaws.${region}.${service}`, tags: { Name: `${name}-${service}` } };
  }

  private securityGroup(): string {
    const { name, vpcId } = this.props;
    return new ClosedSecurityGroup(this, 'access', {
      name: resourceName(name, 'endpoints', 'securityGroup'),
      description: 'Interface endpoints of AWS services',
      vpcId,
    }).id;
  }
}
