/** Everything between visitors and the tiers, and the domain of e-mail: DNS records, CloudFront and its web ACL, Cloudflare, frontends, health checks. */
import type { App } from 'cdktf';
import { recordZone } from '../config/calculations/record-zone';
import type { Identity, ResolvedData, ResolvedDomain, ResolvedEnvironment } from '../config/resolved/environment';
import type { SharedDomain } from '../config/resolved/domain';
import type { ResolvedEdge } from '../config/resolved/edge';
import { EDGE_REGION } from '../config/tables/regions';
import type { DataHandover, DomainHandover, EdgeHandover, NetworkHandover, ServingHandover } from '../contracts/handovers';
import { logBucketOf, required } from '../contracts/lookups';
import { CLOUDFLARE } from '../modules/dns/cloudflare';
import { hostId, type Destination, type WeightedDestination } from '../modules/dns/dns-provider';
import { DNS_PROVIDERS } from '../modules/dns/providers';
import {
  cloudflareAccountId,
  cloudflareZoneId,
  CloudflareZoneRules,
  type CloudflareZoneProps,
} from '../modules/edge/cloudflare-zone';
import { BasicAuth } from '../modules/edge/basic-auth';
import type { Distribution } from '../modules/edge/distribution';
import { addDistributionOutputs } from '../modules/edge/distribution-outputs';
import { createDistributions, distributionsOf, type CreatedDistribution } from '../modules/edge/distributions';
import { HealthChecks } from '../modules/edge/health-checks';
import { Pages } from '../modules/edge/pages';
import type { TierBalancer } from '../modules/edge/services-place';
import { EmailDomain } from '../modules/email/email-domain';
import { WebAcl } from '../modules/waf/web-acl';
import { Handover, type Published } from '../terraform/handover';
import { outputName } from '../terraform/output-name';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';
import type { ServingTier } from '../tiers/tier';

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
    readonly domain: Published<DomainHandover>;
    readonly data: Handover<DataHandover>;
  };
}

/** Whether an environment has anything at its edge; never without a domain. */
export function hasEdge({ domain, edge, workloads, data }: ResolvedEnvironment): boolean {
  const routed = workloads.services.some(({ routes }) => routes.length > 0);
  const more = edge.cloudflareZone ?? data.email;
  const listed = distributionsOf(edge).length + edge.pages.length + edge.healthChecks.length;
  return domain !== undefined && (routed || listed > 0 || more !== undefined);
}

/** `<env>-edge` */
export class EdgeStack extends TerraceStack {
  public readonly handover: Handover<EdgeHandover>;
  private readonly domain: DomainHandover;

  constructor(
    app: App,
    private readonly props: EdgeStackProps,
  ) {
    super(app, props.stack);
    const { identity, edge, handovers } = props;
    this.domain = handovers.domain.in(this);

    const webAcl = this.createWebAcl();
    const distributions = this.createDistributions(webAcl);
    const cdn = distributions.find(({ of }) => of === 'cdn');
    this.createRecords(distributions);
    this.createPages();
    this.createCloudflareRules();
    this.createEmail();
    const checks = new HealthChecks(this, 'health', { environment: identity.environment, checks: edge.healthChecks });

    this.handover = new Handover<EdgeHandover>(this, {
      distribution: cdn && published(cdn),
      frontendDistributions: publishedByFrontend(distributions),
      webAcl: webAcl && { name: webAcl.name },
      healthCheckIds: checks.ids,
      amplifyAppId: cdn?.origins.amplify?.appId,
      serving: this.serveSharedNames(cdn?.distribution),
    });
  }

  private createWebAcl(): WebAcl | undefined {
    const { waf: configured, frontendWaf } = this.props.edge;
    const waf = configured?.scope === 'CLOUDFRONT' ? configured : frontendWaf;
    if (waf === undefined) return undefined;
    return new WebAcl(this, 'web-acl', { waf, region: EDGE_REGION, accountId: this.accountId });
  }

  private createDistributions(webAcl: WebAcl | undefined): readonly CreatedDistribution[] {
    const { identity, protect, edge, data, handovers } = this.props;
    const { environment, region } = identity;
    if (distributionsOf(edge).length === 0) return [];
    const basicAuth = edge.basicAuth && new BasicAuth(this, 'basic-auth', { environment, basicAuth: edge.basicAuth });
    if (basicAuth !== undefined) {
      this.addOutput('add_login', 'Adds a login; until there is one, everybody is refused', basicAuth.addCommand);
    }
    const created = createDistributions(this, {
      edge,
      basicAuth,
      environment,
      region,
      protect,
      certificateArn: required(this.domain.edgeCertificateArn, `a certificate in ${EDGE_REGION}`),
      webAclArn: webAcl?.arn,
      logBucketArn: logBucketOf(data, handovers.data.in(this)).arn,
      balancers: () => this.tierBalancers(),
      servingTier: this.servingTier,
    });
    for (const one of created) addDistributionOutputs(this, one);
    return created;
  }

  private tierBalancers(): readonly TierBalancer[] {
    return this.props.serving.flatMap((tier) => {
      const balancer = tier.balancer?.(this);
      return balancer === undefined ? [] : [{ tier: tier.kind, arn: balancer.arn, dnsName: balancer.dnsName }];
    });
  }

  /** With VPC origins, which serve one tier at a time: the waiting one from 100 percent. */
  private get servingTier(): string {
    const { serving, edge } = this.props;
    const [first, next = first] = serving;
    const tier = edge.nextTierPercent === 100 ? next : first;
    if (tier === undefined) throw new Error('an environment without a tier has no edge');
    return tier.kind;
  }

  /** Names lead to their distribution where there is one, and the name of its origin to the tiers; otherwise names lead to the tiers. */
  private createRecords(distributions: readonly CreatedDistribution[]): void {
    const { domain, edge } = this.props;
    this.pointAtTiers([...new Set(distributions.flatMap(({ distribution }) => distribution.serviceNames))], false);
    // Names of a shared zone belong to the zone's stacks.
    if (domain.kind === 'shared') return;
    const names = [...domain.names, ...edge.redirects.map(({ from }) => from)];
    const distributionOf = (name: string) => distributions.find((one) => one.names.includes(name))?.distribution;
    this.pointAtTiers(
      names.filter((name) => distributionOf(name) === undefined),
      edge.proxied,
    );
    for (const name of names) {
      const distribution = distributionOf(name);
      if (distribution === undefined) continue;
      // Cloudflare's proxy is in front of the tiers only: one CDN is enough.
      this.createRecord(name, [{ id: 'cdn', destination: distribution.destination, percent: 100 }], false);
    }
    for (const name of domain.names) this.addOutput(`url_${outputName(name)}`, 'Public URL', `https://${name}`);
  }

  /** Publishes where names of a shared zone lead while this environment serves them, and how to try it before that. */
  private serveSharedNames(distribution: Distribution | undefined): ServingHandover | undefined {
    const { domain, edge, serving } = this.props;
    if (domain.kind !== 'shared') return undefined;
    const entries = edge.serving.flatMap(({ part, target }) => {
      const tier = part === 'serving' ? serving[0] : serving[1];
      const destination = target === 'distribution' ? distribution?.destination : tier?.destination(this);
      if (destination === undefined) return [];
      const address = addressOf(destination);
      if (part === 'serving') this.addTryOutputs(domain.names, address.value);
      return [[part, target === 'name' ? this.nameHost(domain, destination) : address] as const];
    });
    return Object.fromEntries(entries);
  }

  /** At Cloudflare every shared name is a CNAME, because a record that changes its type is deleted before it is created again. */
  private nameHost({ hostRecord: name, provider }: SharedDomain, destination: Destination): { readonly value: string } {
    DNS_PROVIDERS[provider].createServingRecords(this, 'record-host', {
      zoneId: this.domain.zoneId,
      name,
      shares: [{ id: 'host', destination, percent: 100 }],
      proxied: false,
    });
    return { value: name };
  }

  private addTryOutputs(names: readonly string[], address: string): void {
    for (const name of names) {
      this.addOutput(
        `try_${outputName(name)}`,
        `Requests ${name} from this environment, whichever serves it; works where visitors may reach the tier directly`,
        `curl --connect-to ${name}:443:${address}:443 https://${name}/`,
      );
    }
  }

  private pointAtTiers(names: readonly string[], proxied: boolean): void {
    if (names.length === 0) return;
    const { serving, edge } = this.props;
    const shares = serving.flatMap((tier, index): WeightedDestination[] => {
      const destination = tier.destination(this);
      const percent = index === 0 ? 100 - edge.nextTierPercent : edge.nextTierPercent;
      return destination === undefined ? [] : [{ id: tier.kind, destination, percent }];
    });
    for (const name of names) this.createRecord(name, shares, proxied);
  }

  private createRecord(name: string, shares: readonly WeightedDestination[], proxied: boolean): void {
    const { provider } = recordZone(this.props.domain);
    const { zoneId } = this.domain;
    DNS_PROVIDERS[provider].createServingRecords(this, `record-${hostId(name)}`, { zoneId, name, shares, proxied });
  }

  /** Always proxied, as Pages asks. */
  private createPages(): void {
    for (const frontend of this.props.edge.pages) {
      const accountId = cloudflareAccountId(this, this.cloudflareZone);
      const pages = new Pages(this, `frontend-${frontend.key}`, { accountId, frontend });
      for (const name of frontend.domains) {
        CLOUDFLARE.createServingRecords(this, `record-${hostId(name)}`, {
          zoneId: cloudflareZoneId(this, this.cloudflareZone),
          name,
          shares: [{ id: 'pages', destination: { kind: 'name', name: pages.hostName }, percent: 100 }],
          proxied: true,
        });
      }
    }
  }

  private createEmail(): void {
    const { domain, identity, data } = this.props;
    if (data.email === undefined) return;
    const dns = DNS_PROVIDERS[recordZone(domain).provider];
    new EmailDomain(this, 'email', { email: data.email, region: identity.region, dns, zoneId: this.domain.zoneId });
    this.addOutput(
      'email_status',
      'Whether receivers can verify the domain: DkimAttributes.Status and MailFromDomainStatus become SUCCESS within hours',
      `aws sesv2 get-email-identity --region ${identity.region} --email-identity ${data.email.domain}`,
    );
  }

  private createCloudflareRules(): void {
    const { cloudflareZone: rules } = this.props.edge;
    if (rules === undefined) return;
    new CloudflareZoneRules(this, 'cloudflare-zone', { zoneId: cloudflareZoneId(this, this.cloudflareZone), rules });
  }

  private get cloudflareZone(): CloudflareZoneProps {
    return { domain: this.props.domain, zoneId: this.domain.zoneId };
  }
}

function published({ distribution: { id, domainName } }: Pick<CreatedDistribution, 'distribution'>): {
  readonly id: string;
  readonly domainName: string;
} {
  return { id, domainName };
}

function publishedByFrontend(distributions: readonly CreatedDistribution[]): EdgeHandover['frontendDistributions'] {
  const entries = distributions.flatMap(({ of, ...one }) =>
    typeof of === 'string' ? [] : [[of.frontend, published(one)] as const],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What the zone's stack of names reads. */
function addressOf(destination: Destination): { readonly value: string; readonly hostedZoneId?: string } {
  switch (destination.kind) {
    case 'address':
      return { value: destination.address };
    case 'name':
      return { value: destination.name };
    case 'aws':
      return { value: destination.dnsName, hostedZoneId: destination.hostedZoneId };
  }
}
