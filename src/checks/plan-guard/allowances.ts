/** `guard-allow.yaml`: harmful changes that were reviewed and are allowed for a limited time, and accounts that are trusted. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { parseYamlFile, readText, type YamlFormat } from '../../cli/yaml-file';
import { helped } from '../../config/schema/primitives';
import { HARMS, type HarmfulChange } from './harm';

/** The longest time from today that an allowance may last, in days. What is needed longer is not an exception. */
export const LONGEST_DAYS = 90;

const text = z.string().trim().min(1);

const allowanceSchema = z.strictObject({
  /** Addresses are the same in every environment, so an allowance names one stack: `h2o-dev-data`. */
  stack: text,
  address: text,
  harm: z.enum(HARMS),
  /** The last day on which it counts, UTC. */
  expires: helped(z.iso.date(), { allowed: 'a date such as 2026-01-31', fix: 'write the last day on which it is allowed' }),
  reason: helped(text.min(10), {
    allowed: 'a sentence of at least 10 characters',
    fix: 'explain why the change is wanted, for the next reader',
  }),
});

export type Allowance = Readonly<z.output<typeof allowanceSchema>>;

/** An account whose principals policies may name, as long as the entry is there: that of another environment, or of a supplier. */
const accountSchema = z.strictObject({
  id: helped(z.string().regex(/^\d{12}$/), { allowed: 'an account of 12 digits, in quotes', fix: "write it as '123456789012'" }),
  reason: helped(text.min(10), { allowed: 'a sentence of at least 10 characters', fix: 'say whose account it is' }),
});

/** What was reviewed. */
export interface Exceptions {
  readonly allowances: readonly Allowance[];
  /** Accounts whose principals are no strangers. */
  readonly accounts: readonly string[];
}

/** Relative to the top of the checkout. */
export const ALLOW_FILE = 'guard-allow.yaml';

const FORMAT: YamlFormat<{
  readonly allow?: readonly Allowance[] | null;
  readonly accounts?: readonly z.output<typeof accountSchema>[] | null;
}> = {
  schema: z.strictObject({ allow: z.array(allowanceSchema).nullish(), accounts: z.array(accountSchema).nullish() }),
  example: `allow:
  - stack: h2o-dev-data
    address: aws_s3_bucket.bucket_pdfs_bucket
    harm: delete            # or ${HARMS.filter((harm) => harm !== 'delete').join(', ')}
    expires: 2026-01-31     # the last day, at most ${LONGEST_DAYS} days from today
    reason: the bucket was copied to pdfs-archive on the 12th
accounts:
  - id: '123456789012'
    reason: the account of the backups, which reads the bucket of exports`,
};

/**
 * The exceptions of a file.
 * @param path a file that must exist; by default guard-allow.yaml, without which nothing is allowed
 * @param today `YYYY-MM-DD`
 * @throws CommandError for an invalid file, and for an allowance that lasts too long
 */
export function readExceptions(today: string, path?: string): Exceptions {
  if (path === undefined && !existsSync(ALLOW_FILE)) return { allowances: [], accounts: [] };
  return parseExceptions(readText(path ?? ALLOW_FILE), today, path);
}

/** The exceptions in a file's text. @throws as `readExceptions` does */
export function parseExceptions(yaml: string, today: string, path = ALLOW_FILE): Exceptions {
  const { allow, accounts } = parseYamlFile(path, yaml, FORMAT);
  const allowances = allow ?? [];
  const latest = daysAfter(today, LONGEST_DAYS);
  const tooLong = allowances.find(({ expires }) => expires > latest);
  if (tooLong !== undefined)
    throw new CommandError(
      `${path}: ${tooLong.address} is allowed until ${tooLong.expires}; the latest possible day is ${latest}, ${LONGEST_DAYS} days from today`,
      2,
    );
  return { allowances, accounts: (accounts ?? []).map(({ id }) => id) };
}

function daysAfter(day: string, days: number): string {
  const later = new Date(`${day}T00:00:00Z`);
  later.setUTCDate(later.getUTCDate() + days);
  return later.toISOString().slice(0, 10);
}

/** Allowances past their last day, which must be removed from the file. */
export function expired(allowances: readonly Allowance[], today: string): readonly Allowance[] {
  return allowances.filter(({ expires }) => expires < today);
}

/** The allowance for a change; undefined when there is none, or when it has expired. */
export function allowanceFor(
  { address, harm }: HarmfulChange,
  stack: string | undefined,
  allowances: readonly Allowance[],
  today: string,
): Allowance | undefined {
  return allowances.find(
    (allowance) =>
      allowance.stack === stack && allowance.address === address && allowance.harm === harm && allowance.expires >= today,
  );
}
