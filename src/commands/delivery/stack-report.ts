/** The result of planning a stack: the report that the steps of a workflow exchange. It holds values, and no secrets. */
import { z } from 'zod';

const action = z.object({
  address: z.string(),
  action: z.enum(['create', 'update', 'replace', 'delete', 'forget', 'import', 'move']),
  /** The address before a `moved` block. */
  from: z.string().optional(),
  /** The id of an existing object that is imported. */
  importing: z.string().optional(),
  /** Why Terraform replaces or deletes it. */
  reason: z.string().optional(),
  /** Names of the attributes that change. */
  attributes: z.array(z.string()).default([]),
  /** Lines of a diff. */
  lines: z.array(z.string()).default([]),
});

/** A change that was reviewed: src/checks/plan-changes/digests.ts. */
export const reviewedChange = z.object({
  digest: z.string(),
  unknown: z.array(z.array(z.union([z.string(), z.number()]))),
});

const planned = z.object({
  status: z.literal('planned'),
  stack: z.string(),
  actions: z.array(action),
  /** The digest of the plan. */
  digest: z.string(),
  /** The digest of each change. */
  changes: z.array(reviewedChange).default([]),
  /** The guard's verdict: whether the plan may be applied, and what it found, as a table. */
  guard: z.object({ passed: z.boolean(), markdown: z.string() }),
  /** Resources that were deleted outside of Terraform. */
  deletedOutside: z.array(z.string()),
  /** Whether the plan was read without sensitive values, so that it cannot be compared with the one that is applied. */
  isRedacted: z.boolean().optional(),
  /** The address of its run in HCP Terraform. */
  run: z.url().optional(),
});

/** A stack that it reads is not deployed yet, so it cannot be planned. */
const later = z.object({ status: z.literal('later'), stack: z.string(), reason: z.string() });

const failed = z.object({ status: z.literal('failed'), stack: z.string(), reason: z.string(), run: z.url().optional() });

const stackReport = z.discriminatedUnion('status', [planned, later, failed]);

export const environmentReport = z.object({
  environment: z.string(),
  /** The commit that was planned. */
  commit: z.string(),
  stacks: z.array(stackReport),
});

export type StackReport = z.output<typeof stackReport>;
export type PlannedReport = z.output<typeof planned>;
export type EnvironmentReport = z.output<typeof environmentReport>;
