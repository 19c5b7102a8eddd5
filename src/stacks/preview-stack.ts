/** A preview of an environment: one stack, which reads those of the environment and is read by none. */
import type { App } from 'cdktf';
import { boundaryOf } from '../config';
import { recordZone } from '../config/calculations/record-zone';
import { managed } from '../config/calculations/placement';
import { byKey } from '../config/calculations/records';
import type { ResolvedPreview } from '../config/resolved/preview';
import type { NetworkHandover } from '../contracts/handovers';
import type { StackKind } from '../contracts/stack-kinds';
import { required } from '../contracts/lookups';
import { hostId } from '../modules/dns/dns-provider';
import { DNS_PROVIDERS } from '../modules/dns/providers';
import { ValidatedCertificate } from '../modules/domain/validated-certificate';
import { balancerDestination } from '../modules/load-balancer/destination';
import { PublishedElsewhere } from '../terraform/handover';
import type { StateLocation } from '../terraform/backends';
import { TerraceStack } from '../terraform/terrace-stack';
import { createTierPreview } from '../tiers/registry';
import { environmentState } from '../terraform/environment-state';
import { PreviewData, type SharedData } from './preview-data';

/** `<env>-pr-12` */
export class PreviewStack extends TerraceStack {
  constructor(
    app: App,
    private readonly preview: ResolvedPreview,
  ) {
    const { parent, identity, label } = preview;
    super(app, {
      state: environmentState(parent, label),
      region: identity.region,
      account: identity.account,
      tags: { ...identity.tags, tier: parent.tier.kind },
      permissionsBoundary: boundaryOf(parent.backend, parent.identity.environment),
    });
    const network = this.parentNetwork();
    const shared = this.parentData();
    const { handover, cacheSecurityGroupId } = new PreviewData(this, 'own', {
      preview,
      accountId: this.accountId,
      network,
      shared,
    });
    const { certificateArn, zoneId } = this.createCertificate();
    const { loadBalancer } = createTierPreview({
      stack: this,
      preview,
      parentState: (kind) => this.parentState(kind),
      network: { ...network, cacheSecurityGroupId },
      handover,
      master: shared.database && { secretArn: shared.database.masterSecretArn, keyArn: shared.keyArn },
      certificateArn,
    });
    for (const name of preview.hosts) {
      DNS_PROVIDERS[this.zone.provider].createServingRecords(this, `name-${hostId(name)}`, {
        zoneId,
        name,
        shares: [{ id: 'serving', destination: balancerDestination(loadBalancer), percent: 100 }],
        proxied: false,
      });
    }
  }

  private get zone(): ReturnType<typeof recordZone> {
    return recordZone(required(this.preview.parent.domain, 'the names of an environment with previews'));
  }

  /** A certificate for these names only: it is issued before the load balancer knows them, and deleted with them. */
  private createCertificate(): { readonly certificateArn: string; readonly zoneId: string } {
    const { name, provider } = this.zone;
    const zone = DNS_PROVIDERS[provider].createZone(this, 'zone', { name, source: 'existing', comment: '', protect: false });
    const { arns } = new ValidatedCertificate(this, 'certificate', {
      names: this.preview.hosts,
      zone,
      regions: [{ id: 'regional' }],
    });
    return { certificateArn: required(arns.regional, 'the certificate of the preview'), zoneId: zone.id };
  }

  private parentState(kind: StackKind): StateLocation {
    return environmentState(this.preview.parent, kind);
  }

  private parentNetwork(): NetworkHandover {
    const { network } = this.preview.parent;
    const subnets = (list: readonly string[]): readonly string[] => list.map(() => '');
    return new PublishedElsewhere<NetworkHandover>(this.parentState('network'), {
      vpcId: '',
      publicSubnetIds: [],
      privateSubnetIds: subnets(network.subnets.private),
      isolatedSubnetIds: subnets(network.subnets.isolated),
      databaseSecurityGroupId: network.dataSecurityGroups.database ? '' : undefined,
      endpointSecurityGroupId: network.interfaceEndpoints.length > 0 ? '' : undefined,
      replicaNetworks: {},
    }).in(this);
  }

  /** What a preview may know of the data of its environment: its images, its database server and the secrets of previews. */
  private parentData(): SharedData {
    const { data, preview } = this.preview.parent;
    const database = managed(data.database);
    return new PublishedElsewhere<SharedData>(this.parentState('data'), {
      keyArn: data.encryptionKey === 'aws-managed' ? undefined : '',
      database: database && {
        host: '',
        resourceId: '',
        masterSecretArn: '',
        replicaHosts: byKey(database.replicas, () => ''),
      },
      images: byKey(data.images, () => ({ repositoryUrl: '', repositoryArn: '', parameterName: '' })),
      previewSecrets: byKey(preview?.secrets ?? [], () => ({ arn: '' })),
    }).in(this);
  }
}
