/** Every rule, in the order in which a person should read the findings. */
import { acknowledgementRule } from './acknowledgement-rules';
import { BACKUP_RULES } from './backup-rules';
import { CONNECTION_RULES } from './connection-rules';
import { DATABASE_RULES } from './database-rules';
import { DOMAIN_RULES } from './domain-rules';
import { EGRESS_RULES } from './egress-rules';
import { FARGATE_RULES } from './fargate-rules';
import { IDENTITY_RULES } from './identity-rules';
import { NETWORK_RULES } from './network-rules';
import { POOLER_RULES } from './pooler-rules';
import { REFERENCE_RULES } from './reference-rules';
import { REPLICA_NETWORK_RULES } from './replica-network-rules';
import { ROUTE_RULES } from './route-rules';
import type { Rule } from './rule';
import { SCALING_RULES } from './scaling-rules';
import { SECRET_RULES } from './secret-rules';
import { STORAGE_RULES } from './storage-rules';
import { WORKLOAD_RULES } from './workload-rules';
import { ZONE_RULES } from './zone-rules';

const RULES_ABOUT_SYSTEMS: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...NETWORK_RULES,
  ...ZONE_RULES,
  ...REPLICA_NETWORK_RULES,
  ...EGRESS_RULES,
  ...DOMAIN_RULES,
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
];

export const RULES: readonly Rule[] = [...RULES_ABOUT_SYSTEMS, acknowledgementRule(RULES_ABOUT_SYSTEMS)];
