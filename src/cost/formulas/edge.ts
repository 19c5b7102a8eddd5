/** CloudFront, firewalls, names and health checks, Cloudflare. */
import { isTrue, numberOf, textOf } from '../stacks';
import { nestedBlocks } from '../../terraform/root-module';
import { GLOBAL } from '../prices/table';
import { monthly, used, type Charge, type Formula } from '../charge';

/** The price area of CloudFront that visitors of a region are in. Source: CloudFront price page. */
function areaOf(region: string): string {
  if (/^(us|ca|mx)-/.test(region)) return 'us-canada-mexico';
  if (/^(eu|il)-/.test(region)) return 'europe-israel';
  if (region.startsWith('ap-south-')) return 'india';
  if (/^ap-northeast-(1|3)/.test(region)) return 'japan';
  if (/^ap-southeast-(2|4|6)/.test(region)) return 'australia-nz';
  if (/^(me|af)-/.test(region)) return 'south-africa-middle-east';
  if (region.startsWith('sa-')) return 'south-america';
  return 'asia-pacific-singapore-hongkong';
}

const distribution: Formula = (_, { usage, region, stacks }) => {
  const area = areaOf(region);
  const count = stacks.ofType('aws_cloudfront_distribution').length;
  const common = { kind: 'Edge and DNS', assumption: `visitors are in the price area ${area}` } as const;
  return [
    ...used({
      ...common,
      what: 'data to the internet',
      price: `cloudfront/out.first-10TB.${area}`,
      unit: 'GB',
      quantity: usage.transferOutGb.value / count,
    }),
    ...used({
      ...common,
      what: 'requests',
      price: `cloudfront/requests.https.${area}`,
      unit: '10000 requests',
      quantity: usage.requestsPerMonth.value / 10_000 / count,
    }),
  ];
};

/** Managed groups that cost more than the others. Source: WAF price page. */
const PAID_GROUPS: readonly string[] = [
  'AWSManagedRulesBotControlRuleSet',
  'AWSManagedRulesATPRuleSet',
  'AWSManagedRulesACFPRuleSet',
  'AWSManagedRulesAntiDDoSRuleSet',
];

const webAcl: Formula = (block, { usage, region, stacks }) => {
  const place = block.scope === 'CLOUDFRONT' ? GLOBAL : region;
  const rules = nestedBlocks(block.rule);
  const paid = rules.filter((rule) => PAID_GROUPS.some((group) => JSON.stringify(rule).includes(group)));
  const charges: readonly Charge[] = [
    monthly('Edge and DNS', 'web ACL', 'waf/web-acl', 'month'),
    monthly('Edge and DNS', `${rules.length} rules and managed groups`, 'waf/rule-or-managed-group', 'month', rules.length),
    ...paid.map(({ name }) => monthly('Edge and DNS', `group ${textOf(name)}`, 'waf/paid-managed-group', 'month')),
    ...used({
      kind: 'Edge and DNS',
      what: 'inspected requests',
      price: 'waf/requests',
      unit: 'million requests',
      quantity: usage.requestsPerMonth.value / 1_000_000 / stacks.ofType('aws_wafv2_web_acl').length,
    }),
  ];
  return charges.map((charge) => ({ ...charge, region: place }));
};

/** Share of requests that resolves the name at Route 53; the others have it in a cache. */
const LOOKED_UP = 0.1;

const zone: Formula = (_, { usage, stacks }) => [
  monthly('Edge and DNS', 'hosted zone', 'route53/hosted-zone.first-25', 'zone-month'),
  ...used({
    kind: 'Edge and DNS',
    what: 'DNS queries',
    price: 'route53/queries.standard',
    unit: 'million queries',
    quantity: (usage.requestsPerMonth.value * LOOKED_UP) / 1_000_000 / stacks.ofType('aws_route53_zone').length,
    assumption: 'one request in ten resolves the name',
  }),
];

/**
 * The private zone of services. A container asks for each name that it calls at most once in ten seconds: 260,000 queries a month,
 * which are left out. Entries of ECS are free of charge.
 */
const privateZone: Formula = () => [
  monthly('Edge and DNS', 'hosted zone of services', 'route53/hosted-zone.first-25', 'zone-month'),
];

/** Options are HTTPS, matching a string, a fast interval and measuring latency; endpoints outside AWS cost more. */
const healthCheck: Formula = (block, { stacks }) => {
  const place = stacks.ofType('aws_route53_record').length > 0 ? 'aws-endpoint' : 'other-endpoint';
  const type = textOf(block.type);
  const options = [
    type.startsWith('HTTPS'),
    type.endsWith('STR_MATCH'),
    numberOf(block.request_interval) === 10,
    isTrue(block.measure_latency),
  ];
  const count = options.filter(Boolean).length;
  return [
    monthly('Monitoring', `health check, ${place.replace('-', ' ')}`, `route53/health-check.${place}`, 'month'),
    ...(count === 0
      ? []
      : [
          monthly(
            'Monitoring',
            `options of the health check: ${count}`,
            `route53/health-check.option.${place}`,
            'option-month',
            count,
          ),
        ]),
  ];
};

const certificate: Formula = () => [monthly('Edge and DNS', 'public certificate', 'acm/public-certificate', 'month')];

const pages: Formula = () => [monthly('Edge and DNS', 'Cloudflare Pages, free plan', 'cloudflare/pages.free', 'month')];

export const EDGE: Readonly<Record<string, Formula>> = {
  aws_cloudfront_distribution: distribution,
  aws_wafv2_web_acl: webAcl,
  aws_route53_zone: zone,
  aws_service_discovery_private_dns_namespace: privateZone,
  aws_route53_health_check: healthCheck,
  aws_acm_certificate: certificate,
  cloudflare_pages_project: pages,
};
