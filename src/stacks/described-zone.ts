/** The zone that a description names, whether an environment or several own it. */
import { Fn } from 'cdktf';
import type { OwnDomain, SharedZone } from '../config/resolved/domain';
import type { DnsZone, DnsZoneProps } from '../modules/dns/dns-provider';
import { DNS_PROVIDERS } from '../modules/dns/providers';
import type { TerraceStack } from '../terraform/terrace-stack';

type ZoneDescription = Pick<OwnDomain | SharedZone, 'zone' | 'provider' | 'zoneSource' | 'cloudflareAccountId'>;

/** Looks the zone up or creates it; the name servers of a new one are an output. */
export function createDescribedZone(
  stack: TerraceStack,
  { zone: name, provider, zoneSource, cloudflareAccountId }: ZoneDescription,
  props: Pick<DnsZoneProps, 'comment' | 'protect'>,
): DnsZone {
  const zone = DNS_PROVIDERS[provider].createZone(stack, 'zone', {
    name,
    source: zoneSource,
    providerAccountId: cloudflareAccountId,
    ...props,
  });
  if (zoneSource === 'create') {
    stack.addOutput(
      'name_servers',
      `Enter these name servers at the registrar of ${name}; no certificate is issued before that`,
      Fn.join(', ', zone.nameServers),
    );
  }
  return zone;
}
