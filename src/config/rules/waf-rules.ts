/** Rules about the web ACL. */
import { cachedPrefixes } from '../calculations/cached-prefixes';
import { isProxied } from '../calculations/record-zone';
import type { ParsedEnvironment } from '../schema/environment';
import { COUNTRY_CODES } from '../tables/countries';
import { MANAGED_GROUPS } from '../tables/waf-managed-groups';
import { located } from './located';
import { hasLoadBalancer } from '../calculations/load-balancer';
import { eachOnce, findingIf, sharedNames } from './finding';
import { defineRule, type Rule } from './rule';

/** The range of a rate that AWS accepts. Source: AWS WAF API reference, RateBasedStatement, Limit. */
const FEWEST_REQUESTS = 10;
const MOST_REQUESTS = 2_000_000_000;

/** AWS accepts 50 country codes in a statement, and Terrace writes one statement. Source: the same, GeoMatchStatement. */
const MOST_COUNTRIES = 50;

type WafRules = NonNullable<ParsedEnvironment['edge']['waf']>['rules'];

const rulesOf = ({ waf }: ParsedEnvironment['edge']) => located<WafRules[string]>('edge.waf.rules', waf?.rules ?? {});

const wafTarget = defineRule({
  id: 'waf-target',
  severity: 'refusal',
  summary: 'A web ACL needs CloudFront or a load balancer; a single host has neither.',
  reads: ['edge', 'tier', 'nextTier', 'box'],
  also: ['services'],
  check: ({ edge, tier, nextTier, box, services }) =>
    findingIf(
      edge.waf !== undefined && edge.cdn === undefined && !hasLoadBalancer({ tier, nextTier, box, services }),
      'edge.waf',
      { tier, nextTier },
      'a web ACL only with `edge.cdn` or with a load balancer: routes on tier "fargate" or "kubernetes"',
      "remove it; Cloudflare's rules (`edge.cloudflare`) protect a single host",
    ),
});

const priorities = defineRule({
  id: 'waf-priorities',
  severity: 'refusal',
  summary: 'No two WAF rules have the same priority, and `uploads` has a higher one than its group.',
  reads: ['edge'],
  check: ({ edge }) => {
    const taken = rulesOf(edge).flatMap(({ path, value }) => [
      { path: `${path}.priority`, priority: value.priority },
      ...(value.kind === 'managed' && value.uploads !== undefined
        ? [{ path: `${path}.uploads.priority`, priority: value.uploads.priority }]
        : []),
    ]);
    return [
      ...sharedNames(taken, ({ priority }) => priority, { thing: 'priority', fix: 'give each rule another one' }),
      ...rulesOf(edge).flatMap(({ path, value }) =>
        findingIf(
          value.kind === 'managed' && value.uploads !== undefined && value.uploads.priority < value.priority,
          `${path}.uploads.priority`,
          value.kind === 'managed' ? value.uploads?.priority : undefined,
          `more than ${value.priority}, the priority of the group`,
          'raise it: this rule reads labels that the group sets',
        ),
      ),
    ];
  },
});

const rateMinimum = defineRule({
  id: 'waf-rate',
  severity: 'refusal',
  summary: 'A rate is 10 to 2 000 000 000 requests in the window, which is what AWS accepts.',
  reads: ['edge'],
  check: ({ edge }) =>
    rulesOf(edge).flatMap(({ path, value }) =>
      findingIf(
        value.kind === 'rate' && (value.requests < FEWEST_REQUESTS || value.requests > MOST_REQUESTS),
        `${path}.requests`,
        value.kind === 'rate' ? value.requests : undefined,
        `${FEWEST_REQUESTS} to ${MOST_REQUESTS}`,
        'raise it, or lengthen `windowSeconds`: AWS accepts no other',
      ),
    ),
});

/**
 * Requests in five minutes below which a rate that counts every path blocks ordinary visitors: a page of a web application is 20
 * to 40 requests, so ten page views reach it, and an office shares one address.
 */
const LOW_RATE = 300;
const LOW_RATE_SECONDS = 300;

const lowRate = defineRule({
  id: 'waf-rate-low',
  severity: 'warning',
  summary: 'A rate under 300 requests in five minutes does not count static files, or counts some paths only.',
  reads: ['edge'],
  also: ['frontends'],
  check: ({ edge, frontends }) =>
    rulesOf(edge).flatMap(({ path, value }) => {
      if (value.kind !== 'rate' || value.paths !== undefined) return [];
      const { exceptPaths = cachedPrefixes({ edge, frontends }) } = value;
      const inFiveMinutes = (value.requests * LOW_RATE_SECONDS) / value.windowSeconds;
      return findingIf(
        inFiveMinutes < LOW_RATE && exceptPaths.length === 0,
        `${path}.requests`,
        value.requests,
        `a page is dozens of requests, so ${value.requests} in ${value.windowSeconds} seconds block visitors who open a few pages`,
        'add `exceptPaths` with the static files, or `paths` with what the limit is for, such as ["/api/"]',
      );
    }),
});

const countries = defineRule({
  id: 'waf-countries',
  severity: 'refusal',
  summary: 'Countries are ISO 3166-1 alpha-2 codes, each once, at most 50.',
  reads: ['edge'],
  check: ({ edge }) =>
    rulesOf(edge).flatMap(({ path, value }) => {
      if (value.kind !== 'countries') return [];
      return [
        ...value.codes.flatMap((code, index) =>
          findingIf(
            !COUNTRY_CODES.has(code),
            `${path}.codes[${index}]`,
            code,
            'an ISO 3166-1 alpha-2 code such as "KP", in capitals',
            code === 'UK' ? 'the United Kingdom is "GB"' : 'look it up at https://www.iso.org/obp/ui/#search',
          ),
        ),
        ...eachOnce(`${path}.codes`, value.codes, 'country'),
        ...findingIf(
          value.codes.length > MOST_COUNTRIES,
          `${path}.codes`,
          value.codes.length,
          `at most ${MOST_COUNTRIES} codes in a rule`,
          'split it into two rules, or refuse the others (`refuse: "others"`)',
        ),
      ];
    }),
});

const addressSets = defineRule({
  id: 'waf-networks',
  severity: 'refusal',
  summary:
    'The networks of an address rule are smaller than the whole internet, which a set of AWS WAF does not take, and each is listed once.',
  reads: ['edge'],
  check: ({ edge }) =>
    rulesOf(edge).flatMap(({ path, value }) => {
      if (value.kind !== 'addresses') return [];
      return [
        ...value.cidrs.flatMap((network, index) =>
          findingIf(
            network.endsWith('/0'),
            `${path}.cidrs[${index}]`,
            network,
            'a network of prefix length /1 or longer',
            'write "0.0.0.0/1" and "128.0.0.0/1" for every address',
          ),
        ),
        ...eachOnce(`${path}.cidrs`, value.cidrs, 'network'),
      ];
    }),
});

const uploads = defineRule({
  id: 'waf-uploads',
  severity: 'refusal',
  summary: 'Uploads are exempted only from groups that inspect bodies.',
  reads: ['edge'],
  check: ({ edge }) =>
    rulesOf(edge).flatMap(({ path, value }) =>
      findingIf(
        value.kind === 'managed' &&
          value.uploads !== undefined &&
          MANAGED_GROUPS[value.group].every((body) => value.countOnly.includes(body.rule)),
        `${path}.uploads`,
        value.kind === 'managed' ? value.group : undefined,
        'uploads only with a group that blocks because of bodies',
        'remove it: no rule of this group that blocks looks into bodies',
      ),
    ),
});

const ruleNames = defineRule({
  id: 'waf-rule-names',
  severity: 'refusal',
  summary: 'No rule has the name of the second rule of a group whose uploads are exempt.',
  reads: ['edge'],
  check: ({ edge }) => {
    const names = new Set(rulesOf(edge).map(({ key }) => key));
    return rulesOf(edge).flatMap(({ key, value }) => {
      const second = `${key}-bodies`;
      const clash = value.kind === 'managed' && value.uploads !== undefined && names.has(second);
      return findingIf(
        clash,
        `edge.waf.rules.${second}`,
        second,
        'another name',
        `Terrace creates "${second}" for ${key}: rename yours`,
      );
    });
  },
});

const behindProxy = defineRule({
  id: 'waf-behind-proxy',
  severity: 'refusal',
  summary: "Behind Cloudflare's proxy, a web ACL identifies clients only if the load balancer admits nothing but Cloudflare.",
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) =>
    findingIf(
      edge.waf !== undefined && isProxied({ domain, edge }) && edge.cloudflare?.origin !== 'cloudflare',
      'edge.cloudflare.origin',
      edge.cloudflare?.origin,
      '"cloudflare" with `edge.waf`',
      'set it to "cloudflare": otherwise every visitor appears with an address of Cloudflare, or with a forged one',
    ),
});

export const WAF_RULES: readonly Rule[] = [
  wafTarget,
  priorities,
  rateMinimum,
  lowRate,
  countries,
  addressSets,
  uploads,
  ruleNames,
  behindProxy,
];
