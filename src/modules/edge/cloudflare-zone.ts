/** The Cloudflare zone of an environment: how it is found, and its settings and rules, which only one of its environments keeps. */
import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { Ruleset } from '@cdktf/provider-cloudflare/lib/ruleset';
import { ZoneSetting } from '@cdktf/provider-cloudflare/lib/zone-setting';
import { Construct } from 'constructs';
import { maxAgeSeconds } from '../../config/calculations/strict-transport-security';
import type { ResolvedCloudflareZone } from '../../config/resolved/edge';
import type { ResolvedDomain } from '../../config/resolved/environment';
import { requireCloudflareProvider } from '../dns/cloudflare';
import { zonePhases } from './cloudflare-rules';

/**
 * Cloudflare checks the origin's certificate, redirects every visitor to HTTPS, refuses TLS older than 1.2, and adds the header
 * that makes browsers insist on HTTPS. Pages has no other way to add it.
 */
function zoneSettings({ strictTransportSecurity }: Pick<ResolvedCloudflareZone, 'strictTransportSecurity'>) {
  return {
    ssl: 'strict',
    always_use_https: 'on',
    min_tls_version: '1.2',
    security_header: {
      strict_transport_security: {
        enabled: true,
        max_age: maxAgeSeconds(strictTransportSecurity),
        include_subdomains: strictTransportSecurity.includeSubdomains,
        preload: strictTransportSecurity.preload,
        nosniff: false,
      },
    },
  } as const;
}

export interface CloudflareZoneRulesProps {
  readonly zoneId: string;
  readonly rules: ResolvedCloudflareZone;
}

/** Settings, and one rule set for each phase that has rules. */
export class CloudflareZoneRules extends Construct {
  constructor(scope: Construct, id: string, { zoneId, rules }: CloudflareZoneRulesProps) {
    super(scope, id);
    requireCloudflareProvider(this);
    for (const [settingId, value] of Object.entries(zoneSettings(rules))) {
      const setting = new ZoneSetting(this, settingId.replaceAll('_', '-'), { zoneId, settingId, value: {} });
      // The bindings type `value` as a map of strings; the provider takes the type of the setting.
      setting.addOverride('value', value);
    }
    for (const phase of zonePhases(rules)) {
      new Ruleset(this, phase.id, {
        zoneId,
        kind: 'zone',
        phase: phase.phase,
        name: phase.name,
        rules: [...phase.rules],
      });
    }
  }
}

export interface CloudflareZoneProps {
  readonly domain: ResolvedDomain;
  /** The zone of the environment's own names: the Cloudflare zone, or one delegated from it. */
  readonly zoneId: string;
}

/** The id of the Cloudflare zone; looked up where the environment's names are in a zone delegated from it. */
export function cloudflareZoneId(scope: Construct, props: CloudflareZoneProps): string {
  return props.domain.delegatedZone === undefined ? props.zoneId : findZone(scope, props).zoneId;
}

/** The account that the Cloudflare zone belongs to: looked up, so that no environment has to name it. */
export function cloudflareAccountId(scope: Construct, props: CloudflareZoneProps): string {
  return findZone(scope, props).account.id;
}

const LOOK_UP_ID = 'zone';

/** One look-up per scope. */
function findZone(scope: Construct, { domain, zoneId }: CloudflareZoneProps): DataCloudflareZone {
  requireCloudflareProvider(scope);
  const found = scope.node.tryFindChild(LOOK_UP_ID);
  if (found instanceof DataCloudflareZone) return found;
  const filter = domain.delegatedZone === undefined ? { zoneId } : { filter: { name: domain.zone } };
  return new DataCloudflareZone(scope, LOOK_UP_ID, filter);
}
