/** Security headers, added to every response of a distribution. */
import { CloudfrontResponseHeadersPolicy } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import { Construct } from 'constructs';
import { maxAgeSeconds, type StrictTransportSecurity } from '../../config/calculations/strict-transport-security';

export interface SecurityHeadersProps {
  /** Unique in the account. */
  readonly name: string;
  readonly strictTransportSecurity: StrictTransportSecurity;
  readonly contentSecurityPolicy?: string;
}

/**
 * HTTPS only, no content sniffing, no framing by other sites, no full referrer to other sites. Headers of the application on
 * frames, referrers and content take precedence; those on HTTPS and content types are overridden.
 */
export class SecurityHeaders extends Construct {
  public readonly id: string;

  constructor(scope: Construct, id: string, { name, strictTransportSecurity, contentSecurityPolicy }: SecurityHeadersProps) {
    super(scope, id);
    const policy = new CloudfrontResponseHeadersPolicy(this, 'policy', {
      name,
      securityHeadersConfig: {
        strictTransportSecurity: {
          accessControlMaxAgeSec: maxAgeSeconds(strictTransportSecurity),
          includeSubdomains: strictTransportSecurity.includeSubdomains,
          preload: strictTransportSecurity.preload ? true : undefined,
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: 'SAMEORIGIN', override: false },
        referrerPolicy: { referrerPolicy: 'strict-origin-when-cross-origin', override: false },
        contentSecurityPolicy: contentSecurityPolicy === undefined ? undefined : { contentSecurityPolicy, override: false },
      },
    });
    this.id = policy.id;
  }
}
