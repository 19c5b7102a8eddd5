/** What is known of the moment at which a source was frozen. */
import { z } from 'zod';

/** It stays the same when `freeze` is called again. */
export const sealSchema = z.strictObject({
  frozenAt: z.iso.datetime(),
  /** The first transaction number that was free after the last session had ended. */
  transaction: z.string(),
  /** The position in the write-ahead log. */
  position: z.string(),
});

export type Seal = z.infer<typeof sealSchema>;
