/** webrana.id, which webrana-mvp, webrana-growth and webrana-scale share: the same names on every step of the climb. */
import { defineZone, type Domain } from '../../src/config';

const zone = defineZone({
  zone: 'webrana.id',
  // Choice: the diagrams show Route 53 in front of Cloudflare; Cloudflare can proxy only names of zones that it answers for,
  // so the zone is Cloudflare's ("in Route 53 or Cloudflare").
  provider: 'cloudflare',
  // Assumption: the climb has not begun. `docs/climb.md` says when to change this.
  servedBy: 'webrana-mvp',
  // Certificates of the box come from Let's Encrypt, those of load balancers from Amazon.
  certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
  // "CloudFlare CDN/WAF" before everything. Assumption: the free plan, for no cost table pays for Cloudflare. It has no managed
  // rules, and limits rates over ten seconds only.
  cloudflare: {
    plan: 'free',
    proxied: true,
    // Assumption: the rate, and the rule.
    rateLimits: { everything: { requests: 200, periodSeconds: 10, blockSeconds: 10 } },
    customRules: {
      // The system has no such paths; who requests them is looking for mistakes.
      probes: {
        expression: '(http.request.uri.path contains "/.env") or (http.request.uri.path contains "/.git/")',
        action: 'block',
      },
    },
  },
});

export const domain: Domain = { kind: 'shared', zone, names: ['webrana.id', 'api.webrana.id'] };
