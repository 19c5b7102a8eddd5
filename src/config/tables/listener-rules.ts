/** Limits of the rules of a load balancer's listener. */

/** Values of conditions that one rule may hold. Source: Elastic Load Balancing user guide, quotas of Application Load Balancers. */
export const MOST_CONDITION_VALUES = 5;
