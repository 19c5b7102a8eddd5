/** Security headers, added to every response of a distribution. */
import { CloudfrontResponseHeadersPolicy } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import { Construct } from 'constructs';
import { terraformLiteral } from '../../terraform/literal';

/** A year, the minimum for the preload lists of browsers. */
const STRICT_TRANSPORT_SECONDS = 31_536_000;

export interface SecurityHeadersProps {
  /** Unique in the account. */
  readonly name: string;
  readonly contentSecurityPolicy?: string;
}

/**
 * HTTPS only, no content sniffing, no framing by other sites, no full referrer to other sites. Headers of the application on
 * frames, referrers and content take precedence; those on HTTPS and content types are overridden.
 */
export class SecurityHeaders extends Construct {
  public readonly id: string;

  constructor(scope: Construct, id: string, { name, contentSecurityPolicy }: SecurityHeadersProps) {
    super(scope, id);
    const policy = new CloudfrontResponseHeadersPolicy(this, 'policy', {
      name,
      securityHeadersConfig: {
        // Not for subdomains: other hosts of the zone may not be ready.
        strictTransportSecurity: { accessControlMaxAgeSec: STRICT_TRANSPORT_SECONDS, includeSubdomains: false, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: 'SAMEORIGIN', override: false },
        referrerPolicy: { referrerPolicy: 'strict-origin-when-cross-origin', override: false },
        contentSecurityPolicy:
          contentSecurityPolicy === undefined
            ? undefined
            : { contentSecurityPolicy: terraformLiteral(contentSecurityPolicy), override: false },
      },
    });
    this.id = policy.id;
  }
}
