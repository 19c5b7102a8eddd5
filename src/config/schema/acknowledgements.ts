/** Accepted risks and warnings: which rules can be acknowledged, and how an environment file writes it. */
import { z } from 'zod';
import { helped } from './primitives';

/**
 * The rules of severity risk or warning, by id, in alphabetical order: an editor completes them in `acknowledge`. The compiler
 * refuses such a rule that is not listed, and a test refuses an entry without a rule.
 */
export const ACKNOWLEDGEABLE_RULES = [
  'account-unpinned',
  'alarm-percentage-small',
  'alarm-period-short',
  'alarms-unheard',
  'basic-auth-bypass',
  'box-builders',
  'box-capacity',
  'box-docker-networks',
  'box-instance-type-unknown',
  'box-release-memory',
  'bucket-cors-any-origin',
  'bucket-dots',
  'bucket-minimum-storage',
  'bucket-unversioned',
  'budget-exceeded',
  'budget-nearly-used',
  'builder-source-commands',
  'cache-queue-eviction',
  'cache-unprotected',
  'caller-health',
  'cdn-hides-frontend',
  'cloudflare-idle',
  'database-apply-immediately',
  'egress-wide',
  'github-names',
  'image-moving',
  'instance-class-unknown',
  'job-outlasts-interval',
  'kubernetes-builders',
  'kubernetes-endpoint-example',
  'kubernetes-endpoint-open',
  'local-state',
  'node-capacity',
  'node-group-unused',
  'object-lock-compliance',
  'plain-secret',
  'pod-metrics-public',
  'pod-scaling-requests',
  'pod-spot',
  'pooler-connections-deploying',
  'preview-permissions',
  'queue-visibility',
  'replica-network-unused',
  'residency',
  'rotation-role',
  'rotation-trail',
  'route-count',
  'scaling-missing',
  'secret-unread',
  'service-unreachable',
  'single-nat',
  'single-zone-database',
  'singleton-next-tier',
  'singleton-spot',
  'sleep-backups',
  'sleep-jobs',
  'sleep-windows',
  'smtp-endpoint-unused',
  'ssh-world',
  'task-role-escalation',
  'task-role-reserved',
  'task-role-wildcard',
  'tier-ignores',
  'unprotected-backups',
  'vpc-private-range',
  'waf-rate-low',
] as const;

export type AcknowledgeableRule = (typeof ACKNOWLEDGEABLE_RULES)[number];

const reason = helped(z.string().trim().min(10), {
  allowed: 'the reason, in at least 10 characters',
  fix: 'explain to the next reader why this is right in this environment',
});

const findings = helped(z.record(z.string(), reason), {
  allowed: "the paths of its findings, each with the reason, such as { 'network.nat': 'an outage of an hour is acceptable' }",
  fix: 'write the reason next to the path of the finding, as the message of the finding shows it',
});

/**
 * Rule id to path to reason. Parsing accepts any id, so that the rule `acknowledge-known` can suggest the right one; the type
 * accepts the known ones.
 */
export const acknowledgementsSchema = z.partialRecord(
  z.string() as unknown as z.ZodType<AcknowledgeableRule, AcknowledgeableRule>,
  findings,
);
