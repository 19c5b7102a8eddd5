/** Rules about availability zones: they exist, and there are enough of them. */
import { REGION_ZONES, type Region } from '../tables/regions';
import { managed } from '../calculations/placement';
import { hasLoadBalancer } from '../calculations/load-balancer';
import { hasTier, zoneCountOf } from './located';
import { eachOnce, finding, findingIf, listed } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

/** Regions that show each account two of their zones only. Source: AWS Regions and Availability Zones, footnotes of the table. */
const REGIONS_OF_CHOSEN_ZONES: readonly Region[] = ['us-west-1'];

function zonesToChoose(region: Region, zones: number): Finding {
  return finding(
    'network.zones',
    zones,
    `the letters of the zones that the account has in ${region}, such as ["a", "c"]: each account sees two of ${REGION_ZONES[region].join(', ')}`,
    `run \`aws ec2 describe-availability-zones --region ${region}\``,
  );
}

const zonesKnown = defineRule({
  id: 'zones-known',
  severity: 'refusal',
  summary: 'The region has the listed zones, and each is listed once.',
  reads: ['region', 'network'],
  check: ({ region, network: { zones } }) => {
    const known: readonly string[] = REGION_ZONES[region];
    const allowed = `the zones of ${region}: ${known.join(', ')}`;
    if (typeof zones === 'number') {
      if (REGIONS_OF_CHOSEN_ZONES.includes(region)) return [zonesToChoose(region, zones)];
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
