/** Rules about an environment whose names are in a shared zone: what the zone's description has, the environment has not. */
import { hasLoadBalancer } from '../calculations/load-balancer';
import { isCloudflareZone } from '../calculations/record-zone';
import { CERTIFICATE_AUTHORITIES } from '../tables/certificate-authorities';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const settingsInZone = defineRule({
  id: 'shared-zone-settings',
  severity: 'refusal',
  summary:
    "Cloudflare's settings and rules of a shared zone are in its description, those of an environment's own zone in `edge`.",
  reads: ['domain', 'edge'],
  check: ({ domain, edge: { cloudflare } }) => {
    if (domain === undefined || cloudflare === undefined) return [];
    const isShared = domain.kind === 'shared';
    return findingIf(
      isShared !== (cloudflare.zoneRules === 'shared'),
      'edge.cloudflare.zoneRules',
      cloudflare.zoneRules,
      isShared ? '"shared", and next to it only `origin`: the zone is shared' : '"here" or "elsewhere": the zone is not shared',
      isShared
        ? 'move the other fields to `cloudflare` in the description of the zone'
        : "describe the zone with `defineZone` (docs/domains.md), or give the zone's settings here",
    );
  },
});

const zoneProvider = defineRule({
  id: 'shared-zone-provider',
  severity: 'refusal',
  summary: 'The description of a shared zone has settings for Cloudflare only if the zone is there.',
  reads: ['domain'],
  check: ({ domain }) => {
    if (domain?.kind !== 'shared') return [];
    const { zone } = domain;
    return findingIf(
      zone.cloudflare !== undefined && !isCloudflareZone(zone),
      'domain.zone.cloudflare',
      zone.provider,
      'only with provider "cloudflare"',
      'remove it, or change the provider',
    );
  },
});

const amazonAdmitted = defineRule({
  id: 'shared-zone-authority',
  severity: 'refusal',
  summary:
    "The CAA records of a shared zone admit Amazon, which issues the zone's certificates for load balancers and CloudFront.",
  reads: ['domain', 'tier', 'nextTier', 'box', 'edge'],
  also: ['services'],
  check: ({ domain, edge, ...sections }) => {
    if (domain?.kind !== 'shared') return [];
    const { certificateAuthorities: admitted } = domain.zone;
    return findingIf(
      admitted.length > 0 &&
        !admitted.includes(CERTIFICATE_AUTHORITIES.amazon) &&
        (edge.cdn !== undefined || hasLoadBalancer(sections)),
      'domain.zone.certificateAuthorities',
      admitted,
      `a list with "${CERTIFICATE_AUTHORITIES.amazon}" while an environment has a load balancer or CloudFront`,
      `add "${CERTIFICATE_AUTHORITIES.amazon}"`,
    );
  },
});

export const SHARED_ZONE_RULES: readonly Rule[] = [settingsInZone, zoneProvider, amazonAdmitted];
