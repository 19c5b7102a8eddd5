/** Rules about the edge: what it needs, health checks, the shift of traffic between tiers. */
import { parseCidr } from '../calculations/cidr';
import { hasLoadBalancer } from '../calculations/load-balancer';
import { hasWeightedRecords } from '../calculations/record-zone';
import { carvedPrefix } from '../calculations/subnets';
import { located } from './located';
import { finding, findingIf, listed } from './finding';
import { defineRule, type Rule } from './rule';

/** Edge sections that need a domain name. */
const NAMED = ['cdn', 'basicAuth', 'waf', 'cloudflare'] as const;

const needsDomain = defineRule({
  id: 'edge-needs-domain',
  severity: 'refusal',
  summary: 'Edge features need a domain: CDN, firewalls, health checks and frontends.',
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain !== undefined) return [];
    const declared = [
      ...NAMED.filter((section) => edge[section] !== undefined).map((section) => `edge.${section}`),
      ...(Object.keys(edge.redirects).length > 0 ? ['edge.redirects'] : []),
      ...Object.keys(edge.healthChecks ?? {}).map((key) => `edge.healthChecks.${key}`),
      ...Object.keys(frontends).map((key) => `frontends.${key}`),
    ];
    return declared
      .slice(0, 1)
      .map((path) => finding(path, undefined, 'nothing, without `domain`', 'add `domain`, or remove it'));
  },
});

/** Source: Elastic Load Balancing user guide, "Subnets for your load balancer": at least a /27 with eight free addresses. */
const BALANCER_PREFIX = 27;

const balancerSubnets = defineRule({
  id: 'balancer-subnet-size',
  severity: 'refusal',
  summary: 'The subnets of a load balancer, public or with VPC origins isolated, are /27 or larger, which AWS requires.',
  reads: ['network', 'edge', 'tier', 'nextTier', 'box'],
  also: ['services'],
  check: ({ network, edge, tier, nextTier, box, services }) => {
    if (!hasLoadBalancer({ tier, nextTier, box, services })) return [];
    const kind = edge.cdn?.originAccess === 'vpc-origin' ? 'isolated' : 'public';
    const holding =
      network.subnets === undefined
        ? [{ path: 'network.cidr', cidr: network.cidr, prefix: carvedPrefix(network.cidr, kind) }]
        : network.subnets[kind].map((cidr, index) => ({
            path: `network.subnets.${kind}[${index}]`,
            cidr,
            prefix: parseCidr(cidr)?.prefix,
          }));
    return holding.flatMap(({ path, cidr, prefix }) =>
      findingIf(
        prefix !== undefined && prefix > BALANCER_PREFIX,
        path,
        cidr,
        `${kind} subnets of /${BALANCER_PREFIX} or larger, where the load balancer is`,
        network.subnets === undefined ? 'choose a larger VPC, or write `network.subnets`' : 'make it larger',
      ),
    );
  },
});

const healthHosts = defineRule({
  id: 'health-check-host',
  severity: 'refusal',
  summary: "A health check's host is one of the environment's names.",
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain === undefined) return [];
    const pages = Object.values(frontends).flatMap((frontend) => (frontend.kind === 'cloudflare-pages' ? frontend.domains : []));
    const names = [...domain.names, ...pages];
    return located('edge.healthChecks', edge.healthChecks ?? {}).flatMap(({ path, value }) =>
      findingIf(!names.includes(value.host), `${path}.host`, value.host, `one of ${listed(names)}`, 'choose one of them'),
    );
  },
});

/** What the list of browsers requires. Source: https://hstspreload.org, "Submission Requirements". */
const PRELOAD_DAYS = 365;

const hstsPreload = defineRule({
  id: 'hsts-preload',
  severity: 'refusal',
  summary: 'Preloaded HTTPS includes subdomains and lasts at least a year, which the list of browsers requires.',
  reads: ['edge'],
  check: ({ edge: { strictTransportSecurity } }) => {
    const { preload, includeSubdomains, maxAgeDays } = strictTransportSecurity;
    return findingIf(
      preload && (!includeSubdomains || maxAgeDays < PRELOAD_DAYS),
      'edge.strictTransportSecurity.preload',
      preload,
      `true only with \`includeSubdomains: true\` and \`maxAgeDays\` of ${PRELOAD_DAYS} or more`,
      'set both, or remove `preload`',
    );
  },
});

const trafficSplit = defineRule({
  id: 'traffic-split',
  severity: 'refusal',
  summary:
    'Traffic is shifted only to a declared `nextTier`. It is shifted all at once in a Cloudflare zone, which has no weighted ' +
    'records, and with VPC origins, which CloudFront does not find by name.',
  reads: ['edge', 'domain', 'nextTier'],
  check: ({ edge, domain, nextTier }) => {
    const percent = edge.nextTierPercent;
    const weightless = domain !== undefined && !hasWeightedRecords(domain);
    return [
      ...findingIf(
        percent > 0 && nextTier === undefined,
        'edge.nextTierPercent',
        percent,
        '0 without `nextTier`',
        'set `nextTier` to the tier that receives the traffic, or set it to 0',
      ),
      ...findingIf(
        weightless && percent > 0 && percent < 100,
        'edge.nextTierPercent',
        percent,
        '0 or 100 in a Cloudflare zone',
        'set it to 100 to switch and to 0 to switch back; behind the proxy either takes effect at once',
      ),
      ...findingIf(
        edge.cdn?.originAccess === 'vpc-origin' && percent > 0 && percent < 100,
        'edge.nextTierPercent',
        percent,
        '0 or 100 with VPC origins: a distribution has one internal load balancer at a time',
        'set it to 100 to switch and to 0 to switch back, or choose `edge.cdn.originAccess: "prefix-list"` before the tier exists',
      ),
    ];
  },
});

export const EDGE_RULES: readonly Rule[] = [needsDomain, balancerSubnets, healthHosts, hstsPreload, trafficSplit];
