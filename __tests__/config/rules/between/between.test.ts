/** The rules between environments, each with a set that is accepted and one that is refused. */
import {
  parseEnvironment,
  checkBetween,
  storesInUse,
  type EnvironmentInput,
  type ResolvedEnvironment,
} from '../../../../src/config';
import { BETWEEN_RULES } from '../../../../src/config/rules/between';
import { RULES } from '../../../../src/config/all-rules';
import type { StateStore } from '../../../../src/config/resolved/environment';
import { boxed, boxSection } from '../../../support/boxed';
import { example, type Example } from '../../../support/example';
import { github, store } from '../../../support/stores';

type Volumes = Parameters<typeof checkBetween>[0]['recordedVolumes'];

/** Every report; empty when the environments agree. */
const conflicts = (environments: readonly ResolvedEnvironment[], recordedVolumes: Volumes = {}): string =>
  checkBetween({ environments, recordedVolumes })
    .map(({ message }) => message)
    .join('\n');

const named = (name: string, input: EnvironmentInput = example()) => parseEnvironment({ ...input, name });

/** An environment whose domain differs from the example's. */
const inZone = (name: string, domain: Partial<NonNullable<Example['domain']>>, changes: Partial<EnvironmentInput> = {}) =>
  named(name, example({ domain: { ...example().domain!, names: [`${name}.shop.example`], ...domain }, ...changes }));

test('every rule has a different id, in lower case with hyphens', () => {
  const ids = [...RULES, ...BETWEEN_RULES].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, summary } of BETWEEN_RULES) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(summary).toMatch(/\.$/);
  }
});

test('problems are reported by environment, each with its rule', () => {
  const reports = checkBetween({
    environments: [named('shop-prod'), named('shop-dev'), named('shop-test')],
    recordedVolumes: {},
  });
  expect(reports.map(({ environment, problems }) => [environment, problems.map(({ rule }) => rule)])).toEqual([
    ['shop-dev', ['zone-owner', 'name-owner']],
    ['shop-test', ['zone-owner', 'name-owner']],
  ]);
});

describe('email-domain-owner', () => {
  const sending = (name: string, domain: string) =>
    inZone(name, { certificateAuthorities: [] }, { email: { domain, dmarc: 'existing' } });

  it('accepts a domain for each environment', () =>
    expect(conflicts([sending('shop-prod', 'shop.example'), sending('shop-dev', 'dev.shop.example')])).toBe(''));

  it('refuses the second environment of a domain, and says which name is free', () =>
    expect(conflicts([sending('shop-prod', 'shop.example'), sending('shop-dev', 'shop.example')])).toMatch(
      /^shop-dev: 1 problem\n.*email\.domain {2}\[email-domain-owner\][\s\S]*shop-prod does not send from[\s\S]*"dev\.shop\.example"/,
    ));
});

describe('environment-names', () => {
  const on = (name: string, changes: Partial<EnvironmentInput> = {}) => inZone(name, { certificateAuthorities: [] }, changes);

  it('accepts names of which none begins with another and a hyphen', () =>
    expect(conflicts([on('shop-prod'), on('shop-production'), on('shop-eu-prod')])).toBe(''));

  it('refuses a name that a glob of another environment matches, in either order', () => {
    const refusal = /^shop-prod-eu: 1 problem\n.*name {2}\[environment-names\][\s\S]*"shop-prod-\*"[\s\S]*"shop-eu-prod"/;
    expect(conflicts([on('shop-prod'), on('shop-prod-eu')])).toMatch(refusal);
    expect(conflicts([on('shop-prod-eu'), on('shop-prod')])).toMatch(refusal);
  });

  it('refuses a name whose key would have the alias of the key of a state store', () => {
    const inStore = (name: string, cloudTrail: 'create' | 'none') =>
      on(name, {
        backend: {
          kind: 's3',
          store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-state', singletons: { cloudTrail } },
        },
      });
    expect(conflicts([inStore('shop-audit', 'create')])).toMatch(/shop-audit[\s\S]*the alias "alias\/shop-audit"/);
    expect(conflicts([inStore('shop-audit', 'none')])).toBe('');
  });
});

describe('zone-owner', () => {
  it('accepts environments of which one owns the CAA records', () =>
    expect(conflicts([named('shop-prod'), inZone('shop-dev', { certificateAuthorities: [] })])).toBe(''));

  it('accepts a separate delegated zone for each', () => {
    const environments = ['dev', 'prod'].map((name) =>
      inZone(`shop-${name}`, { provider: 'cloudflare', delegatedZone: `${name}.shop.example`, names: [`${name}.shop.example`] }),
    );
    expect(conflicts(environments)).toBe('');
  });

  it('refuses two that write CAA records, create or delegate the same zone: all of it at once', () => {
    const twice: Partial<NonNullable<Example['domain']>> = {
      provider: 'cloudflare',
      zoneSource: 'create',
      cloudflareAccountId: '0123456789abcdef0123456789abcdef',
      delegatedZone: 'aws.shop.example',
      names: ['aws.shop.example'],
    };
    const report = conflicts([inZone('shop-prod', twice), inZone('shop-dev', twice)]);
    expect(report).toMatch(/^shop-dev: 4 problems$/m);
    expect(report).toMatch(
      /domain\.zoneSource {2}\[zone-owner\][\s\S]*shop-prod has it[\s\S]*certificateAuthorities: \[\] in all but one/,
    );
  });

  it('refuses two that own the settings of a Cloudflare zone, and accepts one', () => {
    const proxied = (name: string, zoneRules: 'here' | 'elsewhere') =>
      inZone(name, { provider: 'cloudflare', certificateAuthorities: [] }, { edge: { cloudflare: { plan: 'free', zoneRules } } });
    expect(conflicts([proxied('shop-a', 'here'), proxied('shop-b', 'here')])).toMatch(
      /settings and rules of the Cloudflare zone shop\.example: shop-a has it/,
    );
    expect(conflicts([proxied('shop-a', 'here'), proxied('shop-b', 'elsewhere')])).toBe('');
  });
});

describe('host-certificate-authority', () => {
  const host = named('shop-mvp', boxed({ domain: { ...example().domain!, certificateAuthorities: [] } }));
  const owner = (certificateAuthorities: readonly string[]) =>
    inZone('shop-prod', { certificateAuthorities: [...certificateAuthorities] });

  it('accepts a host in a zone whose owner admits its authority, or has no CAA records', () => {
    expect(conflicts([owner(['amazon.com', 'letsencrypt.org']), host])).toBe('');
    expect(conflicts([owner([]), host])).toBe('');
  });

  it('refuses the owner otherwise', () =>
    expect(conflicts([owner(['amazon.com']), host])).toMatch(
      /^shop-prod: 1 problem\n.*domain\.certificateAuthorities {2}\[host-certificate-authority\][\s\S]*letsencrypt\.org[\s\S]*shop-mvp/,
    ));
});

describe('state stores', () => {
  const base = (shortName: string) => named(`shop-${shortName}`);
  const environment = (
    shortName: string,
    changes: Partial<StateStore> = {},
    account: string | null = '123456789012',
  ): ResolvedEnvironment => ({
    ...base(shortName),
    domain: undefined,
    identity: { ...base(shortName).identity, account: account ?? undefined },
    backend: { kind: 's3', store: store(changes) },
  });

  const none = { ...github, applyEnvironments: [] };

  it('are listed once, with their account and environments', () => {
    const stores = storesInUse([environment('dev', {}, null), environment('prod'), base('local')]);
    expect(stores).toHaveLength(1);
    expect(stores[0]).toMatchObject({ store: { name: 'shop' }, account: '123456789012' });
    expect(stores[0]?.environments.map(({ identity }) => identity.shortName)).toEqual(['dev', 'prod']);
    expect(conflicts([environment('dev', {}, null), environment('prod')])).toBe('');
  });

  it('are refused when they are described in two ways or are in two accounts: all of it at once (state-store-description)', () => {
    const report = conflicts([environment('dev'), environment('prod', { lock: 's3', bucket: 'another' }, '210987654321')]);
    expect(report).toContain('shop-prod: 3 problems');
    expect(report).toMatch(
      /backend\.store\.bucket {2}\[state-store-description\]\s+received {2}"another"\s+allowed {3}"shop-terraform-state", as in shop-dev/,
    );
    expect(report).toContain('backend.store.lock  [');
    expect(report).toMatch(/account {2}\[state-store-description\]\s+received {2}"210987654321"/);
  });

  it('are refused when two environments would write the same state', () =>
    expect(conflicts([environment('prod'), environment('prod')])).toContain('have the same keys (prod/...)'));

  it('are refused when two would create the same bucket, table, GitHub provider, trail or cost monitor (state-store-resources)', () => {
    const costAnomalies = { kind: 'create', emails: ['ops@shop.example'], minimumUsd: 10 } as const;
    const singletons = { cloudTrail: 'create', trailRetentionDays: 365, costAnomalies } as const;
    const report = conflicts([
      environment('dev', { github: none, singletons }),
      environment('prod', { name: 'other', github: none, singletons }),
    ]);
    expect(report).toContain('shop-prod: 5 problems');
    expect(report).toMatch(/backend\.store\.singletons\.costAnomalies\.kind[\s\S]*kind: "existing"/);
    expect(report).toMatch(/backend\.store\.bucket {2}\[state-store-resources\]/);
    expect(report).toMatch(/backend\.store\.lockTable[\s\S]*other-terraform-locks/);
    expect(report).toMatch(/backend\.store\.github\.oidcProvider[\s\S]*"existing"/);
    expect(report).toMatch(/backend\.store\.singletons\.cloudTrail[\s\S]*a second trail is billed/);
  });

  const applied = (applyEnvironments: readonly string[], ...names: readonly string[]) =>
    names.map((name) => environment(name, { github: { ...github, applyEnvironments } }));

  it('have workflows that apply their environments (state-store-apply)', () =>
    expect(conflicts(applied(['shop-prod', 'shop-dev'], 'prod', 'dev'))).toBe(''));

  it.each([
    ['an unknown one', ['shop-prd'], /applyEnvironments\[0\] {2}\[state-store-apply\][\s\S]*shop-prod, shop-dev[\s\S]*shop-prod/],
    [
      "the environment of GitHub's approvals",
      ['shop-prod-approval'],
      /write "shop-prod": its role also trusts the GitHub environment/,
    ],
    ['one twice', ['shop-prod', 'shop-prod'], /each name once/],
  ])('are refused when workflows apply %s (state-store-apply)', (_what, names, message) =>
    expect(conflicts(applied(names, 'prod', 'dev'))).toMatch(message),
  );

  it('are refused when the key of an applied environment would be taken for one of a trail (state-store-apply)', () =>
    expect(conflicts(applied(['shop-audit'], 'audit'))).toMatch(/does not end in "-audit"/));

  it('are not refused for an environment whose own file is', () =>
    expect(
      checkBetween({ environments: applied(['shop-prod', 'shop-dev'], 'prod'), recordedVolumes: {}, incomplete: true }),
    ).toEqual([]));

  it('may use the same names in two accounts', () => {
    const other = { name: 'other', bucket: 'other-state', github: none };
    expect(conflicts([environment('dev', { github: none }), environment('prod', other, '210987654321')])).toBe('');
  });

  it('may have tables of one name in two regions', () => {
    const other = { name: 'other', bucket: 'other-state', region: 'us-east-1' } as const;
    expect(conflicts([environment('dev'), environment('prod', other)])).toBe('');
    expect(conflicts([environment('dev'), environment('prod', { name: 'other', bucket: 'other-state' })])).toContain('lockTable');
  });

  it('may not have tables of one name while an account is unknown', () => {
    const other = { name: 'other', bucket: 'other-state' };
    for (const [one, two] of [
      [null, null],
      [null, '123456789012'],
      ['123456789012', null],
    ] as const) {
      const environments = [environment('dev', {}, one), environment('prod', other, two)];
      expect(conflicts(environments)).toMatch(/backend\.store\.lockTable[\s\S]*other-terraform-locks/);
    }
  });

  it('have a table named after the store', () => {
    const of = (name: string) => {
      const input = example({ backend: { kind: 's3', store: { name, region: 'eu-west-1', bucket: `${name}-state` } } });
      return parseEnvironment(input).backend;
    };
    expect(of('shop')).toMatchObject({ store: { lockTable: 'shop-terraform-locks', lock: 's3' } });
    expect(of('other')).toMatchObject({ store: { lockTable: 'other-terraform-locks' } });
  });
});

describe('recorded-volume', () => {
  const recorded = { 'shop-mvp': { sizeGb: 18, zone: 'eu-west-1a' } };
  const host = (changes: Partial<EnvironmentInput> = {}, name = 'shop-mvp') => named(name, boxed(changes));
  const ofSize = (dataVolumeGb: number) => ({ box: boxSection({ dataVolumeGb }) });
  const inZones = (...zones: ('a' | 'b' | 'c')[]) => ({ network: { cidr: '10.0.0.0/16', zones, nat: 'none' } as const });

  it('accepts a volume of the same size, or a larger one', () => {
    expect(conflicts([host()], recorded)).toBe('');
    expect(conflicts([host(ofSize(19))], recorded)).toBe('');
  });

  it('refuses a smaller one', () =>
    expect(conflicts([host(ofSize(17))], recorded)).toMatch(
      /box\.dataVolumeGb {2}\[recorded-volume\][\s\S]*at least 18[\s\S]*cannot shrink/,
    ));

  it('accepts another second zone', () => expect(conflicts([host(inZones('a', 'c'))], recorded)).toBe(''));

  it('refuses another first zone, where the volume would be an empty one', () =>
    expect(conflicts([host(inZones('b', 'a'))], recorded)).toMatch(/network\.zones[\s\S]*first zone "eu-west-1a"/));

  it('compares an environment only with its own record', () => {
    expect(conflicts([host(ofSize(1))], {})).toBe('');
    expect(conflicts([host(ofSize(1), 'shop-other')], recorded)).toBe('');
  });
});
