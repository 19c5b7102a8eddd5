/** Each formula, on cases that were calculated by hand; and what has no formula. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FORMULAS } from '../../src/cost/formulas';
import { NO_CHARGE } from '../../src/cost/no-charge';
import { CASES } from './cases';
import { costOfResources, dollarsOf } from './support';

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  it.each(Object.entries(cases))('%s', (_name, { resources, usd, price, ...options }) => {
    const cost = costOfResources(resources, options);
    expect(cost.unknown).toEqual([]);
    expect(dollarsOf(cost, price)).toBeCloseTo(usd, 6);
  });
});

test('every formula has a case', () => {
  expect(Object.keys(FORMULAS).filter((type) => !(type in CASES))).toEqual([]);
});

/** The types that the source can create: what it imports from the providers. */
function typesOfSource(): readonly string[] {
  const root = join(__dirname, '../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const imports = files.flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/@cdktf\/provider-([a-z]+)\/lib\/([a-z0-9-]+)'/g),
  ]);
  const types = imports
    .filter(([, , name]) => name !== 'provider' && !name?.startsWith('data-'))
    .map(([, provider, name]) => `${provider}_${name?.replaceAll('-', '_')}`);
  return [...new Set(types)].sort();
}

describe('resource types', () => {
  it('of the source have a formula, or cost nothing for a reason', () => {
    const types = typesOfSource();
    expect(types).toContain('aws_db_instance');
    expect(types.filter((type) => !(type in FORMULAS) && !NO_CHARGE.has(type))).toEqual([]);
  });

  it('have one of the two, not both', () => {
    expect([...NO_CHARGE.keys()].filter((type) => type in FORMULAS)).toEqual([]);
  });

  it('that are in neither list are unknown, never zero', () => {
    const { total, unknown } = costOfResources({ aws_new_thing: { thing: {} } });
    expect(total.expected).toBe(0);
    expect(unknown).toEqual([
      expect.objectContaining({ address: 'aws_new_thing.thing', reason: expect.stringContaining('no formula') }),
    ]);
  });
});

describe('a price that the table lacks', () => {
  it('makes the charge unknown, and names key and region', () => {
    const { unknown, lines } = costOfResources({ aws_eip: { a: {} } }, { region: 'sa-east-1' });
    expect(lines).toEqual([]);
    expect(unknown[0]?.reason).toContain('no price vpc/public-ipv4.in-use-or-idle in sa-east-1');
  });

  it.each([
    ['a type of host', { aws_instance: { box: { instance_type: 'x9.large' } } }, 'ec2/x9.large'],
    [
      'Spot nodes',
      {
        aws_eks_node_group: {
          nodes: { instance_types: ['t3.medium'], capacity_type: 'SPOT', scaling_config: { min_size: 1, max_size: 1 } },
        },
      },
      'ec2/t3.medium.spot',
    ],
    [
      'enhanced Container Insights',
      { aws_ecs_cluster: { cluster: { setting: [{ name: 'containerInsights', value: 'enhanced' }] } } },
      'enhanced',
    ],
    ['a network load balancer', { aws_lb: { nlb: { load_balancer_type: 'network' } } }, 'elb/nlb.hour'],
    [
      'a load balancer of a Kubernetes service',
      { kubernetes_service_v1: { api: { spec: { type: 'LoadBalancer' } } } },
      'elb/nlb.hour',
    ],
    ['an advanced parameter', { aws_ssm_parameter: { p: { tier: 'Advanced' } } }, 'ssm/advanced-parameter'],
    ['data events', { aws_cloudtrail: { trail: { event_selector: [{}] } } }, 'data-events'],
    [
      'text messages to another country',
      { aws_sns_topic_subscription: { s: { protocol: 'sms', endpoint: '+6281234567890' } } },
      'sns/sms.other',
    ],
    [
      'a managed group with a price',
      {
        aws_wafv2_web_acl: {
          acl: { scope: 'CLOUDFRONT', rule: [{ name: 'bots', statement: { name: 'AWSManagedRulesBotControlRuleSet' } }] },
        },
      },
      'paid-managed-group',
    ],
  ])('is %s', (_, resources, key) => {
    expect(
      costOfResources(resources)
        .unknown.map(({ reason }) => reason)
        .join(),
    ).toContain(key);
  });
});
