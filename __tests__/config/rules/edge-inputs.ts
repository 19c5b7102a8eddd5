/** Inputs about the edge that are refused and accepted. */
import { COUNTRY_CODES } from '../../../src/config/tables/countries';
import { boxed, boxSection } from '../../support/boxed';
import type { Accepted, Refused } from '../../support/refusals';
import { rich, type Change, type Json } from '../../support/rich';

const rate = { kind: 'rate', priority: 10, requests: 2000 };
const core = { kind: 'managed', priority: 20, group: 'AWSManagedRulesCommonRuleSet', uploads: { paths: ['/up'], priority: 21 } };
const countries = { kind: 'countries', priority: 30, codes: ['KP', 'IR'] };

/** The rich example behind CloudFront, with a static site and a web ACL. */
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

/** The rich example with a static site on its own name, next to services behind the load balancer. */
function placed(change: Change): Json {
  const e = rich();
  e.domain.names = ['shop.example', 'www.shop.example'];
  e.edge = {};
  e.frontends = { site: { kind: 'static-site', pages: 'directories', hosts: ['www.shop.example'] } };
  change(e);
  return e;
}

/** The rich example with the apex redirected to the name that it serves. */
function redirected(change: Change): Json {
  const e = rich();
  e.domain.names = ['www.shop.example'];
  e.edge = { redirects: { 'shop.example': 'www.shop.example' } };
  change(e);
  return e;
}

/** The rich example behind CloudFront, which asks for a login. */
function locked(change: Change): Json {
  const e = rich();
  e.edge = { cdn: {}, basicAuth: { except: ['/health'] }, healthChecks: { api: { host: 'shop.example', path: '/health' } } };
  change(e);
  return e;
}

/** A host whose nginx asks for a login. */
function hostLocked(change: Change): Json {
  const e = boxed() as Json;
  e.secrets = { preview: { description: 'logins of visitors' } };
  e.edge = { basicAuth: { except: ['/health'], secret: 'preview' } };
  change(e);
  return e;
}

const many = (count: number): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`old${index}.shop.example`, 'www.shop.example']));

/** The rich example behind Cloudflare, with one frontend that is a service and one on Pages. */
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

/** The rich example with its names in a shared zone at Cloudflare. */
function shared(change: Change): Json {
  const e = proxied(() => undefined);
  e.edge.cloudflare = { zoneRules: 'shared', origin: 'cloudflare' };
  const zone = { zone: 'shop.example', provider: 'cloudflare', servedBy: 'shop-test', cloudflare: { plan: 'free' } };
  e.domain = { kind: 'shared', zone, names: ['shop.example'] };
  change(e);
  return e;
}

function pages(...domains: readonly string[]): Json {
  const repository = { owner: 'shop', name: 'web' };
  return { kind: 'cloudflare-pages', project: 'shop-web', repository, buildCommand: 'npm run build', output: 'out', domains };
}

const rules = (e: Json): Json => e.edge.waf.rules;
const oneHost = (e: Json): void => {
  Object.assign(e, { tier: 'box', box: boxSection({ backup: { bucket: 'uploads' } }) });
};

// prettier-ignore
export const REFUSED_AT_EDGE: readonly Refused[] = [
  ['a CDN without a domain', delivered((e) => delete e.domain), 'edge.cdn', 'edge-needs-domain', /add `domain`/],
  ['a frontend without a domain', proxied((e) => { delete e.domain; delete e.edge; }), 'frontends.web', 'edge-needs-domain', /add `domain`/],
  ['a CDN in front of a single host', delivered(oneHost), 'edge.cdn', 'cdn-origin', /behind Cloudflare/],
  ['a CDN without an origin', delivered((e) => { e.services.api.routes = []; e.frontends = {}; e.edge.cdn = {}; delete e.edge.waf; }), 'edge.cdn', 'cdn-origin', /`routes`/],
  ['a frontend without paths for the services', delivered((e) => (e.edge.cdn = {})), 'edge.cdn.servicePaths', 'cdn-service-paths', /"\/api\/\*"/],
  ['paths to services without routes', delivered((e) => (e.services.api.routes = [])), 'edge.cdn.servicePaths', 'cdn-service-paths', /no service has routes/],
  ['paths to services where every path is theirs', delivered((e) => (e.frontends = {})), 'edge.cdn.servicePaths', 'cdn-service-paths', /every path/],
  ['a CDN that hides the paths of a route', delivered((e) => e.services.api.routes.push({ priority: 20, paths: ['/api/*', '/hooks/*'] })), 'services.api.routes[2].paths', 'cdn-hides-route', /add "\/hooks\/\*" to edge\.cdn\.servicePaths/],
  ['a CDN that hides the host of a route', delivered((e) => (e.services.api.routes[1] = { host: 'www.shop.example' })), 'services.api.routes[1]', 'cdn-hides-route', /give the frontend names of its own/],
  ['paths that do not fit into one rule together with the names', delivered((e) => { e.edge.cdn.originAccess = 'prefix-list'; e.services.api.routes = [{ priority: 10, paths: ['/api/a', '/api/b', '/api/c', '/api/d'] }]; }), 'services.api.routes[0].paths', 'route-names', /all 2 names.*split it/],
  ['two CDNs in a row', proxied((e) => { e.edge.cdn = {}; e.edge.cloudflare.origin = 'public'; }), 'edge.cloudflare.proxied', 'cdn-names', /one CDN is enough/],
  ['the name of the origin', delivered((e) => { e.edge.cdn.originAccess = 'prefix-list'; e.domain.names.push('origin.shop.example'); }), 'domain.names', 'cdn-names', /"origin\.shop\.example"/],
  ['a health check of an undeclared name', delivered((e) => (e.edge.healthChecks.api.host = 'shop2.example')), 'edge.healthChecks.api.host', 'health-check-host', /shop\.example, www\.shop\.example/],
  ['preloaded HTTPS without subdomains', delivered((e) => (e.edge.strictTransportSecurity = { preload: true })), 'edge.strictTransportSecurity.preload', 'hsts-preload', /`includeSubdomains: true`.*set both/],
  ['preloaded HTTPS for less than a year', delivered((e) => (e.edge.strictTransportSecurity = { preload: true, includeSubdomains: true, maxAgeDays: 364 })), 'edge.strictTransportSecurity.preload', 'hsts-preload', /365 or more/],
  ['traffic to a missing tier', delivered((e) => (e.edge.nextTierPercent = 10)), 'edge.nextTierPercent', 'traffic-split', /0 without `nextTier`/],
  ['a share of traffic in a Cloudflare zone', proxied((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 50; }), 'edge.nextTierPercent', 'traffic-split', /0 or 100/],
  ['a share of traffic between two internal load balancers', delivered((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 50; }), 'edge.nextTierPercent', 'traffic-split', /0 or 100 with VPC origins.*"prefix-list"/],
  ['isolated subnets too small for an internal load balancer', delivered((e) => (e.network.cidr = '10.0.0.0/22')), 'network.cidr', 'balancer-subnet-size', /isolated subnets of \/27.*larger VPC/],
  ['a public subnet too small for a load balancer', proxied((e) => (e.network.subnets = { public: ['10.0.0.0/28', '10.0.0.32/27'], private: ['10.0.1.0/24', '10.0.2.0/24'], isolated: ['10.0.3.0/28', '10.0.4.0/28'] })), 'network.subnets.public[0]', 'balancer-subnet-size', /\/27 or larger/],
  ['more than all traffic', delivered((e) => (e.edge.nextTierPercent = 101)), 'edge.nextTierPercent', undefined, /from 0 to 100/],
  // Redirects.
  ['a redirect without a domain', redirected((e) => { delete e.domain; e.services.api.routes = []; }), 'edge.redirects', 'edge-needs-domain', /add `domain`/],
  ['a redirect of a name of another zone', redirected((e) => (e.edge.redirects = { 'old.example': 'www.shop.example' })), 'edge.redirects["old.example"]', 'redirect-source', /provider of that zone/],
  ['a redirect of a name that services have', redirected((e) => (e.edge.redirects = { 'www.shop.example': 'www.shop.example' })), 'edge.redirects["www.shop.example"]', 'redirect-source', /remove it from one/],
  ['a redirect of the name of the origin', redirected((e) => { e.edge.cdn = { originAccess: 'prefix-list' }; e.edge.redirects = { 'origin.www.shop.example': 'www.shop.example' }; }), 'edge.redirects["origin.www.shop.example"]', 'redirect-source', /of the origin/],
  ['a redirect in a shared zone', shared((e) => (e.edge.redirects = { 'old.shop.example': 'shop.example' })), 'edge.redirects', 'redirect-source', /shared zone/],
  ['a redirect to an undeclared name', redirected((e) => (e.edge.redirects['shop.example'] = 'ww.shop.example')), 'edge.redirects["shop.example"]', 'redirect-target', /did you mean "www\.shop\.example"/],
  ['a redirect over another one', redirected((e) => (e.edge.redirects['old.shop.example'] = 'shop.example')), 'edge.redirects["old.shop.example"]', 'redirect-target', /name that visitors end at/],
  ['two redirects in a loop', redirected((e) => (e.edge.redirects = { 'a.shop.example': 'b.shop.example', 'b.shop.example': 'a.shop.example' })), 'edge.redirects["a.shop.example"]', 'redirect-target', /a loop has none/],
  ['a redirect with a path', redirected((e) => (e.edge.redirects['shop.example'] = 'www.shop.example/new')), 'edge.redirects["shop.example"]', undefined, /DNS name/],
  ['more redirects than a certificate has names', redirected((e) => (e.edge.redirects = many(10))), 'edge.redirects', 'redirect-certificate', /at most 9 redirects next to 1 names/],
  ['a route for every name in front of the redirects', redirected((e) => (e.services.api.routes[0].priority = 1)), 'services.api.routes[0].priority', 'redirect-priority', /raise it/],
  // Basic authentication.
  ['logins without a domain', locked((e) => { delete e.domain; e.services.api.routes = []; e.edge = { basicAuth: {} }; }), 'edge.basicAuth', 'edge-needs-domain', /add `domain`/],
  ['logins in front of a load balancer', locked((e) => delete e.edge.cdn), 'edge.basicAuth', 'basic-auth-target', /cdn: \{\}/],
  ['logins that leave the names of services open', placed((e) => (e.edge = { basicAuth: {} })), 'edge.basicAuth', 'basic-auth-target', /shop\.example would be open/],
  ['logins in front of a frontend with another address', locked((e) => { e.edge.cdn.servicePaths = ['/api/*', '/health']; e.frontends = { web: { kind: 'amplify', repository: 'https://github.com/acme/web', branch: 'main', buildSpec: 'version: 1' } }; }), 'frontends.web.kind', 'basic-auth-target', /stays open/],
  ['logins except for everything', locked((e) => (e.edge.basicAuth.except = ['/*'])), 'edge.basicAuth.except[0]', 'basic-auth-target', /all of them/],
  ['an exempt path that is no path', locked((e) => (e.edge.basicAuth.except = ['health'])), 'edge.basicAuth.except[0]', undefined, /path pattern/],
  ['a health check that cannot log in', locked((e) => (e.edge.basicAuth.except = ['/webhooks/*'])), 'edge.healthChecks.api.path', 'basic-auth-health', /add "\/health" to edge\.basicAuth\.except/],
  ['logins on a host without a secret', hostLocked((e) => delete e.edge.basicAuth.secret), 'edge.basicAuth.secret', 'basic-auth-secret', /declare it/],
  ['logins on a host in an undeclared secret', hostLocked((e) => (e.edge.basicAuth.secret = 'preveiw')), 'edge.basicAuth.secret', 'basic-auth-secret', /did you mean "preview"/],
  ['logins on a host in a secret with keys', hostLocked((e) => (e.secrets.preview.keys = ['ann'])), 'edge.basicAuth.secret', 'basic-auth-secret', /remove `keys`/],
  ['logins on a host in a generated secret', hostLocked((e) => (e.secrets.preview.value = 'generated')), 'edge.basicAuth.secret', 'basic-auth-secret', /remove `keys` and `value`/],
  ['logins in a secret where CloudFront has them', locked((e) => (e.edge.basicAuth.secret = 'jwt')), 'edge.basicAuth.secret', 'basic-auth-secret', /add_login/],
  ['the default health check of a host that cannot log in', hostLocked((e) => delete e.edge.basicAuth.except), 'edge.healthChecks.public.path', 'basic-auth-health', /add "\/health"/],
  ['logins while a host moves to a load balancer', hostLocked((e) => (e.nextTier = 'fargate')), 'edge.basicAuth', 'basic-auth-target', /when the host is gone/],
  ['logins that distributions of others pass by', locked((e) => (e.edge.cdn.originAccess = 'prefix-list')), 'edge.cdn.originAccess', 'basic-auth-bypass', /without a login/],
  // The web ACL.
  ['a web ACL in front of a single host', delivered((e) => { oneHost(e); delete e.edge.cdn; e.frontends = {}; }), 'edge.waf', 'waf-target', /Cloudflare's rules/],
  ['two WAF rules of one priority', delivered((e) => (rules(e).countries.priority = 10)), 'edge.waf.rules.countries.priority', 'waf-priorities', /edge\.waf\.rules\.rate\.priority/],
  ['a WAF rule at the priority of exempt uploads', delivered((e) => (rules(e).countries.priority = 21)), 'edge.waf.rules.countries.priority', 'waf-priorities', /edge\.waf\.rules\.core\.uploads\.priority/],
  ['uploads with a lower priority than their group', delivered((e) => (rules(e).core.uploads.priority = 5)), 'edge.waf.rules.core.uploads.priority', 'waf-priorities', /more than 20/],
  ["a rate below AWS's minimum", delivered((e) => (rules(e).rate.requests = 9)), 'edge.waf.rules.rate.requests', 'waf-rate', /10 to/],
  ['an unknown country code', delivered((e) => (rules(e).countries.codes = ['KP', 'UK'])), 'edge.waf.rules.countries.codes[1]', 'waf-countries', /"GB"/],
  ['a country in small letters', delivered((e) => (rules(e).countries.codes = ['kp'])), 'edge.waf.rules.countries.codes[0]', 'waf-countries', /capitals/],
  ['a country twice', delivered((e) => (rules(e).countries.codes = ['KP', 'KP'])), 'edge.waf.rules.countries.codes', 'waf-countries', /second "KP"/],
  ['more countries than a rule holds', delivered((e) => (rules(e).countries.codes = [...COUNTRY_CODES].slice(0, 51))), 'edge.waf.rules.countries.codes', 'waf-countries', /at most 50/],
  ['uploads exempt from a list of addresses', delivered((e) => (rules(e).core.group = 'AWSManagedRulesAmazonIpReputationList')), 'edge.waf.rules.core.uploads', 'waf-uploads', /looks into bodies/],
  ["a rule with the name of a group's second rule", delivered((e) => (rules(e)['core-bodies'] = { ...rate, priority: 99 })), 'edge.waf.rules.core-bodies', 'waf-rule-names', /rename yours/],
  ['a web ACL that sees Cloudflare only', proxied((e) => (e.edge.cloudflare.origin = 'public')), 'edge.cloudflare.origin', 'waf-behind-proxy', /"cloudflare" with/],
  ['a misspelt field of a rule whose kind is one of two', delivered((e) => (rules(e).sql = { kind: 'sql-injection', priority: 70, exceptPath: ['/x'] })), 'edge.waf.rules.sql.exceptPath', undefined, /exceptPaths.*did you mean "exceptPaths"/],
  ['an exempt path with a wildcard in such a rule', delivered((e) => (rules(e).sql = { kind: 'sql-injection', priority: 70, exceptPaths: ['/x/*'] })), 'edge.waf.rules.sql.exceptPaths[0]', undefined, /the beginning of a path.*without wildcards/],
  ['a WAF rule of an unknown kind', delivered((e) => (rules(e).rate.kind = 'sql-injektion')), 'edge.waf.rules.rate.kind', undefined, /"cross-site-scripting", "sql-injection".*did you mean "sql-injection"/],
  ['an unknown managed group', delivered((e) => (rules(e).core.group = 'AWSManagedRulesComonRuleSet')), 'edge.waf.rules.core.group', undefined, /did you mean "AWSManagedRulesCommonRuleSet"/],
  // A shared zone.
  ["a shared zone's settings in the environment", shared((e) => (e.edge.cloudflare = { plan: 'free' })), 'edge.cloudflare.zoneRules', 'shared-zone-settings', /"shared".*description of the zone/],
  ["an own zone's settings in a description", proxied((e) => (e.edge.cloudflare = { zoneRules: 'shared' })), 'edge.cloudflare.zoneRules', 'shared-zone-settings', /not shared.*defineZone/],
  ["Cloudflare's settings of a shared Route 53 zone", shared((e) => { e.domain.zone.provider = 'route53'; delete e.edge; e.frontends = {}; }), 'domain.zone.cloudflare', 'shared-zone-provider', /only with provider/],
  ['a shared zone that does not admit Amazon', shared((e) => (e.domain.zone.certificateAuthorities = ['letsencrypt.org'])), 'domain.zone.certificateAuthorities', 'shared-zone-authority', /add "amazon\.com"/],
  ["a shared zone that does not admit a host's authority", shared((e) => { e.domain.zone.certificateAuthorities = ['amazon.com']; delete e.edge; oneHost(e); }), 'domain.zone.certificateAuthorities', 'box-certificate-authority', /letsencrypt/],
  ['a name outside the shared zone', shared((e) => (e.domain.names = ['other.example'])), 'domain.names[0]', 'domain-names-in-zone', /"shop\.example"/],
  ['more rules than the plan of a shared zone has', shared((e) => (e.domain.zone.cloudflare.rateLimits = { a: { requests: 1 }, b: { requests: 1 } })), 'domain.zone.cloudflare.rateLimits', 'cloudflare-plan', /at most 1/],
  ['a shared zone that is created in no account', shared((e) => (e.domain.zone.zoneSource = 'create')), 'domain.zone.cloudflareAccountId', 'cloudflare-account', /add it/],
  ['an origin for Cloudflare without the proxy of the shared zone', shared((e) => (e.domain.zone.cloudflare.proxied = false)), 'edge.cloudflare.origin', 'cloudflare-zone', /set `domain\.zone\.cloudflare\.proxied` to true/],
  ['a share of traffic in a shared zone at Cloudflare', shared((e) => { e.nextTier = 'kubernetes'; e.edge.nextTierPercent = 5; }), 'edge.nextTierPercent', 'traffic-split', /0 or 100/],
  ['a kind of zone that does not exist', shared((e) => (e.domain.kind = 'common')), 'domain.kind', undefined, /"own", "shared"/],
  ["an own zone's field in a shared zone", shared((e) => (e.domain.certificateAuthorities = [])), 'domain.certificateAuthorities', undefined, /remove it/],
  // Cloudflare.
  ["Cloudflare's settings of a Route 53 zone", proxied((e) => { e.domain.provider = 'route53'; e.frontends = {}; }), 'edge.cloudflare', 'cloudflare-zone', /"cloudflare"/],
  ['an origin for Cloudflare without its proxy', proxied((e) => (e.edge.cloudflare.proxied = false)), 'edge.cloudflare.origin', 'cloudflare-zone', /set `edge\.cloudflare\.proxied` to true/],
  ['an origin behind Cloudflare whose names Route 53 answers', proxied((e) => { e.domain.delegatedZone = 'app.shop.example'; e.domain.names = ['app.shop.example']; }), 'edge.cloudflare.origin', 'cloudflare-zone', /delegated zone/],
  ['more rate limits than the plan has', proxied((e) => (e.edge.cloudflare.rateLimits.more = { requests: 5 })), 'edge.cloudflare.rateLimits', 'cloudflare-plan', /at most 1 on the free plan/],
  ['a period that the plan does not have', proxied((e) => (e.edge.cloudflare.rateLimits.all.periodSeconds = 60)), 'edge.cloudflare.rateLimits.all.periodSeconds', 'cloudflare-plan', /at most 10 on the free plan/],
  ['a block that the plan does not have', proxied((e) => (e.edge.cloudflare.rateLimits.all.blockSeconds = 60)), 'edge.cloudflare.rateLimits.all.blockSeconds', 'cloudflare-plan', /at most 10/],
  ['a period that Cloudflare does not have', proxied((e) => (e.edge.cloudflare.rateLimits.all.periodSeconds = 11)), 'edge.cloudflare.rateLimits.all.periodSeconds', undefined, /10, 15, 20/],
  ["rules in an environment that leaves them to another", proxied((e) => (e.edge.cloudflare.zoneRules = 'elsewhere')), 'edge.cloudflare.zoneRules', 'cloudflare-rules-elsewhere', /write them in the environment with zoneRules "here"/],
  ['a host that admits only a missing proxy', proxied((e) => { oneHost(e); e.box.origin = 'cloudflare'; e.edge = {}; }), 'box.origin', 'cloudflare-host', /plan: 'free'/],
  // Frontends.
  ['a Pages domain outside the zone', proxied((e) => (e.frontends.blog = pages('blog.other.example'))), 'frontends.blog.domains[0]', 'frontend-domains', /"shop\.example" or a name below/],
  ['a Pages domain in the delegated zone', proxied((e) => { e.domain.delegatedZone = 'app.shop.example'; e.domain.names = ['app.shop.example']; e.edge.cloudflare.origin = 'public'; delete e.edge.waf; e.frontends.blog = pages('x.app.shop.example'); }), 'frontends.blog.domains[0]', 'frontend-domains', /Route 53 answers/],
  ['a Pages domain that the services have', proxied((e) => (e.frontends.blog = pages('shop.example'))), 'frontends.blog.domains[0]', 'frontend-domains', /not among domain\.names/],
  ['one domain of two Pages frontends', proxied((e) => (e.frontends.more = pages('blog.shop.example'))), 'frontends.more.domains[0]', 'frontend-domains', /frontends\.blog/],
  ['Pages without Cloudflare', delivered((e) => (e.frontends.blog = pages('blog.shop.example'))), 'frontends.blog.kind', 'frontend-provider', /"static-site" or "amplify"/],
  ['a static site without a CDN', delivered((e) => { delete e.edge.cdn; }), 'frontends.web.kind', 'frontend-provider', /cdn: \{\}/],
  ['a static site whose bucket is declared', delivered((e) => (e.buckets.web = {})), 'frontends.web', 'bucket-names-unique', /buckets\.web/],
  ['two frontends at one name', delivered((e) => (e.frontends.more = { kind: 'service', service: 'api' })), 'frontends.more.kind', 'frontend-single', /frontends\.web/],
  ['a name of a frontend that is not declared', placed((e) => (e.frontends.site.hosts = ['ww.shop.example'])), 'frontends.site.hosts[0]', 'frontend-hosts', /did you mean "www\.shop\.example"/],
  ['a name of two frontends', placed((e) => (e.frontends.docs = { ...e.frontends.site })), 'frontends.docs.hosts[0]', 'frontend-hosts', /frontends\.site\.hosts\[0\]/],
  ['a name twice in a frontend', placed((e) => e.frontends.site.hosts.push('www.shop.example')), 'frontends.site.hosts[1]', 'frontend-hosts', /remove it from one/],
  ['a name of a service without CloudFront', placed((e) => (e.frontends.app = { kind: 'service', service: 'api', hosts: ['shop.example'] })), 'frontends.app.hosts', 'frontend-hosts', /cdn: \{\}/],
  ['a name of a frontend in a shared zone', shared((e) => (e.frontends.site = { kind: 'static-site', pages: 'directories', hosts: ['shop.example'] })), 'frontends.site.hosts', 'frontend-hosts', /not shared/],
  ['a name at CloudFront that Amazon may not certify', placed((e) => (e.domain.certificateAuthorities = ['letsencrypt.org'])), 'domain.certificateAuthorities', 'certificate-authority', /add "amazon\.com"/],
  ['a redirect by CloudFront that Amazon may not certify', proxied((e) => { e.services.api.routes = []; e.frontends = { blog: pages('blog.shop.example') }; e.edge = { cloudflare: { plan: 'free' }, redirects: { 'old.shop.example': 'blog.shop.example' } }; e.domain.certificateAuthorities = ['letsencrypt.org']; }), 'domain.certificateAuthorities', 'certificate-authority', /add "amazon\.com"/],
  ['a route of a name that a frontend has', placed((e) => (e.services.api.routes[1] = { host: 'www.shop.example' })), 'services.api.routes[1].host', 'cdn-hides-route', /frontends\.site\.hosts/],
  ['routes when frontends have every name', placed((e) => (e.frontends.site.hosts = [...e.domain.names])), 'services.api.routes[0]', 'cdn-hides-route', /add a name for the services/],
  ['a CDN with frontends of their own names only', placed((e) => { e.services.api.routes = []; e.edge.cdn = {}; }), 'edge.cdn', 'cdn-origin', /needs no `edge\.cdn`/],
  ['two frontends at all names next to one of its own', placed((e) => { e.edge.cdn = { servicePaths: ['/api/*'] }; e.frontends.one = { kind: 'static-site', pages: 'directories' }; e.frontends.two = { kind: 'static-site', pages: 'directories' }; }), 'frontends.two.kind', 'frontend-single', /names of its own/],
  ['a frontend for which no name is left', placed((e) => { e.frontends.site.hosts = [...e.domain.names]; e.services.api.routes = []; e.edge.cdn = {}; e.frontends.docs = { kind: 'static-site', pages: 'directories' }; }), 'frontends.docs', 'frontend-hosts', /add a name for it/],
  ['a frontend that is no service', proxied((e) => (e.frontends.web.service = 'apii')), 'frontends.web.service', 'frontend-service', /did you mean "api"/],
  ['a frontend of an unknown kind', proxied((e) => (e.frontends.web = { kind: 'vercel' })), 'frontends.web.kind', undefined, /cloudflare-pages/],
];

// prettier-ignore
export const ACCEPTED_AT_EDGE: readonly Accepted[] = [
  ['CloudFront with a static site and a web ACL', delivered(() => undefined)],
  ['Cloudflare with a web ACL that reads the client address, and Pages', proxied(() => undefined)],
  ['a rate of ten', delivered((e) => (rules(e).rate.requests = 10))],
  ['fifty countries, or all others', delivered((e) => (rules(e).countries = { ...countries, codes: [...COUNTRY_CODES].slice(0, 50), refuse: 'others' }))],
  ['an unproxied name with CloudFront', proxied((e) => { e.edge = { cdn: {}, cloudflare: { plan: 'free', proxied: false } }; })],
  ['a web ACL in front of a load balancer, without a CDN', delivered((e) => { e.edge = { waf: e.edge.waf }; e.frontends = {}; })],
  ['a frontend alone behind the CDN', delivered((e) => { e.services.api.routes = []; e.edge.cdn = {}; delete e.services.api.scaling.requestsPerTarget; })],
  ['longer periods on a plan that has them', proxied((e) => Object.assign(e.edge.cloudflare, { plan: 'pro', rateLimits: { all: { requests: 9, periodSeconds: 60, blockSeconds: 3600 } } }))],
  ['a share on Route 53 between public load balancers', delivered((e) => { e.edge.cdn.originAccess = 'prefix-list'; e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 50; })],
  ['as many paths behind a VPC origin', delivered((e) => (e.services.api.routes = [{ priority: 10, paths: ['/api/a', '/api/b', '/api/c', '/api/d'] }]))],
  ['as many paths of one host', delivered((e) => { e.edge.cdn.originAccess = 'prefix-list'; e.services.api.routes = [{ host: 'shop.example', priority: 10, paths: ['/api/a', '/api/b', '/api/c', '/api/d'] }]; })],
  ['all traffic with VPC origins', delivered((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 100; })],
  ['a name like that of the origin, which VPC origins do not have', delivered((e) => e.domain.names.push('origin.shop.example'))],
  ['small public subnets next to an internal load balancer', delivered((e) => (e.network.subnets = { public: ['10.0.0.0/28', '10.0.0.16/28'], private: ['10.0.1.0/24', '10.0.2.0/24'], isolated: ['10.0.3.0/27', '10.0.3.32/27'] }))],
  ['all traffic in a Cloudflare zone', proxied((e) => { e.nextTier = 'kubernetes'; e.services.api.mounts = []; e.edge.nextTierPercent = 100; })],
  ['a static site next to a bucket of another name', delivered((e) => (e.buckets.web = { name: 'shop-web-files' }))],
  ['routes of hosts whose paths the CDN sends to the services', delivered((e) => (e.services.api.routes = [{ host: 'www.shop.example', paths: ['/api/*'] }, { host: 'shop.example', paths: ['/api/v1/*'] }, {}]))],
  ['a route for a host behind a CDN whose frontend is a service', delivered((e) => { e.services.api.routes[1] = { host: 'www.shop.example' }; e.frontends = {}; e.edge.cdn = {}; })],
  ['logins on a host', hostLocked(() => undefined)],
  ['logins on a host without health checks', hostLocked((e) => Object.assign(e.edge, { basicAuth: { secret: 'preview' }, healthChecks: {} }))],
  ['logins in front of CloudFront', locked(() => undefined)],
  ['logins in front of static sites that have every name', placed((e) => { e.services.api.routes = []; delete e.services.api.scaling.requestsPerTarget; e.frontends.site.hosts = [...e.domain.names]; e.edge.basicAuth = {}; })],
  ['the apex redirected by a load balancer', redirected(() => undefined)],
  ['as many redirects as a certificate has names', redirected((e) => (e.edge.redirects = many(9)))],
  ['the first route for every name right after the redirects', redirected((e) => (e.services.api.routes[0].priority = 2))],
  ['the first position for a route of one host next to redirects', redirected((e) => { e.services.api.routes[0] = { priority: 1, host: 'www.shop.example' }; })],
  ['the first position for a route behind CloudFront, which redirects', redirected((e) => { e.edge.cdn = {}; e.services.api.routes[0].priority = 1; })],
  ['a static site on its own name next to a load balancer', placed(() => undefined)],
  ['a static site on its own name next to a route for the host of the services', placed((e) => (e.services.api.routes[1] = { host: 'shop.example' }))],
  ['static sites on every name without services', placed((e) => { e.services.api.routes = []; delete e.services.api.scaling.requestsPerTarget; e.frontends.site.hosts = [...e.domain.names]; })],
  ['a name of a service behind CloudFront', placed((e) => { e.edge.cdn = {}; e.frontends.app = { kind: 'service', service: 'api', hosts: ['shop.example'], cachedPaths: ['/assets/*'] }; })],
  ['preloaded HTTPS for a year, with subdomains', delivered((e) => (e.edge.strictTransportSecurity = { preload: true, includeSubdomains: true }))],
  ['browsers that forget HTTPS', delivered((e) => (e.edge.strictTransportSecurity = { maxAgeDays: 0 }))],
  ['no edge at all', rich()],
];
