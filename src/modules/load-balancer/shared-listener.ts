/** Services behind a load balancer of another stack: target groups, rules and a certificate of their own on its listener. */
import { LbListenerCertificate } from '@cdktf/provider-aws/lib/lb-listener-certificate';
import { Construct } from 'constructs';
import type { BalancedService, BalancerTarget } from './application-load-balancer';
import { createListenerRule } from './listener-rule';
import { planRouting, type RoutingRule } from './route-priorities';
import { TargetGroup } from './target-group';

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
    const { owner: environment, vpcId, listenerArn, certificateArn, services, balancerSecurityGroupId } = props;
    const certificate = new LbListenerCertificate(this, 'certificate', { listenerArn, certificateArn });
    const groups = new Map(
      services.map(({ key, port, health, stopTimeoutSeconds }) => [
        key,
        new TargetGroup(this, `target-${key}`, { environment, service: key, vpcId, port, health, stopTimeoutSeconds }),
      ]),
    );
    const rules = numbered(planRouting(services, props.hosts).rules, props.firstPriority).map((rule) => ({
      rule,
      resource: createListenerRule(this, { listenerArn, rule, targetGroupArn: groups.get(rule.service)?.arn }),
    }));
    this.targets = new Map(
      [...groups].map(([key, { arn, arnSuffix }]) => [
        key,
        {
          arn,
          arnSuffix,
          balancerSecurityGroupId,
          reachedBy: [certificate, ...rules.flatMap(({ rule, resource }) => (rule.service === key ? [resource] : []))],
        },
      ]),
    );
  }
}

/** The rules in their order, one priority after the other. */
function numbered(rules: readonly RoutingRule[], first: number): readonly RoutingRule[] {
  return rules.map((rule, index) => ({ ...rule, priority: first + index }));
}
