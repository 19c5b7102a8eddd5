/** Rules about certificates: the CAA records of the environment's own zone admit who issues them, each once. */
import { hasLoadBalancer } from '../calculations/load-balancer';
import { usesCloudFront } from '../calculations/redirects';
import { CERTIFICATE_AUTHORITIES } from '../tables/certificate-authorities';
import { eachOnce, findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const amazonAdmitted = defineRule({
  id: 'certificate-authority',
  severity: 'refusal',
  summary: 'CAA records of the zone admit Amazon, which issues the certificates of load balancers and CloudFront.',
  reads: ['domain', 'tier', 'nextTier', 'box', 'edge'],
  also: ['services', 'frontends'],
  check: ({ domain, ...sections }) => {
    if (domain === undefined || domain.kind === 'shared') return [];
    const { certificateAuthorities: admitted } = domain;
    return findingIf(
      admitted.length > 0 &&
        !admitted.includes(CERTIFICATE_AUTHORITIES.amazon) &&
        (usesCloudFront(sections) || hasLoadBalancer(sections)),
      'domain.certificateAuthorities',
      admitted,
      `a list with "${CERTIFICATE_AUTHORITIES.amazon}" while there is a load balancer or CloudFront: otherwise the certificate is never issued`,
      `add "${CERTIFICATE_AUTHORITIES.amazon}"`,
    );
  },
});

const authoritiesOnce = defineRule({
  id: 'certificate-authorities-once',
  severity: 'refusal',
  summary: 'Each certificate authority is listed once: it has one CAA record.',
  reads: ['domain'],
  check: ({ domain }) =>
    domain?.kind === 'shared'
      ? eachOnce('domain.zone.certificateAuthorities', domain.zone.certificateAuthorities, 'authority')
      : eachOnce('domain.certificateAuthorities', domain?.certificateAuthorities ?? [], 'authority'),
});

export const CERTIFICATE_RULES: readonly Rule[] = [amazonAdmitted, authoritiesOnce];
