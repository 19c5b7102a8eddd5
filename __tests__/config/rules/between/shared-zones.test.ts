/** The rules between environments about names and shared zones, each with a set that is accepted and one that is refused. */
import { checkBetween, parseEnvironment, type EnvironmentInput, type SharedZoneInput } from '../../../../src/config';
import { boxed } from '../../../support/boxed';
import { inZone } from '../../../support/command';
import { example } from '../../../support/example';

/** Every report; empty when the environments agree. */
const conflicts = (...inputs: readonly EnvironmentInput[]): string =>
  checkBetween({ environments: inputs.map((input) => parseEnvironment(input)), recordedVolumes: {} })
    .map(({ message }) => message)
    .join('\n');

const zone: SharedZoneInput = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-a' };

/** An environment in the shared zone. */
const member = (
  name: string,
  changes: Partial<EnvironmentInput> = {},
  description: Partial<SharedZoneInput> = {},
  names = ['shop.example'],
): EnvironmentInput => example({ name, domain: { kind: 'shared', zone: { ...zone, ...description }, names }, ...changes });

describe('name-owner', () => {
  const own = (name: string, changes: Partial<EnvironmentInput> = {}) => example({ name, domain: inZone(name), ...changes });

  it('accepts environments with different names in one zone, and the same names in a shared one', () => {
    expect(conflicts(own('shop-a'), own('shop-b'))).toBe('');
    expect(conflicts(member('shop-a'), member('shop-b'))).toBe('');
  });

  it('refuses a name of two environments, with the way to share it', () =>
    expect(conflicts(own('shop-a'), own('shop-b', { domain: inZone('shop-a') }))).toMatch(
      /^shop-b: 1 problem\n.*domain\.names\[0\] {2}\[name-owner\][\s\S]*the name shop-a\.shop\.example: shop-a has it[\s\S]*share the zone/,
    ));

  it('refuses a name of a shared zone in an environment that is outside of it', () =>
    expect(conflicts(member('shop-a'), example({ name: 'shop-b' }))).toMatch(
      /the name shop\.example: the shared zone shop\.example/,
    ));

  it('refuses a name of a Pages project that another environment has', () => {
    const cloudflare = { domain: { ...inZone('shop-b'), provider: 'cloudflare' } } as const;
    const repository = { owner: 'shop', name: 'web' };
    const site = (domain: string): EnvironmentInput['frontends'] => ({
      web: { kind: 'cloudflare-pages', project: 'web', repository, buildCommand: 'make', output: 'out', domains: [domain] },
    });
    const withSite = (domain: string) => own('shop-b', { ...cloudflare, frontends: site(domain) });
    expect(conflicts(own('shop-a'), withSite('www.shop.example'))).toBe('');
    expect(conflicts(own('shop-a'), withSite('shop-a.shop.example'))).toMatch(/frontends\.web\.domains\[0\] {2}\[name-owner\]/);
  });

  it('refuses a name that is the record of a host in a shared zone', () => {
    const atCloudflare = { provider: 'cloudflare', servedBy: 'shop-b' } as const;
    const description = { ...zone, ...atCloudflare };
    const host = boxed({ name: 'shop-b', domain: { kind: 'shared', zone: description, names: ['shop.example'] } });
    expect(conflicts(member('shop-a', {}, atCloudflare), host)).toBe('');
    const names = ['shop.example', 'shop-b.shop.example'];
    expect(conflicts(member('shop-a', {}, atCloudflare, names), host)).toMatch(/^shop-b: 1 problem\n.*name {2}\[name-owner\]/);
  });
});

describe('zone-owner', () => {
  it('refuses an environment that owns part of a shared zone', () =>
    expect(
      conflicts(
        member('shop-a'),
        example({ name: 'shop-b', domain: { ...inZone('shop-b'), certificateAuthorities: ['amazon.com'] } }),
      ),
    ).toMatch(/CAA records of the route53 zone shop\.example: the shared zone shop\.example has it/));
});

describe('shared-zone-description', () => {
  it('refuses two descriptions of one zone', () =>
    expect(conflicts(member('shop-a'), member('shop-b', {}, { servedBy: 'shop-b', tags: { team: 'web' } }))).toMatch(
      /^shop-b: 2 problems[\s\S]*domain\.zone\.servedBy {2}\[shared-zone-description\][\s\S]*"shop-a", as in shop-a/,
    ));

  it('refuses an environment in another account, or with another state store', () => {
    const report = conflicts(
      member('shop-a'),
      member('shop-b', { account: '210987654321', backend: { kind: 'cloud', organization: 'acme' } }),
    );
    expect(report).toMatch(/account {2}\[shared-zone-description\][\s\S]*delegatedZone/);
    expect(report).toMatch(/backend {2}\[shared-zone-description\][\s\S]*one state store/);
  });
});

describe('shared-zone-served', () => {
  it('refuses an environment that is not in the zone', () =>
    expect(conflicts(member('shop-b'), member('shop-c'))).toMatch(
      /domain\.zone\.servedBy {2}\[shared-zone-served\]\s+received {2}"shop-a"[\s\S]*shop-b, shop-c/,
    ));

  it('refuses a name that its environment does not list, and accepts one that it does', () => {
    const servedBy = { 'shop.example': 'shop-a', 'www.shop.example': 'shop-b' };
    expect(conflicts(member('shop-a', {}, { servedBy }), member('shop-b', {}, { servedBy }, ['www.shop.example']))).toBe('');
    expect(conflicts(member('shop-a', {}, { servedBy }), member('shop-b', {}, { servedBy }))).toMatch(
      /servedBy\.www\.shop\.example[\s\S]*add it to the names of shop-b/,
    );
  });

  it('refuses an environment that cannot be reached from outside', () => {
    const { api } = example().services!;
    const silent = { services: { api: { ...api!, routes: [] } } };
    expect(conflicts(member('shop-a', silent))).toMatch(/can be reached from outside/);
  });
});

describe('shared-zone-certificate', () => {
  const names = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index}.shop.example`);

  it('accepts ten names of all environments together, and refuses eleven', () => {
    const servedBy = { 'a0.shop.example': 'shop-a' };
    const inAll = (count: number) =>
      conflicts(member('shop-a', {}, { servedBy }, names('a', 5)), member('shop-b', {}, { servedBy }, names('b', count)));
    expect(inAll(5)).toBe('');
    expect(inAll(6)).toMatch(/\[shared-zone-certificate\][\s\S]*11 names/);
  });
});

describe('shared-zone-cdn', () => {
  const edge = { cdn: {} };

  it('accepts one distribution for a name, next to environments without one', () =>
    expect(conflicts(member('shop-a', { edge }), member('shop-b'))).toBe(''));

  it('refuses two: CloudFront refuses the alias of another distribution', () =>
    expect(conflicts(member('shop-a', { edge }), member('shop-b', { edge }))).toMatch(
      /edge\.cdn {2}\[shared-zone-cdn\][\s\S]*shop\.example[\s\S]*remove `edge\.cdn` here until shop-a no longer has one/,
    ));

  it('accepts distributions for different names', () => {
    const servedBy = { 'shop.example': 'shop-a' };
    expect(
      conflicts(member('shop-a', { edge }, { servedBy }), member('shop-b', { edge }, { servedBy }, ['b.shop.example'])),
    ).toBe('');
  });
});
