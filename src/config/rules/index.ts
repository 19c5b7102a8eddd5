/** Every rule, in the order in which a person should read the findings. */
import { acknowledgementRule } from './acknowledgement-rules';
import { BACKUP_RULES } from './backup-rules';
import { BOX_RULES } from '../tiers/box/rules';
import { CLOUDFLARE_RULES } from './cloudflare-rules';
import { CONNECTION_RULES } from './connection-rules';
import { DATABASE_RULES } from './database-rules';
import { DOMAIN_RULES } from './domain-rules';
import { EDGE_RULES } from './edge-rules';
import { EGRESS_RULES } from './egress-rules';
import { FARGATE_RULES } from '../tiers/fargate/rules';
import { FRONTEND_RULES } from './frontend-rules';
import { IDENTITY_RULES } from './identity-rules';
import { KUBERNETES_RULES } from '../tiers/kubernetes/cluster-rules';
import { NETWORK_RULES } from './network-rules';
import { NODE_RULES } from '../tiers/kubernetes/node-rules';
import { OBSERVABILITY_RULES } from './observability-rules';
import { POD_RULES } from '../tiers/kubernetes/pod-rules';
import { POOLER_RULES } from './pooler-rules';
import { REFERENCE_RULES } from './reference-rules';
import { REPLICA_NETWORK_RULES } from './replica-network-rules';
import { ROUTE_RULES } from './route-rules';
import type { Rule } from './rule';
import { SCALING_RULES } from './scaling-rules';
import { SECRET_RULES } from './secret-rules';
import { STORAGE_RULES } from './storage-rules';
import { WAF_RULES } from './waf-rules';
import { WORKLOAD_RULES } from './workload-rules';
import { ZONE_RULES } from './zone-rules';

const RULES_ABOUT_SYSTEMS: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...NETWORK_RULES,
  ...ZONE_RULES,
  ...REPLICA_NETWORK_RULES,
  ...EGRESS_RULES,
  ...DOMAIN_RULES,
  ...EDGE_RULES,
  ...FRONTEND_RULES,
  ...CLOUDFLARE_RULES,
  ...WAF_RULES,
  ...DATABASE_RULES,
  ...BACKUP_RULES,
  ...STORAGE_RULES,
  ...SECRET_RULES,
  ...WORKLOAD_RULES,
  ...REFERENCE_RULES,
  ...CONNECTION_RULES,
  ...POOLER_RULES,
  ...ROUTE_RULES,
  ...SCALING_RULES,
  ...FARGATE_RULES,
  ...KUBERNETES_RULES,
  ...NODE_RULES,
  ...POD_RULES,
  ...BOX_RULES,
  ...OBSERVABILITY_RULES,
];

export const RULES: readonly Rule[] = [...RULES_ABOUT_SYSTEMS, acknowledgementRule(RULES_ABOUT_SYSTEMS)];
