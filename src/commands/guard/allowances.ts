/** `guard-allow.yaml`: harm that was looked at and is wanted, for a while. */
import { parse } from 'yaml';
import { z } from 'zod';
import { CommandError } from '../../cli/command-error';
import { HARMS, type Finding } from './finding';

/** The reviewed file, seen from the top of the checkout. */
export const ALLOW_FILE = 'guard-allow.yaml';

/** The longest time from today that an allowance may last, in days: longer than that, it is a rule and not an exception. */
export const LONGEST_DAYS = 90;

/** One harm that may happen. */
export interface Allowance {
  /** Addresses are alike in every environment, so an allowance is for one stack: `h2o-dev-data`. */
  readonly stack: string;
  readonly address: string;
  readonly harm: Finding['harm'];
  /** The last day on which it counts, in UTC: `2026-01-31`. */
  readonly expires: string;
  readonly reason: string;
}

const text = z.string().trim().min(1);

const allowanceSchema = z.strictObject({
  stack: text,
  address: text,
  harm: z.enum(HARMS),
  expires: z.iso.date(),
  reason: text.min(10, 'says in a sentence why, for whoever reads it later'),
});

const fileSchema = z.strictObject({ allow: z.array(allowanceSchema).nullable() });

/**
 * Reads the file's text.
 * @throws CommandError for anything it does not understand, and for a date too far away: an exception that nobody can
 *   read, or that lasts, guards nothing
 */
export function parseAllowances(yaml: string, today: string): readonly Allowance[] {
  const parsed = fileSchema.safeParse(readYaml(yaml));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new CommandError([`${ALLOW_FILE} is not understood:`, ...problems, EXAMPLE].join('\n'), 2);
  }
  const allowances = parsed.data.allow ?? [];
  const latest = daysAfter(today, LONGEST_DAYS);
  const tooLong = allowances.find(({ expires }) => expires > latest);
  if (tooLong !== undefined)
    throw new CommandError(
      `${ALLOW_FILE}: ${tooLong.address} is allowed until ${tooLong.expires}; the latest possible is ${latest}, ${LONGEST_DAYS} days from today`,
      2,
    );
  return allowances;
}

const EXAMPLE = `An entry looks like this:
allow:
  - stack: h2o-dev-data
    address: aws_s3_bucket.bucket_pdfs_bucket
    harm: delete            # or replace, or open
    expires: 2026-01-31     # the last day, at most ${LONGEST_DAYS} days away
    reason: the bucket was copied to pdfs-archive on the 12th`;

function readYaml(yaml: string): unknown {
  try {
    return parse(yaml, { uniqueKeys: true }) ?? { allow: [] };
  } catch (error) {
    throw new CommandError(`${ALLOW_FILE} is not YAML: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}

/** The day so many days later, as `YYYY-MM-DD`. */
function daysAfter(day: string, days: number): string {
  const later = new Date(`${day}T00:00:00Z`);
  later.setUTCDate(later.getUTCDate() + days);
  return later.toISOString().slice(0, 10);
}

/** Those whose last day is over: they must go from the file. */
export function expired(allowances: readonly Allowance[], today: string): readonly Allowance[] {
  return allowances.filter(({ expires }) => expires < today);
}

/** The allowance for a finding, if there is one and its time is not over. */
export function allowanceFor(
  { address, harm }: Finding,
  stack: string | undefined,
  allowances: readonly Allowance[],
  today: string,
): Allowance | undefined {
  return allowances.find(
    (allowance) =>
      allowance.stack === stack && allowance.address === address && allowance.harm === harm && allowance.expires >= today,
  );
}
