/** Rules about Cloudflare: where it works, and what its plans allow. */
import { isCloudflareZone, isProxied, recordZone, zoneOf } from '../calculations/record-zone';
import type { ParsedEnvironment } from '../schema/environment';
import { CLOUDFLARE_PLANS } from '../tables/cloudflare-plans';
import { hasTier, located } from './located';
import { findingIf } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

const cloudflareZone = defineRule({
  id: 'cloudflare-zone',
  severity: 'refusal',
  summary:
    "Cloudflare's settings need a Cloudflare zone; its proxy, and origins that admit only the proxy, need names in such a zone.",
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) => {
    const { cloudflare } = edge;
    if (cloudflare === undefined || domain === undefined) return [];
    const zone = zoneOf(domain);
    const elsewhere = !isCloudflareZone(recordZone(zone));
    return [
      ...findingIf(
        !isCloudflareZone(zone),
        'edge.cloudflare',
        zone.provider,
        'only with names in a zone at Cloudflare (`provider: "cloudflare"`)',
        'remove it; `edge.cdn` and `edge.waf` work with any provider',
      ),
      ...findingIf(
        isCloudflareZone(zone) && cloudflare.origin === 'cloudflare' && !isProxied({ domain, edge }),
        'edge.cloudflare.origin',
        cloudflare.origin,
        '"public" where visitors do not come through Cloudflare',
        elsewhere
          ? 'set it to "public": the names are in the delegated zone, which Route 53 answers for'
          : `set \`${domain.kind === 'shared' ? 'domain.zone.cloudflare' : 'edge.cloudflare'}.proxied\` to true`,
      ),
    ];
  },
});

const planLimits = defineRule({
  id: 'cloudflare-plan',
  severity: 'refusal',
  summary: "The zone's plan includes as many rules, and periods as long, as are configured.",
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) => [
    ...(edge.cloudflare === undefined || edge.cloudflare.zoneRules === 'shared'
      ? []
      : beyondPlan('edge.cloudflare', edge.cloudflare)),
    ...(domain?.kind === 'shared' && domain.zone.cloudflare !== undefined
      ? beyondPlan('domain.zone.cloudflare', domain.zone.cloudflare)
      : []),
  ],
});

type ZoneSettings = Exclude<NonNullable<ParsedEnvironment['edge']['cloudflare']>, { readonly zoneRules: 'shared' }>;

/** @param section where the settings of the zone are written */
function beyondPlan(
  section: string,
  { plan, rateLimits, customRules }: Pick<ZoneSettings, 'plan' | 'rateLimits' | 'customRules'>,
): readonly Finding[] {
  const limits = CLOUDFLARE_PLANS[plan];
  const tooMany = (field: string, count: number, most: number) =>
    findingIf(
      count > most,
      `${section}.${field}`,
      count,
      `at most ${most} on the ${plan} plan`,
      'remove some, or choose a larger plan',
    );
  return [
    ...tooMany('rateLimits', Object.keys(rateLimits).length, limits.rateLimits),
    ...tooMany('customRules', Object.keys(customRules).length, limits.customRules),
    ...located(`${section}.rateLimits`, rateLimits).flatMap(({ path, value }) => [
      ...findingIf(
        value.periodSeconds > limits.longestPeriod,
        `${path}.periodSeconds`,
        value.periodSeconds,
        `at most ${limits.longestPeriod} on the ${plan} plan`,
        'shorten it, and lower `requests` with it',
      ),
      ...findingIf(
        value.blockSeconds > limits.longestBlock,
        `${path}.blockSeconds`,
        value.blockSeconds,
        `at most ${limits.longestBlock} on the ${plan} plan`,
        'shorten it',
      ),
    ]),
  ];
}

const rulesElsewhere = defineRule({
  id: 'cloudflare-rules-elsewhere',
  severity: 'refusal',
  summary: "An environment that leaves the zone's rules to another environment has no Cloudflare rules itself.",
  reads: ['edge'],
  check: ({ edge }) => {
    const { cloudflare } = edge;
    if (cloudflare?.zoneRules !== 'elsewhere') return [];
    const rules = [...Object.keys(cloudflare.rateLimits), ...Object.keys(cloudflare.customRules)];
    return findingIf(
      rules.length > 0,
      'edge.cloudflare.zoneRules',
      rules,
      '"here", or no rate limits and custom rules',
      'a zone has one set of rules: write them in the environment with zoneRules "here"',
    );
  },
});

const hostProxied = defineRule({
  id: 'cloudflare-host',
  severity: 'refusal',
  summary: 'A single host that admits only Cloudflare is behind its proxy; otherwise visitors could not reach it.',
  reads: ['edge', 'domain', 'tier', 'nextTier', 'box'],
  check: ({ edge, domain, tier, nextTier, box }) => {
    if (domain === undefined || !hasTier({ tier, nextTier }, 'box')) return [];
    if (!isCloudflareZone(recordZone(zoneOf(domain)))) return [];
    return findingIf(
      box?.origin === 'cloudflare' && !isProxied({ domain, edge }),
      'box.origin',
      box?.origin,
      '"public", unless visitors come through Cloudflare',
      domain.kind === 'shared'
        ? 'add `cloudflare: { plan: \'free\' }` to the description of the zone, or set it to "public"'
        : 'add `edge: { cloudflare: { plan: \'free\' } }`, or set it to "public"',
    );
  },
});

/** The proxy closes a WebSocket on which nothing is sent for this time. Source: Cloudflare documentation, "WebSockets". */
const PROXY_IDLE_SECONDS = 100;

const proxyIdle = defineRule({
  id: 'cloudflare-idle',
  severity: 'warning',
  summary: "Behind Cloudflare's proxy, an idle timeout above the proxy's own has no effect.",
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) =>
    findingIf(
      isProxied({ domain, edge }) && edge.idleTimeoutSeconds > PROXY_IDLE_SECONDS,
      'edge.idleTimeoutSeconds',
      edge.idleTimeoutSeconds,
      `at most ${PROXY_IDLE_SECONDS}: Cloudflare's proxy closes connections that are idle for longer`,
      'lower it, and let the application send a ping at least once a minute; or acknowledge that the plan of the zone has a longer one',
    ),
});

export const CLOUDFLARE_RULES: readonly Rule[] = [cloudflareZone, planLimits, rulesElsewhere, hostProxied, proxyIdle];
