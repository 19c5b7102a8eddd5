/**
 * How CloudFront handles requests, by origin and by whether responses are cached. A lookup table. Pure.
 * The ids are those of AWS's managed policies (CloudFront developer guide, "Use managed cache policies", "... origin request policies").
 */
import type { ResolvedBehavior } from '../../config/resolved/edge';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const HOST_ONLY = 'bf0718e1-ba1e-49d1-88b1-f726733018ae';

const READING = ['GET', 'HEAD', 'OPTIONS'];
const EVERYTHING = [...READING, 'PUT', 'POST', 'PATCH', 'DELETE'];

/** The origin request policies of an origin: what it receives besides the path. */
interface RequestPolicies {
  readonly cached?: string;
  readonly uncached: string;
}

/**
 * Services receive the visitor's host name: the certificate and the host rules of the load balancer are for that name.
 * Amplify and buckets know only their own names.
 */
const REQUEST_POLICIES: Readonly<Record<ResolvedBehavior['origin'], RequestPolicies>> = {
  services: { cached: HOST_ONLY, uncached: ALL_VIEWER },
  amplify: { uncached: ALL_VIEWER_EXCEPT_HOST },
  'static-site': { uncached: ALL_VIEWER_EXCEPT_HOST },
};

/** The attributes that default and ordered behaviors share. */
export function behavior({ origin, cached }: Pick<ResolvedBehavior, 'origin' | 'cached'>, responseHeadersPolicyId: string) {
  return {
    targetOriginId: origin,
    viewerProtocolPolicy: 'redirect-to-https',
    allowedMethods: cached ? READING : EVERYTHING,
    cachedMethods: ['GET', 'HEAD'],
    cachePolicyId: cached ? CACHING_OPTIMIZED : CACHING_DISABLED,
    originRequestPolicyId: cached ? REQUEST_POLICIES[origin].cached : REQUEST_POLICIES[origin].uncached,
    responseHeadersPolicyId,
    compress: true,
  };
}
