/** What stands between visitors and what serves them: records, CloudFront, its firewall, Cloudflare, frontends, health checks. */
import type { App } from 'cdktf';
import type { Identity, ResolvedData, ResolvedDomain, ResolvedEnvironment } from '../config/resolved/environment';
import { resourceName } from '../config/names';
import type { ResolvedDistribution, ResolvedEdge, ResolvedOrigin } from '../config/resolved/edge';
import { hostId } from '../modules/domain/dns-zone';
import { EDGE_REGION } from '../modules/domain/validated-certificate';
import { Amplify } from '../modules/edge/amplify';
import { CloudflareZoneRules } from '../modules/edge/cloudflare-zone-rules';
import { Distribution, type DistributionProps } from '../modules/edge/distribution';
import type { Destination, DnsRecords, WeightedDestination } from '../modules/edge/dns-records';
import { HealthChecks } from '../modules/edge/health-checks';
import { Pages } from '../modules/edge/pages';
import { StaticSite } from '../modules/edge/static-site';
import { WebAcl } from '../modules/waf/web-acl';
import type { DataHandover, DomainHandover, EdgeHandover, NetworkHandover } from '../contracts/handovers';
import { EdgeZones } from '../modules/edge/edge-zones';
import { outputName } from '../terraform/output-name';
import { Handover } from '../terraform/handover';
import type { ServingTier } from '../tiers/tier';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface EdgeStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly domain: ResolvedDomain;
  readonly edge: ResolvedEdge;
  readonly data: ResolvedData;
  /** The tier that serves, and after it the one that waits. */
  readonly serving: readonly ServingTier[];
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain: Handover<DomainHandover>;
    readonly data: Handover<DataHandover>;
  };
}

/** Whether an environment has anything at its edge; without a domain it has not. */
export function hasEdge({ domain, edge, workloads }: ResolvedEnvironment): boolean {
  const routed = workloads.services.some(({ routes }) => routes.length > 0);
  const more = edge.distribution ?? edge.cloudflareZone;
  return domain !== undefined && (routed || edge.pages.length + edge.healthChecks.length > 0 || more !== undefined);
}

/** `<env>-edge` */
export class EdgeStack extends TerraceStack {
  public readonly handover: Handover<EdgeHandover>;
  private readonly zones: EdgeZones;
  private readonly certificateArn?: string;

  constructor(
    app: App,
    private readonly props: EdgeStackProps,
  ) {
    super(app, props.stack);
    const { edge, domain, identity, handovers } = props;
    const { zoneId, edgeCertificateArn } = handovers.domain.in(this);
    this.zones = new EdgeZones(this, domain, zoneId);
    this.certificateArn = edgeCertificateArn;

    const webAcl = this.globalWebAcl();
    const cdn = edge.distribution && this.distribution(edge.distribution, webAcl);
    this.point(cdn?.distribution);
    this.pages();
    this.cloudflareRules();
    const checks = new HealthChecks(this, 'health', { environment: identity.environment, checks: edge.healthChecks });

    this.handover = new Handover<EdgeHandover>(this, {
      distribution: cdn && { id: cdn.distribution.id, domainName: cdn.distribution.domainName },
      webAcl: webAcl && { name: webAcl.name },
      healthCheckIds: checks.ids,
      amplifyAppId: cdn?.amplify?.appId,
    });
  }

  private globalWebAcl(): WebAcl | undefined {
    const { waf } = this.props.edge;
    if (waf?.scope !== 'CLOUDFRONT') return undefined;
    return new WebAcl(this, 'web-acl', { waf, region: EDGE_REGION, accountId: this.accountId });
  }

  private distribution(distribution: ResolvedDistribution, webAcl: WebAcl | undefined) {
    const { identity, data, handovers } = this.props;
    const origins = this.origins(distribution.origins);
    if (this.certificateArn === undefined)
      throw new Error(`${identity.environment} has a CDN but no certificate in ${EDGE_REGION}`);
    const made = new Distribution(this, 'cdn', {
      environment: identity.environment,
      distribution,
      places: origins.places,
      certificateArn: this.certificateArn,
      webAclArn: webAcl?.arn,
      logBucketArn: handovers.data.in(this).buckets[data.logBucket]?.arn ?? `arn:aws:s3:::${data.logBucket}`,
    });
    origins.site?.readableBy(made.arn);
    this.addDistributionOutputs(made, origins);
    return { distribution: made, amplify: origins.amplify };
  }

  private origins(origins: readonly ResolvedOrigin[]) {
    const { identity, protect } = this.props;
    const places: { -readonly [K in keyof DistributionProps['places']]: DistributionProps['places'][K] } = {};
    let amplify: Amplify | undefined;
    let site: StaticSite | undefined;
    for (const origin of origins) {
      switch (origin.kind) {
        case 'services':
          places.services = { domainName: origin.hostName };
          this.pointTiers(this.zones.own(false), origin.hostName);
          break;
        case 'amplify':
          amplify = new Amplify(this, `frontend-${origin.frontend.key}`, { frontend: origin.frontend, region: identity.region });
          places.amplify = amplify.place;
          break;
        case 'static-site':
          site = new StaticSite(this, `frontend-${origin.frontend.key}`, {
            name: resourceName(identity.environment, origin.frontend.key, 'cloudFront'),
            site: origin.frontend,
            region: identity.region,
            protect,
          });
          places['static-site'] = site.place;
          break;
      }
    }
    return { places, amplify, site };
  }

  /** The domain's names: at the distribution where there is one, otherwise at the tiers. */
  private point(distribution: Distribution | undefined): void {
    const { domain, edge } = this.props;
    const records = this.zones.own(edge.proxied);
    for (const name of domain.names) {
      if (distribution === undefined) this.pointTiers(records, name);
      else
        records.point(`record-${hostId(name)}`, name, [{ id: 'cdn', destination: cdnDestination(distribution), percent: 100 }]);
      this.addOutput(`url_${outputName(name)}`, 'Answers here', `https://${name}`);
    }
  }

  private pointTiers(records: DnsRecords, name: string): void {
    records.point(`record-${hostId(name)}`, name, this.shares());
  }

  /** Read once: a tier's destination may be a look-up of its own. */
  private tierShares?: readonly WeightedDestination[];

  private shares(): readonly WeightedDestination[] {
    const { serving, edge } = this.props;
    this.tierShares ??= serving.flatMap((tier, index): WeightedDestination[] => {
      const destination = tier.destination(this);
      const percent = index === 0 ? 100 - edge.nextTierPercent : edge.nextTierPercent;
      return destination === undefined ? [] : [{ id: tier.kind, destination, percent }];
    });
    return this.tierShares;
  }

  private pages(): void {
    for (const frontend of this.props.edge.pages) {
      const pages = new Pages(this, `frontend-${frontend.key}`, { accountId: this.zones.cloudflareAccountId, frontend });
      const destination: Destination = { kind: 'name', name: pages.hostName };
      for (const name of frontend.domains) {
        this.zones.pages().point(`record-${hostId(name)}`, name, [{ id: 'pages', destination, percent: 100 }]);
      }
    }
  }

  private cloudflareRules(): void {
    const { cloudflareZone } = this.props.edge;
    if (cloudflareZone === undefined) return;
    new CloudflareZoneRules(this, 'cloudflare-zone', { zoneId: this.zones.cloudflareId, rules: cloudflareZone });
  }

  private addDistributionOutputs(distribution: Distribution, { amplify, site }: ReturnType<EdgeStack['origins']>): void {
    const invalidate = `aws cloudfront create-invalidation --distribution-id ${distribution.id} --paths '/*'`;
    this.addOutput('invalidate_cache', 'Makes CloudFront forget what it has cached', invalidate);
    if (amplify !== undefined) {
      this.addOutput(
        'connect_repository',
        'Run this once, with a GitHub token in GITHUB_TOKEN: connects the repository and builds',
        amplify.connectCommand,
      );
    }
    if (site !== undefined) {
      const upload = `aws s3 sync ./out s3://${site.bucketName} --delete && ${invalidate}`;
      this.addOutput('upload_site', 'Puts the files of ./out online', upload);
    }
  }
}

function cdnDestination({ domainName, hostedZoneId }: Distribution): Destination {
  return { kind: 'aws', dnsName: domainName, hostedZoneId, ipv6: true, followsHealth: false };
}
