/** The stacks of a shared zone, which no environment owns: wiring, and how the stacks of environments read them. */
import type { App } from 'cdktf';
import { boundaryOf, resolveZone, type ZoneInUse } from '../config';
import type { SharedDomain } from '../config/resolved/domain';
import type { Backend } from '../config/resolved/environment';
import type { ResolvedZone } from '../config/resolved/zone';
import { EDGE_REGION, type Region } from '../config/tables/regions';
import type { DomainHandover, EdgeHandover, ServingHandover, ZoneHandover } from '../contracts/handovers';
import type { StateLocation } from '../terraform/backends';
import { PublishedElsewhere, type Published } from '../terraform/handover';
import type { TerraceStackProps } from '../terraform/terrace-stack';
import { environmentState, zoneState } from '../terraform/environment-state';
import { NamesStack } from './names-stack';
import { ZoneStack } from './zone-stack';

/** Creates the two stacks of a zone under the app. */
export function addZone(app: App, zoneInUse: ZoneInUse): void {
  const { backend, account, environments } = zoneInUse;
  const zone = resolveZone(zoneInUse);
  const { description, stacks } = zone;
  const frame = (state: StateLocation): TerraceStackProps => ({
    state,
    // Where the API of Route 53 is; certificates name their own regions.
    region: EDGE_REGION,
    account,
    tags: { zone: description.zone, 'managed-by': 'terrace', ...description.tags },
    permissionsBoundary: boundaryOf(backend, stacks.zone),
  });
  const { handover } = new ZoneStack(app, { stack: frame(zoneState(stacks.zone, backend)), zone });
  if (zone.served.length === 0) return;
  const servers = new Set(zone.served.map(({ environment }) => environment));
  const serving = environments
    .filter(({ identity }) => servers.has(identity.environment))
    .map((environment) => [environment.identity.environment, readServing(environmentState(environment, 'edge'), zone)] as const);
  new NamesStack(app, { stack: frame(namesState(stacks, backend)), zone, handover, serving: new Map(serving) });
}

function namesState({ zone, names }: ResolvedZone['stacks'], backend: Backend): StateLocation {
  return { backend, stackId: names, stateKey: `${zone}/names/terraform.tfstate` };
}

/** What the edge stack of an environment publishes, by its shape. */
function readServing(state: StateLocation, { served }: ResolvedZone): Published<Pick<EdgeHandover, 'serving'>> {
  const environment = state.stackId.replace(/-edge$/, '');
  const parts = served.find((name) => name.environment === environment)?.parts ?? [];
  const serving: ServingHandover = Object.fromEntries(
    parts.map(({ part, target }) => {
      const aliased = target === 'balancer' || target === 'distribution';
      return [part, aliased ? { value: '', hostedZoneId: '' } : { value: '' }];
    }),
  );
  return new PublishedElsewhere(state, { serving });
}

/** The zone and certificates of an environment with names in a shared zone, as a domain stack would publish them. */
export function readZone(domain: SharedDomain, region: Region, backend: Backend): Published<DomainHandover> {
  const { regionalCertificate, edgeCertificate, stacks } = domain;
  const used = [...(regionalCertificate ? [region] : []), ...(edgeCertificate ? [EDGE_REGION] : [])];
  const zone = new PublishedElsewhere<ZoneHandover>(zoneState(stacks.zone, backend), {
    zoneId: '',
    certificateArns: Object.fromEntries(used.map((one) => [one, ''])),
  });
  return {
    in: (consumer) => {
      const { zoneId, certificateArns } = zone.in(consumer);
      return {
        zoneId,
        certificateArn: regionalCertificate ? certificateArns[region] : undefined,
        edgeCertificateArn: edgeCertificate ? certificateArns[EDGE_REGION] : undefined,
      };
    },
  };
}
