/** The security group of the hosts: who reaches ports 80, 443 and 22, and what the hosts reach. */
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { Destination } from '../../config/resolved/environment';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import { CLOUDFLARE_IPV4 } from '../../config/tables/cloudflare-ranges';
import { PORTS } from '../../config/tables/ports';
import type { NetworkHandover } from '../../contracts/handovers';
import { allowDestinations, networkId } from '../../modules/security-group/egress';
import { allowEgress, allowIngress, ClosedSecurityGroup, connect } from '../../modules/security-group/security-group';

const ANYWHERE = '0.0.0.0/0';

/** The networks that may reach the web ports. `who` is part of rule descriptions, which must not change. */
export function webOrigins(origin: ResolvedBox['origin']): readonly { readonly cidr: string; readonly who: string }[] {
  return origin === 'cloudflare'
    ? CLOUDFLARE_IPV4.map((cidr) => ({ cidr, who: 'Cloudflare' }))
    : [{ cidr: ANYWHERE, who: 'everybody' }];
}

export interface BoxSecurityGroupProps {
  readonly environment: string;
  readonly box: Pick<ResolvedBox, 'origin' | 'sshCidrs' | 'egress'>;
  readonly network: Pick<
    NetworkHandover,
    'vpcId' | 'databaseSecurityGroupId' | 'cacheSecurityGroupId' | 'endpointSecurityGroupId'
  >;
  /** What the containers connect to besides, each once. The host's group cannot tell containers apart. */
  readonly destinations: readonly Destination[];
  /** The only group that reaches port 80. Left out for a single host, which clients reach directly. */
  readonly balancerSecurityGroupId?: string;
}

/** The security group of the hosts, and the rules that give them access to managed data. */
export class BoxSecurityGroup extends Construct {
  public readonly id: string;
  /** The egress rules, without which boot fails. */
  public readonly egress: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BoxSecurityGroupProps,
  ) {
    super(scope, id);
    const { environment, network } = props;
    this.id = new ClosedSecurityGroup(this, 'host', {
      name: resourceName(environment, 'box', 'securityGroup'),
      description: 'The host: web from outside, SSH only from named networks',
      vpcId: network.vpcId,
    }).id;
    this.createWebRules();
    this.createSshRules();
    this.egress = this.createEgressRules();
    allowDestinations(this, {
      securityGroupId: this.id,
      who: 'Box',
      destinations: props.destinations.filter((destination) => !this.isOpen(destination)),
      endpointSecurityGroupId: network.endpointSecurityGroupId,
    });
    this.createAccessTo('database', network.databaseSecurityGroupId, PORTS.postgres);
    this.createAccessTo('cache', network.cacheSecurityGroupId, PORTS.redis);
    this.createAccessTo('endpoints', network.endpointSecurityGroupId, PORTS.https);
  }

  private createWebRules(): void {
    const { box, balancerSecurityGroupId } = this.props;
    if (balancerSecurityGroupId !== undefined) {
      connect(this, 'balancer', {
        from: balancerSecurityGroupId,
        to: this.id,
        port: PORTS.http,
        description: 'Load balancer to nginx',
      });
      return;
    }
    for (const { cidr, who } of webOrigins(box.origin)) {
      const suffix = cidr === ANYWHERE ? 'world' : networkId(cidr);
      this.createIngressRule(`https-${suffix}`, cidr, PORTS.https, `HTTPS from ${who}`);
      this.createIngressRule(`http-${suffix}`, cidr, PORTS.http, `HTTP from ${who}: redirects, and proofs for certificates`);
    }
  }

  private createSshRules(): void {
    for (const cidr of this.props.box.sshCidrs) this.createIngressRule(`ssh-${networkId(cidr)}`, cidr, PORTS.ssh, 'SSH');
  }

  private createIngressRule(id: string, cidr: string, port: number, description: string): void {
    allowIngress(this, id, { securityGroupId: this.id, peer: { cidr }, port, description });
  }

  /** Package mirrors use HTTP; registries, AWS and Let's Encrypt HTTPS. None of them has fixed addresses. */
  private createEgressRules(): readonly ITerraformDependable[] {
    if (this.props.box.egress === 'all') {
      const everything = {
        securityGroupId: this.id,
        cidrIpv4: ANYWHERE,
        ipProtocol: '-1',
        description: 'Everything, as configured',
      };
      return [new VpcSecurityGroupEgressRule(this, 'all-out', everything)];
    }
    const out = (id: string, port: number, description: string) =>
      allowEgress(this, id, { securityGroupId: this.id, peer: { cidr: ANYWHERE }, port, description });
    return [out('https-out', PORTS.https, 'HTTPS'), out('http-out', PORTS.http, 'HTTP: package mirrors')];
  }

  /** AWS refuses a second rule that allows the same. */
  private isOpen(destination: Destination): boolean {
    if (!('cidr' in destination)) return false;
    return this.props.box.egress === 'all' || (destination.cidr === ANYWHERE && destination.port === PORTS.http);
  }

  private createAccessTo(id: string, groupId: string | undefined, port: number): void {
    if (groupId === undefined) return;
    connect(this, id, { from: this.id, to: groupId, port, description: `Box to ${id}` });
  }
}
