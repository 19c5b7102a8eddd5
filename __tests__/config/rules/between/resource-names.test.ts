/** No two environments take one name where AWS or Cloudflare have it once. */
import { checkBetween, parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../../../src/config';
import { boxed } from '../../../support/boxed';
import { EVERY_FIELD } from '../../../support/every-field';
import { example } from '../../../support/example';
import { changed, type Change, type Json } from '../../../support/rich';

const ACCOUNTS = { one: '123456789012', other: '210987654321' } as const;

/** An environment with its own names and zone. */
function environment(name: string, change: Change = () => undefined, base?: EnvironmentInput): ResolvedEnvironment {
  const input: Json = changed((e) => {
    Object.assign(e, { name, backend: { kind: 'local' } });
    Object.assign(e.domain, { names: [`${name}.shop.example`], certificateAuthorities: [] });
    change(e);
  }, base);
  return parseEnvironment(input);
}

const problemsOf = (...environments: readonly ResolvedEnvironment[]) =>
  checkBetween({ environments, recordedVolumes: {} }).flatMap(({ environment: name, problems }) =>
    problems.map(({ path, rule, allowed, fix }) => ({ name, path, rule, words: `${allowed} ${fix}` })),
  );

const pages: Change = (e) => {
  e.domain.provider = 'cloudflare';
  e.edge = { cloudflare: { plan: 'free', zoneRules: 'elsewhere' } };
  e.frontends = {
    web: { ...structuredClone(EVERY_FIELD.pages!.frontends.web), project: 'shop-web', domains: [`www-${e.name}.shop.example`] },
  };
  e.services.api.routes = [{ priority: 10, paths: ['/api/*'] }];
};

const kubernetes: Change = (e) => {
  Object.assign(e, { tier: 'kubernetes', kubernetes: { clusterName: 'shop' } });
  e.services.api.mounts = [];
};

const NAMES: readonly (readonly [name: string, path: string, change: Change, scope: 'account and region' | 'everywhere'])[] = [
  ['a bucket', 'buckets.uploads.name', (e) => (e.buckets.uploads.name = 'shop-uploads'), 'everywhere'],
  ['a Pages project', 'frontends.web.project', pages, 'everywhere'],
  ['a secret', 'secrets.stripe.name', (e) => (e.secrets.stripe.name = '/shop/stripe'), 'account and region'],
  ['a login', 'database.roles.app.secretName', (e) => (e.database.roles.app.secretName = '/shop/app'), 'account and region'],
  ['the log group of a container', 'services.api.logGroup', (e) => (e.services.api.logGroup = '/shop/api'), 'account and region'],
  ['the log group of all containers', 'logs.group', (e) => (e.logs = { group: '/shop' }), 'account and region'],
  ['an ECS cluster', 'fargate.clusterName', (e) => (e.fargate = { clusterName: 'shop' }), 'account and region'],
  ['an EKS cluster', 'kubernetes.clusterName', kubernetes, 'account and region'],
  ['a task family', 'workers.runner.name', (e) => (e.workers.runner.name = 'runner'), 'account and region'],
];

describe.each(NAMES)('%s', (_what, path, change, scope) => {
  const inAccount =
    (account: string | undefined): Change =>
    (e) => {
      change(e);
      e.account = account;
    };
  const two = (first: Change, second: Change) =>
    problemsOf(environment('shop-dev', first), environment('shop-prod', second)).filter(({ rule }) => rule === 'resource-names');

  it('is refused in the second of two environments of one account, with the owner and the way out', () => {
    const [problem, ...others] = two(change, change);
    expect(problem).toMatchObject({ name: 'shop-prod', path });
    expect(problem?.words).toMatch(/only one owner of the .*: shop-dev has it .+/);
    expect(others).toEqual([]);
  });

  it('is accepted when only one environment has it', () => expect(two(change, () => undefined)).toEqual([]));

  it('is compared within its bounds', () => {
    const apart = two(inAccount(ACCOUNTS.one), inAccount(ACCOUNTS.other));
    const elsewhere = two(change, (e) => (change(e), (e.region = 'eu-central-1')));
    const perhaps = two(inAccount(ACCOUNTS.one), inAccount(undefined));
    expect([apart.length, elsewhere.length, perhaps.length]).toEqual(scope === 'everywhere' ? [1, 1, 1] : [0, 0, 1]);
    expect((perhaps[0]?.words ?? '').includes('give both environments their `account`')).toBe(scope !== 'everywhere');
  });
});

it('refuses the name that another environment derives', () => {
  const taken = environment('shop-dev', (e) => (e.buckets.other = { name: 'shop-prod-uploads' }));
  expect(problemsOf(taken, environment('shop-prod'))).toContainEqual(
    expect.objectContaining({ name: 'shop-prod', path: 'buckets.uploads.name', rule: 'resource-names' }),
  );
});

it('refuses the bucket of a site with host names of its own as a bucket of another environment', () => {
  const site = environment('shop-dev', (e) => {
    e.domain.names = ['shop-dev.shop.example', 'www.shop-dev.shop.example'];
    e.frontends = { site: { kind: 'static-site', pages: 'directories', hosts: ['www.shop-dev.shop.example'] } };
  });
  const claiming = (name: string) => environment('shop-prod', (e) => (e.buckets.mine = { name }));
  expect(problemsOf(site, claiming('shop-dev-site'))).toContainEqual(
    expect.objectContaining({ name: 'shop-prod', path: 'buckets.mine.name', rule: 'resource-names' }),
  );
  expect(problemsOf(site, claiming('shop-dev-sites'))).toEqual([]);
});

it('refuses the bucket of a state store, and that of its audit trail, as a bucket of another environment', () => {
  const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-state', singletons: { cloudTrail: 'create' } };
  const stored = environment('shop-dev', (e) => (e.backend = { kind: 's3', store }));
  const claiming = (name: string) => environment('shop-prod', (e) => (e.buckets.mine = { name }));
  for (const name of ['shop-state', 'shop-state-audit'])
    expect(problemsOf(stored, claiming(name)).map(({ path, words }) => [path, words])).toEqual([
      ['buckets.mine.name', expect.stringContaining('the state store shop has it')],
    ]);
  expect(problemsOf(stored, claiming('shop-other'))).toEqual([]);
});

it('lets environments share a state store, and any number of them be without names of their own', () => {
  const backend = { kind: 's3', store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-state' } };
  const shared = ['shop-dev', 'shop-prod', 'shop-eu'].map((name) => environment(name, (e) => (e.backend = backend)));
  expect(problemsOf(...shared)).toEqual([]);
});

it('keeps derived names apart, because no name of an environment continues another', () => {
  const documents = environment('shop-prod', (e) => (e.buckets['eu-documents'] = {}));
  const other = environment('shop-prod-eu', (e) => (e.buckets.documents = {}));
  const rules = problemsOf(documents, other).map(({ rule }) => rule);
  expect(rules).toEqual(expect.arrayContaining(['environment-names', 'resource-names']));
});

it('compares what a single host takes', () => {
  const host = (name: string, bucket: string) =>
    parseEnvironment(
      boxed({
        name,
        domain: { ...example().domain!, names: [`${name}.shop.example`], certificateAuthorities: [] },
        buckets: { backups: { name: bucket } },
      }),
    );
  expect(problemsOf(host('shop-a', 'shop-a-backups'), host('shop-b', 'shop-b-backups'))).toEqual([]);
  expect(problemsOf(host('shop-a', 'shop-b-box-configuration'), host('shop-b', 'shop-b-backups'))).toContainEqual(
    expect.objectContaining({ name: 'shop-b', path: 'box' }),
  );
});
