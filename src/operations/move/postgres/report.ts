/** The proof that two databases hold the same: a document to file. */
import { z } from 'zod';
import { sealSchema } from './seal';

const sideSchema = z.strictObject({
  place: z.string(),
  database: z.string(),
  version: z.string(),
  readAt: z.iso.datetime(),
});

export const differenceSchema = z.strictObject({
  /** `rows`, `content`, `sequence`, `table`, `grant` and so on. */
  kind: z.string(),
  /** `public.orders` */
  name: z.string(),
  /** undefined: not there */
  source: z.string().optional(),
  target: z.string().optional(),
});

export const verificationSchema = z.strictObject({
  formatVersion: z.literal(1),
  move: z.string(),
  /** Whether everything that is compared is the same, and the source was not changed after it was frozen. */
  equal: z.boolean(),
  source: sideSchema,
  target: sideSchema,
  /** When the source was frozen, and the transaction from which on nothing may have been written. */
  seal: sealSchema,
  /** The first transaction number that was free on the source before and after it was read. */
  sourceTransactions: z.strictObject({ before: z.string(), after: z.string() }),
  /** Of everything that was read from the source. */
  sourceChecksum: z.string(),
  tables: z.array(z.strictObject({ name: z.string(), rows: z.number(), checksum: z.string(), equal: z.boolean() })),
  rows: z.number(),
  sequences: z.number(),
  largeObjects: z.number(),
  /** How many facts were compared, by kind: `index`: 12. */
  compared: z.record(z.string(), z.number()),
  differences: z.array(differenceSchema),
  /** What differs without being a fault: a newer version of an extension, a materialised view that was refreshed. */
  notes: z.array(differenceSchema),
  seconds: z.number(),
});

export type Difference = z.infer<typeof differenceSchema>;
export type Verification = z.infer<typeof verificationSchema>;
