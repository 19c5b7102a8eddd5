/** Traffic with the public: which resource it passes, so that it is charged once. */
import { isTrue } from '../stacks';
import { HOURS, used, type Charge, type FormulaContext } from '../charge';
import type { Stacks, StackResource } from '../stacks';

/** What the public reaches first. Data from there to the public is charged; from AWS to CloudFront it is free. */
export function entryOf(stacks: Stacks): StackResource | undefined {
  return (
    stacks.ofType('aws_cloudfront_distribution')[0] ??
    stacks.ofType('kubernetes_ingress_v1')[0] ??
    stacks.ofType('aws_lb').find(({ block }) => !isTrue(block.internal)) ??
    stacks.ofType('aws_instance')[0]
  );
}

/** Data from a region to the internet; nothing where another resource is the entry. */
export function publicTraffic({ stacks, usage, resource }: FormulaContext): readonly Charge[] {
  if (entryOf(stacks) !== resource) return [];
  return used({
    kind: 'Network',
    what: 'data to the internet',
    price: 'data-transfer/out.internet.first-10TB',
    unit: 'GB',
    quantity: usage.transferOutGb.value,
  });
}

/** What one load balancer capacity unit handles. Source: Elastic Load Balancing price page. */
const LCU = { connectionsPerSecond: 25, gigabytesPerHour: 1 } as const;

/** Capacity units of an application load balancer, by the larger of connections and data. */
export function capacityUnits({ stacks, usage }: FormulaContext): readonly Charge[] {
  const balancers = stacks.ofType('aws_lb').length + stacks.ofType('kubernetes_ingress_v1').length;
  const perSecond = usage.requestsPerMonth.value / (HOURS * 3600);
  const perHour = usage.transferOutGb.value / HOURS;
  const units = Math.max(perSecond / LCU.connectionsPerSecond, perHour / LCU.gigabytesPerHour);
  return used({
    kind: 'Load balancer',
    what: 'capacity units',
    price: 'elb/alb.lcu-hour',
    unit: 'LCU-hour',
    quantity: (units * HOURS) / Math.max(1, balancers),
    assumption: 'each request is a new connection',
  });
}
