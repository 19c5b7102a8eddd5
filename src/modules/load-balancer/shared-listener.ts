/** Services behind a load balancer of another stack: target groups, rules and a certificate of their own on its listener. */
import { LbListenerCertificate } from '@cdktf/provider-aws/lib/lb-listener-certificate';
import { Construct } from 'constructs';
import { createTargetGroups, createTargets, type BalancedService, type BalancerTarget } from './balancer-targets';
import { planRouting, type RoutingRule } from './route-priorities';

export interface SharedListenerProps {
  /** The name that begins those of the target groups. */
  readonly owner: string;
  readonly vpcId: string;
  readonly listenerArn: string;
  readonly balancerSecurityGroupId: string;
  /** For the host names, next to the certificates that the listener has. */
  readonly certificateArn: string;
  /** The only names that reach the services. */
  readonly hosts: readonly string[];
  /** The priority of the first rule; the others follow it. */
  readonly firstPriority: number;
  /** Those with at least one route. */
  readonly services: readonly BalancedService[];
}

export class SharedListener extends Construct {
  /** Service key to its target. */
  public readonly targets: ReadonlyMap<string, BalancerTarget>;

  constructor(scope: Construct, id: string, props: SharedListenerProps) {
    super(scope, id);
    const { owner: environment, vpcId, hosts, listenerArn, certificateArn, services, balancerSecurityGroupId } = props;
    const certificate = new LbListenerCertificate(this, 'certificate', { listenerArn, certificateArn });
    this.targets = createTargets(this, {
      listenerArn,
      groups: createTargetGroups(this, services, { environment, vpcId }),
      rules: numbered(planRouting(services, hosts).rules, props.firstPriority),
      balancerSecurityGroupId,
      ready: certificate,
    });
  }
}

/** The rules in their order, one priority after the other. */
function numbered(rules: readonly RoutingRule[], first: number): readonly RoutingRule[] {
  return rules.map((rule, index) => ({ ...rule, priority: first + index }));
}
