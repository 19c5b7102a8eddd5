/** Rules about availability zones: they exist, and there are enough of them. */
import { REGION_ZONES } from '../tables/regions';
import { managed } from '../calculations/placement';
import { hasLoadBalancer } from '../calculations/load-balancer';
import { hasTier, zoneCountOf } from './located';
import { eachOnce, findingIf, listed } from './finding';
import { defineRule, type Rule } from './rule';

const zonesKnown = defineRule({
  id: 'zones-known',
  severity: 'refusal',
  summary: 'The region has the listed zones, and each is listed once.',
  reads: ['region', 'network'],
  check: ({ region, network: { zones } }) => {
    const known: readonly string[] = REGION_ZONES[region];
    const allowed = `the zones of ${region}: ${known.join(', ')}`;
    if (typeof zones === 'number') {
      return findingIf(zones > known.length, 'network.zones', zones, `at most ${known.length} in ${region}`, 'lower it');
    }
    return [
      ...zones.flatMap((letter, index) =>
        findingIf(!known.includes(letter), `network.zones[${index}]`, letter, allowed, 'choose one of these'),
      ),
      ...eachOnce('network.zones', zones, 'zone'),
    ];
  },
});

const twoZones = defineRule({
  id: 'two-zones',
  severity: 'refusal',
  summary:
    'Load balancers, clusters, RDS and ElastiCache have subnets in two zones, which AWS requires even when only one is used.',
  reads: ['network', 'tier', 'nextTier', 'database', 'cache', 'box'],
  also: ['services'],
  check: ({ network, tier, nextTier, database, cache, box, services }) => {
    const needs = [
      ...(hasLoadBalancer({ tier, nextTier, box, services }) ? ['the load balancer'] : []),
      ...(hasTier({ tier, nextTier }, 'kubernetes') ? ['the cluster'] : []),
      ...(managed(database) !== undefined ? ['the database'] : []),
      ...(managed(cache) !== undefined ? ['the cache'] : []),
    ];
    return findingIf(
      zoneCountOf(network) < 2 && needs.length > 0,
      'network.zones',
      network.zones,
      `at least 2 zones, for ${listed(needs)}`,
      'set it to 2: a second zone without instances in it costs nothing',
    );
  },
});

export const ZONE_RULES: readonly Rule[] = [zonesKnown, twoZones];
