/**
 * The TLS policy of every public load balancer: TLS 1.3, and TLS 1.2 with forward secrecy.
 * Source: Elastic Load Balancing user guide, "Security policies for your Application Load Balancer".
 */
export const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
