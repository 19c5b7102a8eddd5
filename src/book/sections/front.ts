/** Names, certificates, and what is in front of the services. Pure. */
import type { ResolvedDistribution } from '../../config/resolved/edge';
import type { ResolvedEnvironment } from '../../config/resolved/environment';
import type { Book } from '../book';
import { card, cards, code, codes, facts, list, type Section } from '../elements';
import type { Part } from '../html';
import { joined } from '../html';
import { duration } from '../facts/sizes';

export function frontSection({ environment }: Book): Section | undefined {
  const { domain, edge } = environment;
  const parts = [
    domain !== undefined && namesCard(environment),
    edge.distribution !== undefined && cdnCard(edge.distribution),
    ...edge.frontendDistributions.map(cdnCard),
    edge.waf !== undefined && wafCard(environment),
    edge.cloudflareZone !== undefined && cloudflareCard(environment),
    ...edge.pages.map(({ key, kind }) => card({ kind: 'frontend', title: key, body: facts([['served by', FRONTENDS[kind]]]) })),
    edge.healthChecks.length > 0 &&
      card({
        kind: 'Route 53',
        title: 'Health checks from outside',
        body: list(edge.healthChecks.map(({ key }) => key)),
      }),
  ].filter((part) => part !== false);
  if (parts.length === 0) return undefined;
  return { id: 'front', title: 'Names and entrances', body: cards(parts) };
}

const FRONTENDS = { 'cloudflare-pages': 'Cloudflare Pages' } as const;

function namesCard({ domain, edge }: ResolvedEnvironment): Part {
  if (domain === undefined) return undefined;
  const served = domain.kind === 'shared' ? domain.shared.servedBy : undefined;
  return card({
    kind: `zone at ${domain.provider === 'route53' ? 'Route 53' : 'Cloudflare'}`,
    title: domain.zone,
    body: facts([
      ['names', codes(domain.names)],
      ['redirects', edge.redirects.length > 0 && list(edge.redirects.map(({ from, to }) => [code(from), ' to ', code(to)]))],
      ['serves now', typeof served === 'string' && served],
      ['through Cloudflare', edge.proxied ? 'yes, its proxy hides the origin' : 'no'],
      ['reached by', { everybody: 'everybody', cloudfront: 'CloudFront only', cloudflare: 'Cloudflare only' }[edge.originAdmits]],
      [
        'certificates',
        [domain.regionalCertificate && 'regional', domain.edgeCertificate && 'CloudFront'].filter(Boolean).join(', '),
      ],
    ]),
  });
}

function cdnCard({ names, priceClass, origins, behaviors, fallback }: ResolvedDistribution): Part {
  return card({
    kind: 'CloudFront',
    title: names[0] ?? 'distribution',
    body: facts([
      ['names', codes(names)],
      ['origins', joined(origins.map(({ kind }) => kind))],
      ['everything else', `${fallback.origin}${fallback.cached ? ', cached' : ', not cached'}`],
      [
        'paths',
        list(behaviors.map(({ pattern, origin, cached }) => [code(pattern), ` to ${origin}${cached ? ', cached' : ''}`])),
      ],
      ['price class', priceClass],
    ]),
  });
}

function wafCard({ edge: { waf } }: ResolvedEnvironment): Part {
  if (waf === undefined) return undefined;
  return card({
    kind: waf.scope === 'CLOUDFRONT' ? 'firewall of CloudFront' : 'firewall of the load balancer',
    title: waf.name,
    body: list(
      waf.rules.map((rule) => {
        const detail = rule.kind === 'rate' ? `${rule.requests} requests in ${duration(rule.windowSeconds)}` : rule.kind;
        return detail === rule.key ? rule.key : `${rule.key}: ${detail}`;
      }),
    ),
  });
}

function cloudflareCard({ edge: { cloudflareZone } }: ResolvedEnvironment): Part {
  if (cloudflareZone === undefined) return undefined;
  const { zone, managedRules, rateLimits, customRules, cacheDays } = cloudflareZone;
  return card({
    kind: 'Cloudflare',
    title: zone,
    body: facts([
      ['managed rules', managedRules ? 'on' : 'off'],
      [
        'rate limits',
        list(rateLimits.map(({ key, requests, periodSeconds }) => `${key}: ${requests} requests in ${duration(periodSeconds)}`)),
      ],
      ['custom rules', list(customRules.map(({ key, action }) => `${key}: ${action}`))],
      ['static files', cacheDays > 0 && `cached ${cacheDays} days`],
    ]),
  });
}
