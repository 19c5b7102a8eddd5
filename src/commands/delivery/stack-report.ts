/** What became of planning a stack: the report that steps of a workflow hand to each other. */
import { z } from 'zod';

const action = z.object({ address: z.string(), action: z.string(), from: z.string().optional() });

const planned = z.object({
  status: z.literal('planned'),
  stack: z.string(),
  actions: z.array(action),
  /** `digestOf` its actions. */
  digest: z.string(),
  /** The guard's verdict: whether it may be applied, and its words in Markdown. */
  guard: z.object({ passed: z.boolean(), markdown: z.string() }),
  /** Resources that somebody deleted outside of Terraform. */
  vanished: z.array(z.string()),
});

/** What it reads is not deployed yet: nothing is wrong, and nothing can be said. */
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
