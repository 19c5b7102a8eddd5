/** A cache policy with the host name in the key. */
import { CloudfrontCachePolicy } from '@cdktf/provider-aws/lib/cloudfront-cache-policy';
import { Construct } from 'constructs';

export interface HostCachePolicyProps {
  /** Unique in the account. */
  readonly name: string;
}

/**
 * AWS's "CachingOptimized" (same lifetimes, compression, no cookies or query strings) with the host name in the key. Services
 * receive the host name and may respond differently to each, and a distribution has several: at least its own name below
 * cloudfront.net next to that of the environment. With a key of the path alone, a request under one name would fill the
 * cache of the others. CloudFront passes on every header of the key to the origin.
 */
export class HostCachePolicy extends Construct {
  public readonly id: string;

  constructor(scope: Construct, id: string, { name }: HostCachePolicyProps) {
    super(scope, id);
    const policy = new CloudfrontCachePolicy(this, 'policy', {
      name,
      comment: 'Caches by host name and path',
      minTtl: 1,
      defaultTtl: 86_400,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: 'none' },
        headersConfig: { headerBehavior: 'whitelist', headers: { items: ['Host'] } },
        queryStringsConfig: { queryStringBehavior: 'none' },
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
      },
    });
    this.id = policy.id;
  }
}
