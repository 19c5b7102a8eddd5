/** Services as targets of a load balancer: their target groups, and the rules of a listener that forward to these. */
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Health } from '../../config/resolved/environment';
import type { RoutedService, RoutingRule } from './route-priorities';
import { TargetGroup, type TargetGroupProps } from './target-group';

/** A service behind the load balancer. */
export interface BalancedService extends RoutedService {
  readonly port: number;
  readonly health: Health;
  readonly stopTimeoutSeconds: number;
}

/** What a service needs to register with the load balancer. */
export interface BalancerTarget {
  readonly arn: string;
  readonly arnSuffix: string;
  /** The load balancer's group, which the service's group admits on its port. */
  readonly balancerSecurityGroupId: string;
  /** ECS refuses a target group that no listener refers to yet. */
  readonly reachedBy: readonly ITerraformDependable[];
}

/** Service key to its target group. */
export type TargetGroups = ReadonlyMap<string, TargetGroup>;

/** One target group for each service. @param common what the target groups share */
export function createTargetGroups(
  scope: Construct,
  services: readonly BalancedService[],
  common: Pick<TargetGroupProps, 'environment' | 'vpcId' | 'targetType'>,
): TargetGroups {
  return new Map(
    services.map(({ key, port, health, stopTimeoutSeconds }) => [
      key,
      new TargetGroup(scope, `target-${key}`, { ...common, service: key, port, health, stopTimeoutSeconds }),
    ]),
  );
}

export interface TargetsProps {
  readonly listenerArn: string;
  readonly rules: readonly RoutingRule[];
  readonly groups: TargetGroups;
  readonly balancerSecurityGroupId: string;
  /** What every target waits for, before the rules that lead to it. */
  readonly ready: ITerraformDependable;
}

/** Creates the rules. @returns service key to its target */
export function createTargets(
  scope: Construct,
  { listenerArn, rules, groups, balancerSecurityGroupId, ready }: TargetsProps,
): ReadonlyMap<string, BalancerTarget> {
  const created = rules.map((rule) => ({
    service: rule.service,
    resource: createListenerRule(scope, listenerArn, rule, groups.get(rule.service)?.arn),
  }));
  return new Map(
    [...groups].map(([key, { arn, arnSuffix }]) => {
      const own = created.filter(({ service }) => service === key).map(({ resource }) => resource);
      return [key, { arn, arnSuffix, balancerSecurityGroupId, reachedBy: [ready, ...own] }];
    }),
  );
}

/** What matches the rule is forwarded to the target group. */
function createListenerRule(
  scope: Construct,
  listenerArn: string,
  { id, priority, hosts, paths }: RoutingRule,
  targetGroupArn: string | undefined,
): LbListenerRule {
  const conditions = [
    ...(hosts === undefined ? [] : [{ hostHeader: { values: [...hosts] } }]),
    ...(paths === undefined ? [] : [{ pathPattern: { values: [...paths] } }]),
  ];
  return new LbListenerRule(scope, id, {
    listenerArn,
    priority,
    action: [{ type: 'forward', targetGroupArn }],
    // AWS requires a condition: this one matches everything.
    condition: conditions.length > 0 ? conditions : [{ pathPattern: { values: ['/*'] } }],
  });
}
