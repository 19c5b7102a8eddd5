/** The rules that do not belong to one tier, in the order in which a person should read the findings. */
import { ALARM_ADVICE_RULES } from './alarm-advice-rules';
import { BACKUP_RULES } from './backup-rules';
import { BUCKET_RULES } from './bucket-rules';
import { CALLER_RULES } from './caller-rules';
import { CERTIFICATE_RULES } from './certificate-rules';
import { CLOUDFLARE_RULES } from './cloudflare-rules';
import { COLLECTOR_RULES } from './collector-rules';
import { CONNECTION_RULES } from './connection-rules';
import { COST_RULES } from './cost-rules';
import { DATABASE_RULES } from './database-rules';
import { DATABASE_SETTINGS_RULES } from './database-settings-rules';
import { DELIVERY_RULES } from './delivery-rules';
import { DESTINATION_RULES } from './destination-rules';
import { DOMAIN_RULES } from './domain-rules';
import { CDN_RULES } from './cdn-rules';
import { BASIC_AUTH_RULES } from './basic-auth-rules';
import { REDIRECT_RULES } from './redirect-rules';
import { EDGE_RULES } from './edge-rules';
import { EMAIL_RULES } from './email-rules';
import { EGRESS_RULES } from './egress-rules';
import { FRONTEND_RULES } from './frontend-rules';
import { GITHUB_RULES } from './github-rules';
import { IDENTITY_RULES } from './identity-rules';
import { IMAGE_RULES } from './image-rules';
import { LOGIN_RULES } from './login-rules';
import { NETWORK_RULES } from './network-rules';
import { OBSERVABILITY_RULES } from './observability-rules';
import { PATH_PATTERN_RULES } from './path-pattern-rules';
import { PERMISSION_RULES } from './permission-rules';
import { POOLER_RULES } from './pooler-rules';
import { DATA_RULES_OF_PREVIEWS } from './preview-data-rules';
import { RULES_OF_PREVIEWS } from './preview-rules';
import { PROTECTION_RULES } from './protection-rules';
import { REFERENCE_RULES } from './reference-rules';
import { RELEASE_RULES } from './release-rules';
import { REPLICA_NETWORK_RULES } from './replica-network-rules';
import { ROTATION_FUNCTION_RULES } from './rotation-function-rules';
import { ROUTE_RULES } from './route-rules';
import type { Rule } from './rule';
import { SCALING_RULES } from './scaling-rules';
import { SCHEDULE_RULES } from './schedule-rules';
import { SECRET_RULES } from './secret-rules';
import { SECRET_USE_RULES } from './secret-use-rules';
import { SHARED_ZONE_RULES } from './shared-zone-rules';
import { SIDECAR_RULES } from './sidecar-rules';
import { SINGLETON_RULES } from './singleton-rules';
import { SLEEP_RULES } from './sleep-rules';
import { STORAGE_ADVICE_RULES } from './storage-advice-rules';
import { STORAGE_RULES } from './storage-rules';
import { TAG_RULES } from './tag-rules';
import { TRACING_RULES } from './tracing-rules';
import { WAF_RULES } from './waf-rules';
import { WORKLOAD_RULES } from './workload-rules';
import { ZONE_RULES } from './zone-rules';

export const SYSTEM_RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...TAG_RULES,
  ...DELIVERY_RULES,
  ...GITHUB_RULES,
  ...NETWORK_RULES,
  ...ZONE_RULES,
  ...REPLICA_NETWORK_RULES,
  ...EGRESS_RULES,
  ...DESTINATION_RULES,
  ...DOMAIN_RULES,
  ...SHARED_ZONE_RULES,
  ...CERTIFICATE_RULES,
  ...EDGE_RULES,
  ...CDN_RULES,
  ...REDIRECT_RULES,
  ...BASIC_AUTH_RULES,
  ...EMAIL_RULES,
  ...FRONTEND_RULES,
  ...PATH_PATTERN_RULES,
  ...CLOUDFLARE_RULES,
  ...WAF_RULES,
  ...DATABASE_RULES,
  ...DATABASE_SETTINGS_RULES,
  ...LOGIN_RULES,
  ...BACKUP_RULES,
  ...STORAGE_RULES,
  ...BUCKET_RULES,
  ...STORAGE_ADVICE_RULES,
  ...PROTECTION_RULES,
  ...SECRET_RULES,
  ...SECRET_USE_RULES,
  ...ROTATION_FUNCTION_RULES,
  ...WORKLOAD_RULES,
  ...SIDECAR_RULES,
  ...IMAGE_RULES,
  ...SCHEDULE_RULES,
  ...RELEASE_RULES,
  ...REFERENCE_RULES,
  ...CALLER_RULES,
  ...PERMISSION_RULES,
  ...CONNECTION_RULES,
  ...POOLER_RULES,
  ...ROUTE_RULES,
  ...SCALING_RULES,
  ...SINGLETON_RULES,
  ...SLEEP_RULES,
  ...OBSERVABILITY_RULES,
  ...TRACING_RULES,
  ...ALARM_ADVICE_RULES,
  ...COLLECTOR_RULES,
  ...COST_RULES,
  ...RULES_OF_PREVIEWS,
  ...DATA_RULES_OF_PREVIEWS,
];
