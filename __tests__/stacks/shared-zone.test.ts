/** The stacks of a zone that several environments share, with each provider. */
import {
  parseEnvironment,
  zonesInUse,
  type EnvironmentInput,
  type ResolvedEnvironment,
  type SharedZoneInput,
} from '../../src/config';
import { addZone } from '../../src/stacks/shared-zone';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { ownedTwice, type Stacks } from '../support/ownership';
import { danglingReferences } from '../support/references';
import { resourcesOf, synthApp, synthEnvironment, theOnly, type RootModule } from '../support/synth';

const NAMES = ['shop.example', 'api.shop.example'];

const zoneOf = (changes: Partial<SharedZoneInput> = {}): SharedZoneInput => ({
  zone: 'shop.example',
  provider: 'route53',
  servedBy: 'shop-mvp',
  ...changes,
});

const domainIn = (zone: SharedZoneInput, names = NAMES): EnvironmentInput['domain'] => ({ kind: 'shared', zone, names });

/** A single host, Fargate and Kubernetes on the same names. */
function climb(zone: SharedZoneInput, changes: Partial<EnvironmentInput> = {}): readonly ResolvedEnvironment[] {
  const domain = domainIn(zone);
  return [
    boxed({ name: 'shop-mvp', domain }),
    example({ name: 'shop-growth', domain, ...changes }),
    example({ name: 'shop-scale', tier: 'kubernetes', domain }),
  ].map((input) => parseEnvironment(input));
}

const zoneStacks = (environments: readonly ResolvedEnvironment[]): Stacks =>
  Object.assign({}, ...zonesInUse(environments).map((zone) => synthApp((app) => addZone(app, zone)))) as Stacks;

const every = (environments: readonly ResolvedEnvironment[]): Stacks =>
  Object.assign(zoneStacks(environments), ...environments.map((environment) => synthEnvironment(environment))) as Stacks;

const namesOf = (zone: SharedZoneInput, changes: Partial<EnvironmentInput> = {}): RootModule =>
  zoneStacks(climb(zone, changes))['zone-shop-example-names'] as RootModule;

const CLOUDFLARE: Partial<SharedZoneInput> = { provider: 'cloudflare', cloudflare: { plan: 'free' } };

describe('the stacks of a shared zone', () => {
  it('own what environments with the same names would own twice', () => {
    expect(ownedTwice(every(climb(zoneOf())))).toEqual([]);
    const apart = climb(zoneOf()).map(({ identity: { environment } }) =>
      parseEnvironment(example({ name: environment, domain: { zone: 'shop.example', provider: 'route53', names: NAMES } })),
    );
    expect(ownedTwice(every(apart))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^name shop\.example: shop-growth-edge, shop-mvp-edge/),
        expect.stringMatching(/^proof of api\.shop\.example: /),
        expect.stringMatching(/^CAA of shop\.example: /),
        expect.stringMatching(/^certificate of shop\.example in eu-west-1: /),
      ]),
    );
  });

  it('have settings and rules once at Cloudflare, whichever environments there are', () => {
    const [mvp] = climb(zoneOf(CLOUDFLARE));
    const alone = zoneStacks([mvp!])['zone-shop-example'] as RootModule;
    expect(resourcesOf(alone, 'cloudflare_zone_setting').map(({ setting_id: id, value }) => [id, value])).toEqual(
      expect.arrayContaining([['ssl', 'strict']]),
    );
    expect(resourcesOf(alone, 'cloudflare_ruleset').map(({ phase }) => phase)).toContain('http_config_settings');
    expect(ownedTwice(every(climb(zoneOf(CLOUDFLARE))))).toEqual([]);
  });

  it('have one certificate for the names of every environment that uses one, and none where none does', () => {
    const growth = climb(zoneOf(), { domain: domainIn(zoneOf(), [...NAMES, 'www.shop.example']) });
    const zone = zoneStacks(growth)['zone-shop-example'] as RootModule;
    expect(theOnly(zone, 'aws_acm_certificate')).toMatchObject({
      domain_name: 'api.shop.example',
      subject_alternative_names: ['shop.example', 'www.shop.example'],
      region: 'eu-west-1',
    });
    expect(resourcesOf(zone, 'aws_route53_record').filter(({ type }) => type === 'CNAME')).toHaveLength(3);
    const host = zoneStacks(climb(zoneOf()).slice(0, 1))['zone-shop-example'] as RootModule;
    expect(resourcesOf(host, 'aws_acm_certificate')).toEqual([]);
    expect(host.output?.certificate_arns?.value).toEqual({});
  });

  it('have another one in us-east-1 for CloudFront, with the same validation records', () => {
    const zone = zoneStacks(climb(zoneOf(), { edge: { cdn: {} } }))['zone-shop-example'] as RootModule;
    expect(Object.keys(zone.output?.certificate_arns?.value as object)).toEqual(['eu-west-1', 'us-east-1']);
    expect(resourcesOf(zone, 'aws_route53_record').filter(({ type }) => type === 'CNAME')).toHaveLength(2);
  });

  it('do not depend on the order of the environments', () => {
    const environments = climb(zoneOf(CLOUDFLARE));
    expect(zoneStacks([...environments].reverse())).toEqual(zoneStacks(environments));
  });

  it('list the name servers of a zone that they create, and keep it by default', () => {
    const created = (changes: Partial<SharedZoneInput>) =>
      zoneStacks(climb(zoneOf({ zoneSource: 'create', ...changes })))['zone-shop-example'] as RootModule;
    expect(theOnly(created({}), 'aws_route53_zone').lifecycle).toEqual({ prevent_destroy: true });
    expect(created({}).output?.name_servers?.description).toContain('registrar of shop.example');
    expect(theOnly(created({ protect: false }), 'aws_route53_zone').lifecycle).toBeUndefined();
  });
});

describe('an environment with names in a shared zone', () => {
  const [mvp, growth] = climb(zoneOf());

  it('has no domain stack, and no record of the names', () => {
    const stacks = synthEnvironment(growth!);
    expect(Object.keys(stacks)).not.toContain('shop-growth-domain');
    expect(resourcesOf(stacks['shop-growth-edge'] as RootModule, 'aws_route53_record')).toEqual([]);
  });

  it('reads the zone, and its certificate only where it uses one', () => {
    const compute = synthEnvironment(growth!)['shop-growth-compute-fargate'] as RootModule;
    expect(JSON.stringify(compute.resource?.aws_lb_listener)).toContain(
      'data.terraform_remote_state.zone-shop-example.outputs.certificate_arns.eu-west-1',
    );
    expect(danglingReferences(compute)).toEqual([]);
    expect(JSON.stringify(synthEnvironment(mvp!))).not.toContain('certificate_arns');
  });

  it('publishes where names lead while it serves them, and how to try it before', () => {
    const edge = synthEnvironment(growth!)['shop-growth-edge'] as RootModule;
    expect(edge.output?.serving?.value).toEqual({
      serving: {
        value: '${data.terraform_remote_state.compute-fargate.outputs.load_balancer.dns_name}',
        hosted_zone_id: '${data.terraform_remote_state.compute-fargate.outputs.load_balancer.hosted_zone_id}',
      },
    });
    expect(edge.output?.try_api_shop_example?.value).toBe(
      'curl --connect-to api.shop.example:443:${data.terraform_remote_state.compute-fargate.outputs.load_balancer.dns_name}:443 https://api.shop.example/',
    );
    expect(edge.output).not.toHaveProperty('url_shop_example');
  });

  it('gives a single host at Cloudflare a name, so that shared names are CNAME records on every tier', () => {
    const [host] = climb(zoneOf(CLOUDFLARE));
    const edge = synthEnvironment(host!)['shop-mvp-edge'] as RootModule;
    expect(theOnly(edge, 'cloudflare_dns_record')).toMatchObject({ name: 'shop-mvp.shop.example', type: 'A', proxied: false });
    expect(edge.output?.serving?.value).toEqual({ serving: { value: 'shop-mvp.shop.example' } });
  });
});

describe('the names of a shared zone', () => {
  const records = (module: RootModule) => ({ ...module.resource?.aws_route53_record, ...module.resource?.cloudflare_dns_record });

  it('are changed in place by a switch: Route 53 keeps identifier and address, Cloudflare the type', () => {
    const servers = ['shop-mvp', 'shop-growth', 'shop-scale'];
    const onRoute53 = servers.map((servedBy) => records(namesOf(zoneOf({ servedBy }))));
    for (const one of onRoute53) {
      expect(Object.keys(one)).toEqual(['record-api-shop-example-serving', 'record-shop-example-serving']);
      for (const record of Object.values(one)) expect(record).toMatchObject({ type: 'A', set_identifier: 'serving' });
    }
    expect(onRoute53[0]?.['record-shop-example-serving']?.records).toEqual([
      '${data.terraform_remote_state.shop-mvp-edge.outputs.serving.serving.value}',
    ]);
    expect(onRoute53[1]?.['record-shop-example-serving']?.alias).toMatchObject({ evaluate_target_health: true });
    for (const servedBy of servers) {
      const one = records(namesOf(zoneOf({ ...CLOUDFLARE, servedBy })));
      expect(Object.keys(one)).toEqual(['record-api-shop-example', 'record-shop-example']);
      for (const record of Object.values(one)) expect(record).toMatchObject({ type: 'CNAME', proxied: true });
    }
  });

  it('lead to CloudFront where the environment has it, in IPv6 too', () => {
    const module = namesOf(zoneOf({ servedBy: 'shop-growth' }), { edge: { cdn: {} } });
    expect(Object.keys(records(module))).toContain('record-shop-example-serving-ipv6');
    expect(records(module)['record-shop-example-serving']?.alias).toMatchObject({ evaluate_target_health: false });
  });

  it('are shared with the next tier by the share of the environment', () => {
    const module = namesOf(zoneOf({ servedBy: 'shop-growth' }), { nextTier: 'kubernetes', edge: { nextTierPercent: 20 } });
    const weights = Object.entries(records(module)).map(([address, block]) => [address, block.weighted_routing_policy.weight]);
    expect(weights).toEqual(
      expect.arrayContaining([
        ['record-shop-example-serving', 80],
        ['record-shop-example-next', 20],
      ]),
    );
  });

  it('can lead to different environments, name by name', () => {
    const module = namesOf(zoneOf({ servedBy: { 'shop.example': 'shop-growth', 'api.shop.example': 'shop-mvp' } }));
    expect(Object.keys(module.data?.terraform_remote_state ?? {}).sort()).toEqual(['shop-growth-edge', 'shop-mvp-edge', 'zone']);
    expect(module.output?.url_api_shop_example?.description).toContain('shop-mvp');
    expect(danglingReferences(module)).toEqual([]);
  });
});
