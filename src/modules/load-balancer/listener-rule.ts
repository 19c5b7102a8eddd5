/** One rule of a listener: what matches is forwarded to a target group. */
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import type { Construct } from 'constructs';
import type { RoutingRule } from './route-priorities';

export interface ListenerRuleProps {
  readonly listenerArn: string;
  readonly rule: RoutingRule;
  readonly targetGroupArn: string | undefined;
}

export function createListenerRule(scope: Construct, { listenerArn, rule, targetGroupArn }: ListenerRuleProps): LbListenerRule {
  const { id, priority, hosts, paths } = rule;
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
