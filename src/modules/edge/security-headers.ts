/** Headers that browsers heed, added to every answer of a distribution. */
import { CloudfrontResponseHeadersPolicy } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import { Construct } from 'constructs';
import { terraformLiteral } from '../../terraform/literal';

/** A year, the shortest that browsers' preload lists would take. */
const STRICT_TRANSPORT_SECONDS = 31_536_000;

export interface SecurityHeadersProps {
  /** Unique in the account. */
  readonly name: string;
  readonly contentSecurityPolicy?: string;
}

/**
 * HTTPS only, no guessing of types, no framing by others, no full addresses to other sites. What the application says itself
 * about frames, referrers and content is left as it is; HTTPS and types are not its choice.
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
