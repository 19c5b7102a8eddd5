/** The host's firewall outside the host: who reaches 80, 443 and 22, and what the host reaches. */
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import { CLOUDFLARE_IPV4 } from '../../config/tables/cloudflare-ranges';
import { PORTS } from '../../config/tables/ports';
import type { NetworkHandover } from '../../contracts/handovers';
import { allowEgress, allowIngress, ClosedSecurityGroup, connect } from '../../modules/security-group/security-group';

const ANYWHERE = '0.0.0.0/0';

/** Who may reach the web ports. */
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
  /** Behind a load balancer: the one group that reaches port 80. Left out for a single host, which meets the world itself. */
  readonly balancerSecurityGroupId?: string;
}

/** The security group of the host, and the rules that let it into managed data. */
export class BoxSecurityGroup extends Construct {
  public readonly id: string;
  /** The way out: boot needs it. */
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
    this.admitWeb();
    this.admitSsh();
    this.egress = this.letOut();
    this.open('database', network.databaseSecurityGroupId, PORTS.postgres);
    this.open('cache', network.cacheSecurityGroupId, PORTS.redis);
    this.open('endpoints', network.endpointSecurityGroupId, PORTS.https);
  }

  private admitWeb(): void {
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
      const suffix = cidr === ANYWHERE ? 'world' : idOf(cidr);
      this.admit(`https-${suffix}`, cidr, PORTS.https, `HTTPS from ${who}`);
      this.admit(`http-${suffix}`, cidr, PORTS.http, `HTTP from ${who}: redirects, and proofs for certificates`);
    }
  }

  private admitSsh(): void {
    for (const cidr of this.props.box.sshCidrs) this.admit(`ssh-${idOf(cidr)}`, cidr, PORTS.ssh, 'SSH');
  }

  private admit(id: string, cidr: string, port: number, description: string): void {
    allowIngress(this, id, { securityGroupId: this.id, peer: { cidr }, port, description });
  }

  /** Package mirrors speak HTTP; registries, AWS and the certificate authority HTTPS. None has addresses that a rule could name. */
  private letOut(): readonly ITerraformDependable[] {
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

  private open(id: string, groupId: string | undefined, port: number): void {
    if (groupId === undefined) return;
    connect(this, id, { from: this.id, to: groupId, port, description: `Box to ${id}` });
  }
}

/** A network as part of a construct id. */
function idOf(cidr: string): string {
  return cidr.replace(/[./]/g, '-');
}
