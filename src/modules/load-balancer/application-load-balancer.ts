/** The entry point of the services: HTTPS, with a redirect from HTTP, and 404 for requests that no route matches. */
import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener, type LbListenerDefaultAction } from '@cdktf/provider-aws/lib/lb-listener';
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { Construct } from 'constructs';
import type { Redirect } from '../../config/calculations/redirects';
import { resourceName } from '../../config/names';
import type { ResolvedEdge } from '../../config/resolved/edge';
import { PORTS } from '../../config/tables/ports';
import { TLS_POLICY } from '../../config/tables/tls-policy';
import { allowIngress, ClosedSecurityGroup, type Peer } from '../security-group/security-group';
import { LOAD_BALANCER_LOG_PREFIX } from '../storage/bucket-policy';
import {
  createTargetGroups,
  createTargets,
  type BalancedService,
  type BalancerTarget,
  type TargetGroups,
} from './balancer-targets';
import { permanentRedirect, planRedirects } from './redirect-rules';
import { planRouting } from './route-priorities';

export interface ApplicationLoadBalancerProps {
  readonly environment: string;
  readonly vpcId: string;
  /** Whether it has public addresses. */
  readonly scheme: ResolvedEdge['balancerScheme'];
  /** In at least two zones, which AWS requires (`balancerSubnetIds`). */
  readonly subnetIds: readonly string[];
  /** Who may connect on 443 and 80. */
  readonly admits: readonly Peer[];
  /** A certificate of this region for every host name. */
  readonly certificateArn: string;
  /** The bucket of access logs; its policy admits the region's log delivery. */
  readonly logBucketName: string;
  /** Seconds after which a connection is closed on which nothing is sent. */
  readonly idleTimeoutSeconds: number;
  /** Deletion protection: it cannot be deleted while this is on. */
  readonly protect: boolean;
  /** Value of the header `Strict-Transport-Security` of every response. @default the application decides */
  readonly strictTransportSecurity?: string;
  /** Those with at least one route. */
  readonly services: readonly BalancedService[];
  /** The only host names that it answers; 404 for others. @default every name */
  readonly knownHosts?: readonly string[];
  /** Host names that it redirects to others, before all routes. @default none */
  readonly redirects?: readonly Redirect[];
  /** Its targets: addresses of tasks, or whole instances. @default 'ip' */
  readonly targetType?: 'ip' | 'instance';
}

/** An application load balancer with its listeners, rules and target groups. */
export class ApplicationLoadBalancer extends Construct {
  public readonly arn: string;
  public readonly arnSuffix: string;
  public readonly dnsName: string;
  public readonly hostedZoneId: string;
  /** The listener of HTTPS. */
  public readonly listenerArn: string;
  public readonly securityGroupId: string;
  /** Service key to its target. */
  public readonly targets: ReadonlyMap<string, BalancerTarget>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationLoadBalancerProps,
  ) {
    super(scope, id);
    const securityGroupId = this.securityGroup();
    const balancer = this.balancer(securityGroupId);
    this.redirectListener(balancer);

    const { environment, vpcId, services, targetType } = props;
    const groups = createTargetGroups(this, services, { environment, vpcId, targetType });
    const { rules, defaultService } = planRouting(services, props.knownHosts);
    const listener = this.secureListener(balancer, this.defaultAction(defaultService, groups));
    this.redirects(listener);
    const reached = { listenerArn: listener.arn, balancerSecurityGroupId: securityGroupId, ready: listener };
    this.targets = createTargets(this, { ...reached, groups, rules });
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.dnsName = balancer.dnsName;
    this.hostedZoneId = balancer.zoneId;
    this.listenerArn = listener.arn;
    this.securityGroupId = securityGroupId;
  }

  private securityGroup(): string {
    const { environment, vpcId, admits } = this.props;
    const { id } = new ClosedSecurityGroup(this, 'security', {
      name: resourceName(environment, 'load-balancer', 'securityGroup'),
      description: 'Load balancer: HTTPS from outside, HTTP for the redirect',
      vpcId,
    });
    admits.forEach((peer, index) => {
      const suffix = index === 0 ? '' : `-${index}`;
      allowIngress(this, `https${suffix}`, { securityGroupId: id, peer, port: PORTS.https, description: 'HTTPS' });
      // CloudFront connects by HTTPS only, and its prefix list counts as 55 of the 60 rules that a group may have.
      if ('prefixListId' in peer) return;
      allowIngress(this, `http${suffix}`, {
        securityGroupId: id,
        peer,
        port: PORTS.http,
        description: 'HTTP, answered with a redirect',
      });
    });
    return id;
  }

  private balancer(securityGroupId: string): Lb {
    const { environment, scheme, subnetIds, logBucketName, protect, idleTimeoutSeconds } = this.props;
    return new Lb(this, 'balancer', {
      name: resourceName(environment, scheme === 'internal' ? 'private' : 'public', 'loadBalancer'),
      loadBalancerType: 'application',
      internal: scheme === 'internal',
      subnets: [...subnetIds],
      securityGroups: [securityGroupId],
      enableDeletionProtection: protect,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: 'defensive',
      preserveHostHeader: true,
      enableHttp2: true,
      idleTimeout: idleTimeoutSeconds,
      accessLogs: { bucket: logBucketName, prefix: LOAD_BALANCER_LOG_PREFIX, enabled: true },
    });
  }

  private redirectListener(balancer: Lb): void {
    new LbListener(this, 'redirect', {
      loadBalancerArn: balancer.arn,
      port: PORTS.http,
      protocol: 'HTTP',
      defaultAction: [{ type: 'redirect', redirect: { protocol: 'HTTPS', port: String(PORTS.https), statusCode: 'HTTP_301' } }],
    });
  }

  private secureListener(balancer: Lb, defaultAction: LbListenerDefaultAction): LbListener {
    return new LbListener(this, 'listener', {
      loadBalancerArn: balancer.arn,
      port: PORTS.https,
      protocol: 'HTTPS',
      sslPolicy: TLS_POLICY,
      certificateArn: this.props.certificateArn,
      defaultAction: [defaultAction],
      routingHttpResponseStrictTransportSecurityHeaderValue: this.props.strictTransportSecurity,
    });
  }

  /** Matched before routes for every host name. */
  private redirects(listener: LbListener): void {
    const { redirects = [], services } = this.props;
    for (const { id, priority, hosts, target } of planRedirects(redirects, services)) {
      new LbListenerRule(this, id, {
        listenerArn: listener.arn,
        priority,
        action: [{ type: 'redirect', redirect: permanentRedirect(target) }],
        condition: [{ hostHeader: { values: [...hosts] } }],
      });
    }
  }

  private defaultAction(service: string | undefined, groups: TargetGroups): LbListenerDefaultAction {
    if (service !== undefined) return { type: 'forward', targetGroupArn: groups.get(service)?.arn };
    return { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', messageBody: 'Not found', statusCode: '404' } };
  }
}
