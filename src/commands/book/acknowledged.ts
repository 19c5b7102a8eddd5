/** The risks that an environment file acknowledges, with their reasons. Pure. */
import { z } from 'zod';
import type { AcknowledgedRisk } from '../../book/book';

/** As it is written: the reason of a rule, or of each path of a rule. The schema of environments has checked it. */
const written = z.looseObject({
  acknowledge: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])).default({}),
});

export function acknowledgedRisks(input: unknown): readonly AcknowledgedRisk[] {
  const parsed = written.safeParse(input);
  if (!parsed.success) return [];
  return Object.entries(parsed.data.acknowledge).flatMap(([rule, reasons]) =>
    typeof reasons === 'string'
      ? [{ rule, reason: reasons }]
      : Object.entries(reasons).map(([path, reason]) => ({ rule, path, reason })),
  );
}
