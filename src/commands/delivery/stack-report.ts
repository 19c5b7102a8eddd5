/** The result of planning a stack: the report that the steps of a workflow exchange. */
import { z } from 'zod';

const action = z.object({ address: z.string(), action: z.string(), from: z.string().optional() });

const planned = z.object({
  status: z.literal('planned'),
  stack: z.string(),
  actions: z.array(action),
  /** The digest of its actions. */
  digest: z.string(),
  /** The guard's verdict: whether the plan may be applied, and its report. */
  guard: z.object({ passed: z.boolean(), markdown: z.string() }),
  /** Resources that were deleted outside of Terraform. */
  deletedOutside: z.array(z.string()),
});

/** A stack that it reads is not deployed yet, so it cannot be planned. */
const later = z.object({ status: z.literal('later'), stack: z.string(), reason: z.string() });

const failed = z.object({ status: z.literal('failed'), stack: z.string(), reason: z.string() });

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
