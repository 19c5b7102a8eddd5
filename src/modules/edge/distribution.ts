/** One CloudFront distribution for some names of an environment: a name cannot be on two distributions. */
import {
  CloudfrontDistribution,
  type CloudfrontDistributionCustomErrorResponse,
  type CloudfrontDistributionOrigin,
} from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { Construct } from 'constructs';
import type { ResolvedDistribution } from '../../config/resolved/edge';
import { PORTS } from '../../config/tables/ports';
import type { Destination } from '../dns/dns-provider';
import { CdnAccessLogs } from './access-logs';
import { behavior, dependsOnHost, type OwnPolicies } from './cache-behaviors';
import { HostCachePolicy } from './host-cache-policy';
import { SecurityHeaders } from './security-headers';

/** TLS 1.2 with the ciphers of 2021, and newer. */
const MINIMUM_TLS = 'TLSv1.2_2021';

/** Seconds that CloudFront keeps an idle connection to a service; the load balancer keeps it for at least 60 (`edge.idleTimeoutSeconds`). */
const KEEPALIVE_SECONDS = 5;

/** Seconds that CloudFront keeps an error page. AWS's default, stated so that a change of it is noticed. */
const ERROR_PAGE_SECONDS = 10;

/** How CloudFront reaches an origin. */
export interface OriginPlace {
  readonly domainName: string;
  /** With an internal load balancer: the origin inside the VPC. */
  readonly vpcOriginId?: string;
  /** With a bucket: how CloudFront signs its requests. */
  readonly accessControlId?: string;
  /** The function that sees requests first: it maps paths to files, asks for a login, or answers with a redirect. */
  readonly functionArn?: string;
}

export interface DistributionProps {
  readonly distribution: ResolvedDistribution;
  /** Kind of origin to its place. */
  readonly places: Readonly<Partial<Record<ResolvedDistribution['origins'][number]['kind'], OriginPlace>>>;
  /** In us-east-1, for all names. */
  readonly certificateArn: string;
  readonly webAclArn?: string;
  readonly logBucketArn: string;
}

/** The distribution, the headers it adds, and its access logs. */
export class Distribution extends Construct {
  public readonly id: string;
  public readonly arn: string;
  public readonly domainName: string;
  /** What the names of the distribution lead to. */
  public readonly destination: Destination;
  /** The host names under which CloudFront requests the services; none with VPC origins. */
  public readonly serviceNames: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DistributionProps,
  ) {
    super(scope, id);
    const { distribution, logBucketArn } = props;
    const made = this.createDistribution(this.createPolicies());
    new CdnAccessLogs(this, 'logs', { name: `${distribution.name}-cdn`, distributionArn: made.arn, logBucketArn });
    this.id = made.id;
    this.arn = made.arn;
    this.domainName = made.domainName;
    this.destination = {
      kind: 'aws',
      dnsName: made.domainName,
      hostedZoneId: made.hostedZoneId,
      ipv6: true,
      followsHealth: false,
    };
    this.serviceNames = distribution.origins.flatMap((origin) =>
      origin.kind === 'services' && origin.access === 'prefix-list' ? [origin.hostName] : [],
    );
  }

  private createPolicies(): OwnPolicies {
    const { distribution } = this.props;
    const headers = new SecurityHeaders(this, 'headers', {
      name: `${distribution.name}-security`,
      strictTransportSecurity: distribution.strictTransportSecurity,
      contentSecurityPolicy: distribution.contentSecurityPolicy,
    });
    const byHost = [distribution.fallback, ...distribution.behaviors].some(dependsOnHost)
      ? new HostCachePolicy(this, 'cache', { name: `${distribution.name}-by-host` })
      : undefined;
    return { responseHeadersPolicyId: headers.id, hostCachePolicyId: byHost?.id };
  }

  private createDistribution(policies: OwnPolicies): CloudfrontDistribution {
    const { distribution, certificateArn, webAclArn } = this.props;
    const { name, names, priceClass, fallback, behaviors } = distribution;
    return new CloudfrontDistribution(this, 'distribution', {
      comment: name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: 'http2and3',
      priceClass,
      aliases: [...names],
      defaultRootObject: fallback.origin === 'static-site' ? 'index.html' : undefined,
      webAclId: webAclArn,
      origin: this.origins(),
      customErrorResponse: this.errorResponses(),
      defaultCacheBehavior: { ...behavior(fallback, policies), functionAssociation: this.functions(fallback.origin) },
      orderedCacheBehavior: behaviors.map((entry) => ({
        pathPattern: entry.pattern,
        ...behavior(entry, policies),
        functionAssociation: this.functions(entry.origin),
      })),
      viewerCertificate: { acmCertificateArn: certificateArn, sslSupportMethod: 'sni-only', minimumProtocolVersion: MINIMUM_TLS },
      restrictions: { geoRestriction: { restrictionType: 'none' } },
    });
  }

  private origins(): CloudfrontDistributionOrigin[] {
    return this.props.distribution.origins.map((origin) => {
      const { domainName, accessControlId, vpcOriginId } = this.place(origin.kind);
      if (origin.kind === 'static-site') return { originId: origin.kind, domainName, originAccessControlId: accessControlId };
      const timeouts = {
        originReadTimeout: origin.kind === 'services' ? origin.timeoutSeconds : undefined,
        originKeepaliveTimeout: KEEPALIVE_SECONDS,
      };
      if (vpcOriginId !== undefined) return { originId: origin.kind, domainName, vpcOriginConfig: { vpcOriginId, ...timeouts } };
      return {
        originId: origin.kind,
        domainName,
        customOriginConfig: {
          httpPort: PORTS.http,
          httpsPort: PORTS.https,
          originProtocolPolicy: 'https-only',
          originSslProtocols: ['TLSv1.2'],
          ...timeouts,
        },
      };
    });
  }

  /**
   * The page of the site for what is missing. CloudFront applies an error page to every path of a distribution, so responses of
   * services keep theirs.
   */
  private errorResponses(): CloudfrontDistributionCustomErrorResponse[] | undefined {
    const [only, ...others] = this.props.distribution.origins;
    if (only?.kind !== 'static-site' || only.frontend.pages !== 'directories' || others.length > 0) return undefined;
    return [{ errorCode: 404, responseCode: 404, responsePagePath: '/404.html', errorCachingMinTtl: ERROR_PAGE_SECONDS }];
  }

  private functions(origin: ResolvedDistribution['fallback']['origin']) {
    const { functionArn } = this.place(origin);
    return functionArn === undefined ? undefined : [{ eventType: 'viewer-request', functionArn }];
  }

  private place(kind: ResolvedDistribution['origins'][number]['kind']): OriginPlace {
    const place = this.props.places[kind];
    if (place === undefined) throw new Error(`the distribution ${this.props.distribution.name} has no place for ${kind}`);
    return place;
  }
}
