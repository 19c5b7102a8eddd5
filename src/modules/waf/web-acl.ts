/** A web ACL: the environment's rules, their IP sets, and the log. */
import { Wafv2IpSet } from '@cdktf/provider-aws/lib/wafv2-ip-set';
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Construct } from 'constructs';
import type { ResolvedWaf } from '../../config/resolved/edge';
import { WebAclLog } from './logging';
import { visibility, webAclRules } from './rules';

export interface WebAclProps {
  readonly waf: ResolvedWaf;
  /** us-east-1 with scope CLOUDFRONT, otherwise the region of the load balancer. */
  readonly region: string;
  readonly accountId: string;
}

/** Allows every request that no rule blocks. */
export class WebAcl extends Construct {
  public readonly arn: string;
  /** The CloudWatch dimension `WebACL`. */
  public readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WebAclProps,
  ) {
    super(scope, id);
    const { waf, region, accountId } = props;
    const webAcl = new Wafv2WebAcl(this, 'acl', {
      name: waf.name,
      scope: waf.scope,
      region,
      defaultAction: { allow: {} },
      rule: [...webAclRules(waf.rules, { metricPrefix: waf.name, client: waf.client, addressLists: this.createAddressLists() })],
      visibilityConfig: visibility(waf.name),
    });
    new WebAclLog(this, 'log', { name: waf.name, webAclArn: webAcl.arn, logs: waf.logs, region, accountId });
    this.arn = webAcl.arn;
    this.name = waf.name;
  }

  /** Associates a load balancer; a distribution refers to the web ACL itself. */
  public guard(loadBalancerArn: string): void {
    new Wafv2WebAclAssociation(this, 'guarded', {
      webAclArn: this.arn,
      resourceArn: loadBalancerArn,
      region: this.props.region,
    });
  }

  private createAddressLists(): Readonly<Record<string, string>> {
    const { waf, region } = this.props;
    const lists = waf.rules.flatMap((rule) => {
      if (rule.kind !== 'addresses') return [];
      const list = new Wafv2IpSet(this, `addresses-${rule.key}`, {
        name: `${waf.name}-${rule.key}`,
        scope: waf.scope,
        region,
        ipAddressVersion: 'IPV4',
        addresses: [...rule.cidrs],
      });
      return [[rule.key, list.arn] as const];
    });
    return Object.fromEntries(lists);
  }
}
