/** What a person may not write about the edge, each beside what may be written. */
import { CLOUDFLARE_PLANS, CLOUDFLARE_SECONDS } from '../../../src/config/tables/cloudflare-plans';
import { COUNTRY_CODES } from '../../../src/config/tables/countries';
import { problemsOf } from '../../support/problems';
import { rich, type Change, type Json } from './refused-inputs';

const rate = { kind: 'rate', priority: 10, requests: 2000 };
const core = { kind: 'managed', priority: 20, group: 'AWSManagedRulesCommonRuleSet', uploads: { paths: ['/up'], priority: 21 } };
const countries = { kind: 'countries', priority: 30, codes: ['KP', 'IR'] };

/** The rich example behind CloudFront, with a frontend of its own and a web ACL. */
function delivered(change: Change): Json {
  const e = rich();
  e.domain.names = ['shop.example', 'www.shop.example'];
  e.edge = {
    cdn: { servicePaths: ['/api/*'] },
    waf: { rules: structuredClone({ rate, core, countries }) },
    healthChecks: { api: { host: 'shop.example', path: '/health' } },
  };
  e.frontends = { web: { kind: 'static-site', pages: 'single-page' } };
  change(e);
  return e;
}

/** The rich example behind Cloudflare, its frontend a service, and another one on Pages. */
function proxied(change: Change): Json {
  const e = rich();
  e.domain.provider = 'cloudflare';
  e.edge = {
    cloudflare: { plan: 'free', origin: 'cloudflare', rateLimits: { all: { requests: 100 } }, customRules: {} },
    waf: { rules: structuredClone({ rate }) },
  };
  e.frontends = { web: { kind: 'service', service: 'api' }, blog: pages('blog.shop.example') };
  change(e);
  return e;
}

function pages(...domains: readonly string[]): Json {
  const repository = { owner: 'shop', name: 'web' };
  return { kind: 'cloudflare-pages', project: 'shop-web', repository, buildCommand: 'npm run build', output: 'out', domains };
}

const rules = (e: Json): Json => e.edge.waf.rules;
const oneHost = (e: Json): void => {
  e.tier = 'box';
  e.box = {
    instanceType: 't3.small',
    operatingSystem: 'ubuntu-24.04',
    rootVolumeGb: 12,
    dataVolumeGb: 18,
    applicationDirectory: '/opt/shop',
    certificateEmail: 'admin@shop.example',
    backup: { bucket: 'uploads' },
  };
};

type Refused = readonly [name: string, input: Json, path: string, rule: string | undefined, words: RegExp];

// prettier-ignore
const REFUSED: readonly Refused[] = [
  ['a CDN without a domain', delivered((e) => delete e.domain), 'edge.cdn', 'edge-needs-domain', /add `domain`/],
  ['a frontend without a domain', proxied((e) => { delete e.domain; delete e.edge; }), 'frontends.web', 'edge-needs-domain', /add `domain`/],
  ['a CDN before a single host', delivered(oneHost), 'edge.cdn', 'cdn-origin', /behind Cloudflare/],
  ['a CDN before nothing', delivered((e) => { e.services.api.routes = []; e.frontends = {}; e.edge.cdn = {}; delete e.edge.waf; }), 'edge.cdn', 'cdn-origin', /`routes`/],
  ['a frontend that takes the paths of services', delivered((e) => (e.edge.cdn = {})), 'edge.cdn.servicePaths', 'cdn-service-paths', /"\/api\/\*"/],
  ['paths to services that are not there', delivered((e) => (e.services.api.routes = [])), 'edge.cdn.servicePaths', 'cdn-service-paths', /no service has routes/],
  ['paths to services when all are theirs', delivered((e) => (e.frontends = {})), 'edge.cdn.servicePaths', 'cdn-service-paths', /every path/],
  ['two CDNs before each other', proxied((e) => { e.edge.cdn = {}; e.edge.cloudflare.origin = 'public'; }), 'edge.cloudflare.proxied', 'cdn-names', /one CDN is enough/],
  ["the origin's own name", delivered((e) => e.domain.names.push('origin.shop.example')), 'domain.names', 'cdn-names', /"origin\.shop\.example"/],
  ['a health check of a name that is not ours', delivered((e) => (e.edge.healthChecks.api.host = 'shop2.example')), 'edge.healthChecks.api.host', 'health-check-host', /shop\.example, www\.shop\.example/],
  ['traffic to a tier that is not there', delivered((e) => (e.edge.nextTierPercent = 10)), 'edge.nextTierPercent', 'traffic-split', /0 without `nextTier`/],
  ['a share that Cloudflare cannot give', proxied((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 50; }), 'edge.nextTierPercent', 'traffic-split', /0 or 100/],
  ['a share of more than everything', delivered((e) => (e.edge.nextTierPercent = 101)), 'edge.nextTierPercent', undefined, /from 0 to 100/],
  // The web ACL.
  ['a web ACL before a single host', delivered((e) => { oneHost(e); delete e.edge.cdn; e.frontends = {}; }), 'edge.waf', 'waf-target', /Cloudflare's rules/],
  ['two WAF rules of one priority', delivered((e) => (rules(e).countries.priority = 10)), 'edge.waf.rules.countries.priority', 'waf-priorities', /edge\.waf\.rules\.rate\.priority/],
  ['a WAF rule at the priority of exempt uploads', delivered((e) => (rules(e).countries.priority = 21)), 'edge.waf.rules.countries.priority', 'waf-priorities', /edge\.waf\.rules\.core\.uploads\.priority/],
  ['uploads judged before their group', delivered((e) => (rules(e).core.uploads.priority = 5)), 'edge.waf.rules.core.uploads.priority', 'waf-priorities', /more than 20/],
  ["a rate below AWS's minimum", delivered((e) => (rules(e).rate.requests = 9)), 'edge.waf.rules.rate.requests', 'waf-rate', /10 to/],
  ['a country code that is not one', delivered((e) => (rules(e).countries.codes = ['KP', 'UK'])), 'edge.waf.rules.countries.codes[1]', 'waf-countries', /"GB"/],
  ['a country in small letters', delivered((e) => (rules(e).countries.codes = ['kp'])), 'edge.waf.rules.countries.codes[0]', 'waf-countries', /capitals/],
  ['a country twice', delivered((e) => (rules(e).countries.codes = ['KP', 'KP'])), 'edge.waf.rules.countries.codes', 'waf-countries', /second "KP"/],
  ['more countries than a rule holds', delivered((e) => (rules(e).countries.codes = [...COUNTRY_CODES].slice(0, 51))), 'edge.waf.rules.countries.codes', 'waf-countries', /at most 50/],
  ['uploads exempt from a list of addresses', delivered((e) => (rules(e).core.group = 'AWSManagedRulesAmazonIpReputationList')), 'edge.waf.rules.core.uploads', 'waf-uploads', /looks into bodies/],
  ["a rule called like a group's second one", delivered((e) => (rules(e)['core-bodies'] = { ...rate, priority: 99 })), 'edge.waf.rules.core-bodies', 'waf-rule-names', /rename yours/],
  ['a web ACL that sees Cloudflare only', proxied((e) => (e.edge.cloudflare.origin = 'public')), 'edge.cloudflare.origin', 'waf-behind-proxy', /"cloudflare" beside/],
  ['a managed group that AWS has not', delivered((e) => (rules(e).core.group = 'AWSManagedRulesComonRuleSet')), 'edge.waf.rules.core.group', undefined, /did you mean "AWSManagedRulesCommonRuleSet"/],
  // Cloudflare.
  ["Cloudflare's settings of a Route 53 zone", proxied((e) => { e.domain.provider = 'route53'; e.frontends = {}; }), 'edge.cloudflare', 'cloudflare-zone', /"cloudflare"/],
  ['an origin that nobody proxies', proxied((e) => (e.edge.cloudflare.proxied = false)), 'edge.cloudflare.origin', 'cloudflare-zone', /set `proxied` to true/],
  ['an origin behind Cloudflare whose names Route 53 answers', proxied((e) => { e.domain.delegatedZone = 'app.shop.example'; e.domain.names = ['app.shop.example']; }), 'edge.cloudflare.origin', 'cloudflare-zone', /delegated zone/],
  ['more rate limits than the plan has', proxied((e) => (e.edge.cloudflare.rateLimits.more = { requests: 5 })), 'edge.cloudflare.rateLimits', 'cloudflare-plan', /at most 1 on the free plan/],
  ['a period that the plan has not', proxied((e) => (e.edge.cloudflare.rateLimits.all.periodSeconds = 60)), 'edge.cloudflare.rateLimits.all.periodSeconds', 'cloudflare-plan', /at most 10 on the free plan/],
  ['a block that the plan has not', proxied((e) => (e.edge.cloudflare.rateLimits.all.blockSeconds = 60)), 'edge.cloudflare.rateLimits.all.blockSeconds', 'cloudflare-plan', /at most 10/],
  ['a period that Cloudflare has not', proxied((e) => (e.edge.cloudflare.rateLimits.all.periodSeconds = 11)), 'edge.cloudflare.rateLimits.all.periodSeconds', undefined, /10, 15, 20/],
  ["rules in an environment that leaves them to another", proxied((e) => (e.edge.cloudflare.zoneRules = 'elsewhere')), 'edge.cloudflare.zoneRules', 'cloudflare-rules-elsewhere', /write them in the environment that keeps it/],
  ['a host that admits only a proxy that is not there', proxied((e) => { oneHost(e); e.box.origin = 'cloudflare'; e.edge = {}; }), 'box.origin', 'cloudflare-host', /plan: 'free'/],
  // Frontends.
  ['a Pages domain outside the zone', proxied((e) => (e.frontends.blog = pages('blog.other.example'))), 'frontends.blog.domains[0]', 'frontend-domains', /"shop\.example" or a name below/],
  ['a Pages domain in the delegated zone', proxied((e) => { e.domain.delegatedZone = 'app.shop.example'; e.domain.names = ['app.shop.example']; e.edge.cloudflare.origin = 'public'; delete e.edge.waf; e.frontends.blog = pages('x.app.shop.example'); }), 'frontends.blog.domains[0]', 'frontend-domains', /Route 53 answers/],
  ["a Pages domain that is the services' too", proxied((e) => (e.frontends.blog = pages('shop.example'))), 'frontends.blog.domains[0]', 'frontend-domains', /not among domain\.names/],
  ['one domain of two Pages frontends', proxied((e) => (e.frontends.more = pages('blog.shop.example'))), 'frontends.more.domains[0]', 'frontend-domains', /frontends\.blog/],
  ['Pages without Cloudflare', delivered((e) => (e.frontends.blog = pages('blog.shop.example'))), 'frontends.blog.kind', 'frontend-provider', /"static-site" or "amplify"/],
  ['a static site without a CDN', delivered((e) => { delete e.edge.cdn; }), 'frontends.web.kind', 'frontend-provider', /cdn: \{\}/],
  ['two frontends at one name', delivered((e) => (e.frontends.more = { kind: 'service', service: 'api' })), 'frontends.more.kind', 'frontend-single', /frontends\.web/],
  ['a frontend that is no service', proxied((e) => (e.frontends.web.service = 'apii')), 'frontends.web.service', 'frontend-service', /did you mean "api"/],
  ['a frontend of no kind', proxied((e) => (e.frontends.web = { kind: 'vercel' })), 'frontends.web.kind', undefined, /cloudflare-pages/],
];

describe('what is refused at the edge', () => {
  it.each(REFUSED)('%s', (_name, input, path, rule, words) => {
    const problems = problemsOf(input);
    const about = problems.filter((problem) => problem.path === path && problem.rule === rule);
    expect(about.map(({ allowed, fix }) => `${allowed} ${fix}`)).toContainEqual(expect.stringMatching(words));
    for (const problem of problems) {
      expect(Object.values(problem).join(' ')).not.toMatch(/Invalid input|\[object Object\]|undefined/);
      expect(problem.fix).not.toBe('');
    }
  });

  // prettier-ignore
  it.each<readonly [string, Json]>([
    ['CloudFront with a static site and a web ACL', delivered(() => undefined)],
    ['Cloudflare with a web ACL that reads who asks, and Pages', proxied(() => undefined)],
    ['a rate of ten', delivered((e) => (rules(e).rate.requests = 10))],
    ['fifty countries, or all others', delivered((e) => (rules(e).countries = { ...countries, codes: [...COUNTRY_CODES].slice(0, 50), refuse: 'others' }))],
    ['an unproxied name beside CloudFront', proxied((e) => { e.edge = { cdn: {}, cloudflare: { plan: 'free', proxied: false } }; })],
    ['a web ACL before a load balancer, without any CDN', delivered((e) => { e.edge = { waf: e.edge.waf }; e.frontends = {}; })],
    ['a frontend alone behind the CDN', delivered((e) => { e.services.api.routes = []; e.edge.cdn = {}; delete e.services.api.scaling.requestsPerTarget; })],
    ['longer periods on a plan that has them', proxied((e) => Object.assign(e.edge.cloudflare, { plan: 'pro', rateLimits: { all: { requests: 9, periodSeconds: 60, blockSeconds: 3600 } } }))],
    ['a share on Route 53', delivered((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 50; })],
    ['the whole of it on Cloudflare', proxied((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 100; })],
    ['nothing at all', rich()],
  ])('but not: %s', (_name, input) => expect(problemsOf(input)).toEqual([]));
});

describe('what a plan of Cloudflare allows', () => {
  it('grows with the plan, in steps that Cloudflare has', () => {
    const plans = Object.values(CLOUDFLARE_PLANS);
    for (const field of ['rateLimits', 'longestPeriod', 'longestBlock', 'customRules'] as const) {
      const values = plans.map((plan) => plan[field]);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
    expect(CLOUDFLARE_SECONDS.filter((seconds) => seconds <= CLOUDFLARE_PLANS.free.longestPeriod)).toEqual([10]);
    expect(CLOUDFLARE_PLANS.free.managedRules).toBe(false);
  });
});
