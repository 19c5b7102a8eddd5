/** What a check of a move finds before anything is changed. */
import { z } from 'zod';

export const findingSchema = z.strictObject({
  /**
   * `refused`: the move cannot begin. `warning`: it can, and this changes. `stays`: this is not moved, and has to be created again by
   * hand if it is still needed.
   */
  weight: z.enum(['refused', 'warning', 'stays']),
  /** A permanent name of the kind of finding. @example 'target-older' */
  id: z.string(),
  /** What it is about: `extension postgis`, `table public.orders`. */
  subject: z.string(),
  message: z.string(),
  /** How to get rid of it. */
  fix: z.string().optional(),
});

export type Finding = z.infer<typeof findingSchema>;

/** One server, as the check found it. */
export const serverFactsSchema = z.object({
  /** `15.18` */
  version: z.string(),
  major: z.number(),
  database: z.string(),
  user: z.string(),
  superuser: z.boolean(),
  encoding: z.string(),
  collation: z.string(),
  bytes: z.number(),
  tables: z.number(),
  largeObjects: z.number(),
  walLevel: z.string(),
});

export type ServerFacts = z.infer<typeof serverFactsSchema>;

/** Both servers, where both were reached. */
export interface Sides {
  readonly source: ServerFacts;
  readonly target: ServerFacts;
}

export const checkReportSchema = z.strictObject({
  source: serverFactsSchema.optional(),
  target: serverFactsSchema.optional(),
  findings: z.array(findingSchema),
});

export type CheckReport = z.infer<typeof checkReportSchema>;
