/** The settings and rules of a Cloudflare zone. A zone has one set of them, so one environment keeps them. */
import { Ruleset } from '@cdktf/provider-cloudflare/lib/ruleset';
import { ZoneSetting } from '@cdktf/provider-cloudflare/lib/zone-setting';
import { Construct } from 'constructs';
import type { ResolvedCloudflareZone } from '../../config/resolved/edge';
import { zonePhases } from './cloudflare-rules';

/** Cloudflare checks the origin's certificate, sends every visitor to HTTPS, and speaks nothing older than TLS 1.2. */
const SETTINGS: Readonly<Record<string, string>> = { ssl: 'strict', always_use_https: 'on', min_tls_version: '1.2' };

export interface CloudflareZoneRulesProps {
  readonly zoneId: string;
  readonly rules: ResolvedCloudflareZone;
}

/** Settings, and one rule set for each phase that has rules. */
export class CloudflareZoneRules extends Construct {
  constructor(scope: Construct, id: string, { zoneId, rules }: CloudflareZoneRulesProps) {
    super(scope, id);
    for (const [settingId, value] of Object.entries(SETTINGS)) {
      const setting = new ZoneSetting(this, settingId.replaceAll('_', '-'), { zoneId, settingId, value: {} });
      // The bindings type `value` as a map, the provider takes whatever the setting is: here a string.
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
