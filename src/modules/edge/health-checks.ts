/** Route 53 health checks, from several places of the world. Their metrics are in us-east-1. */
import { Route53HealthCheck } from '@cdktf/provider-aws/lib/route53-health-check';
import { Construct } from 'constructs';
import type { ResolvedHealthCheck } from '../../config/resolved/edge';
import { PORTS } from '../../config/tables/ports';

export interface HealthChecksProps {
  readonly environment: string;
  readonly checks: readonly ResolvedHealthCheck[];
}

/** One check for each monitored host and path, over HTTPS. */
export class HealthChecks extends Construct {
  /** Key to id, the CloudWatch dimension `HealthCheckId`. */
  public readonly ids: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { environment, checks }: HealthChecksProps) {
    super(scope, id);
    const entries = checks.map(({ key, host, path, intervalSeconds, failures }) => {
      const check = new Route53HealthCheck(this, key, {
        type: 'HTTPS',
        fqdn: host,
        port: PORTS.https,
        enableSni: true,
        resourcePath: path,
        requestInterval: intervalSeconds,
        failureThreshold: failures,
        tags: { Name: `${environment}-${key}` },
      });
      return [key, check.id] as const;
    });
    this.ids = Object.fromEntries(entries);
  }
}
