/** Host names with every default filled, and where they lead. Pure. */
import { hasLoadBalancer, isBalanced, isSingleHost } from '../calculations/load-balancer';
import { redirectsOf, usesCloudFront } from '../calculations/redirects';
import { isCloudflareZone, recordZone, zoneOf } from '../calculations/record-zone';
import { hostRecordName, zoneStackName } from '../names';
import type { ResolvedDomain, ResolvedServing, ServingPart, ZoneStacks } from '../resolved/domain';
import type { ParsedEnvironment } from '../schema/environment';

/** Certificates exist where something uses them: ACM does not renew the others, and CloudFront requires its own in us-east-1. */
export function resolveDomain(parsed: ParsedEnvironment): ResolvedDomain | undefined {
  const { domain, edge, name } = parsed;
  if (domain === undefined) return undefined;
  const { names } = domain;
  const regionalCertificate = hasLoadBalancer(parsed);
  if (domain.kind !== 'shared') {
    const edgeCertificate = domain.edgeCertificate || usesCloudFront(parsed);
    const certificateNames = [...names, ...redirectsOf(parsed).map(({ from }) => from)];
    return { ...domain, kind: 'own', certificateNames, regionalCertificate, edgeCertificate };
  }
  const { zone, provider } = domain.zone;
  return {
    kind: 'shared',
    zone,
    provider,
    names,
    regionalCertificate,
    edgeCertificate: edge.cdn !== undefined,
    shared: domain.zone,
    stacks: zoneStacks(zone),
    hostRecord: hostRecordName(name, zone),
  };
}

function zoneStacks(zone: string): ZoneStacks {
  const name = zoneStackName(zone);
  return { zone: name, names: `${name}-names` };
}

/** CloudFront where there is a distribution, otherwise the tiers by their shares. */
export function resolveServing(parsed: ParsedEnvironment): readonly ResolvedServing[] {
  const { domain, edge, tier, nextTier } = parsed;
  if (domain === undefined) return [];
  if (edge.cdn !== undefined) return [{ part: 'serving', target: 'distribution', percent: 100 }];
  const atCloudflare = isCloudflareZone(recordZone(zoneOf(domain)));
  const serving = (part: ServingPart, kind: string, percent: number): readonly ResolvedServing[] => {
    if (isBalanced(parsed, kind)) return [{ part, target: 'balancer', percent }];
    return isSingleHost(parsed.box, kind) ? [{ part, target: atCloudflare ? 'name' : 'address', percent }] : [];
  };
  const share = nextTier === undefined ? 0 : edge.nextTierPercent;
  return [...serving('serving', tier, 100 - share), ...(nextTier === undefined ? [] : serving('next', nextTier, share))];
}
