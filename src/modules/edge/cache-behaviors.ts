/**
 * How CloudFront handles requests, by origin and by whether responses are cached. A lookup table. Pure.
 * The ids are those of AWS's managed policies (CloudFront developer guide, "Use managed cache policies", "... origin request policies").
 */
import type { ResolvedBehavior } from '../../config/resolved/edge';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const READING = ['GET', 'HEAD', 'OPTIONS'];
const EVERYTHING = [...READING, 'PUT', 'POST', 'PATCH', 'DELETE'];

/**
 * What an origin receives with a request that is not cached. Services receive the visitor's host name: the certificate and the
 * host rules of the load balancer are for that name. Amplify and buckets know only their own names.
 */
const REQUEST_POLICIES: Readonly<Record<ResolvedBehavior['origin'], string>> = {
  services: ALL_VIEWER,
  amplify: ALL_VIEWER_EXCEPT_HOST,
  'static-site': ALL_VIEWER_EXCEPT_HOST,
  // The function has answered before.
  redirects: ALL_VIEWER_EXCEPT_HOST,
};

/** The policies that a distribution creates. */
export interface OwnPolicies {
  readonly responseHeadersPolicyId: string;
  /** Caches by host name and path; only where responses of services are cached. */
  readonly hostCachePolicyId?: string;
}

/** Whether the response depends on the host name: services route by it, Amplify and buckets do not receive it. */
export function dependsOnHost({ origin, cached }: Pick<ResolvedBehavior, 'origin' | 'cached'>): boolean {
  return cached && origin === 'services';
}

/** The attributes that default and ordered behaviors share. */
export function behavior(
  { origin, cached }: Pick<ResolvedBehavior, 'origin' | 'cached'>,
  { responseHeadersPolicyId, hostCachePolicyId }: OwnPolicies,
) {
  const cachingPolicyId = dependsOnHost({ origin, cached }) ? hostCachePolicyId : CACHING_OPTIMIZED;
  return {
    targetOriginId: origin,
    viewerProtocolPolicy: 'redirect-to-https',
    allowedMethods: cached ? READING : EVERYTHING,
    cachedMethods: ['GET', 'HEAD'],
    cachePolicyId: cached ? cachingPolicyId : CACHING_DISABLED,
    // A cached request passes on exactly what its cache policy names.
    originRequestPolicyId: cached ? undefined : REQUEST_POLICIES[origin],
    responseHeadersPolicyId,
    compress: true,
  };
}
