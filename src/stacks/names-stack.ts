/** The names of a shared zone: each leads to the environment that serves it. The only stack that a switch changes. */
import type { App } from 'cdktf';
import type { ResolvedServing } from '../config/resolved/domain';
import type { ResolvedZone, ServedName } from '../config/resolved/zone';
import type { EdgeHandover, ZoneHandover } from '../contracts/handovers';
import { required } from '../contracts/lookups';
import { hostId, type Destination, type WeightedDestination } from '../modules/dns/dns-provider';
import { DNS_PROVIDERS } from '../modules/dns/providers';
import type { Handover, Published } from '../terraform/handover';
import { outputName } from '../terraform/output-name';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface NamesStackProps {
  readonly stack: TerraceStackProps;
  readonly zone: ResolvedZone;
  readonly handover: Handover<ZoneHandover>;
  /** Environment to what its edge stack publishes; has every environment that serves a name. */
  readonly serving: ReadonlyMap<string, Published<Pick<EdgeHandover, 'serving'>>>;
}

/**
 * `zone-<zone>-names`. The addresses of its records depend on the names alone, not on the environments: a switch changes records
 * in place, which Route 53 does in one step, and no name is missing meanwhile.
 */
export class NamesStack extends TerraceStack {
  constructor(
    app: App,
    private readonly props: NamesStackProps,
  ) {
    super(app, props.stack);
    const { description, served, proxied } = props.zone;
    const { zoneId } = props.handover.in(this);
    for (const name of served) {
      DNS_PROVIDERS[description.provider].createServingRecords(this, `record-${hostId(name.name)}`, {
        zoneId,
        name: name.name,
        shares: this.sharesOf(name),
        proxied,
      });
      this.addOutput(`url_${outputName(name.name)}`, `Public URL, served by ${name.environment}`, `https://${name.name}`);
    }
  }

  private sharesOf({ environment, parts }: ServedName): readonly WeightedDestination[] {
    const { serving = {} } = required(this.props.serving.get(environment), `what serves ${environment}`).in(this);
    return parts.map((part): WeightedDestination => {
      const published = required(serving[part.part], `the destination "${part.part}" of ${environment}`);
      return { id: part.part, percent: part.percent, destination: destinationOf(part, published) };
    });
  }
}

/** What edge has published, with what is known of its target. */
function destinationOf(
  { target }: ResolvedServing,
  { value, hostedZoneId }: { readonly value: string; readonly hostedZoneId?: string },
): Destination {
  switch (target) {
    case 'address':
      return { kind: 'address', address: value };
    case 'name':
      return { kind: 'name', name: value };
    case 'balancer':
    case 'distribution':
      return {
        kind: 'aws',
        dnsName: value,
        hostedZoneId: required(hostedZoneId, 'the zone of an alias'),
        ipv6: target === 'distribution',
        followsHealth: target === 'balancer',
      };
  }
}
