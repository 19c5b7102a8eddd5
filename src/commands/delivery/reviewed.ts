/** What reviewers were shown, in a form that the deployment reads from the comment. Pure. */
import { timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { digestOfPlan, hash, type ReviewedChange } from '../../checks/plan-changes/digests';
import { reviewedChange, type EnvironmentReport } from './stack-report';

/** The secret of the repository that digests are computed with. */
export const DIGEST_KEY = 'TERRACE_DIGEST_KEY';

export const digestKeyOf = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  env[DIGEST_KEY] === '' ? undefined : env[DIGEST_KEY];

/** Digests of the changes of a stack: the different lists of unknown values, and for each change its digest and its list. */
const packedSchema = z.object({
  unknown: z.array(reviewedChange.shape.unknown),
  changes: z.array(z.tuple([z.string(), z.number()])),
});

const recordSchema = z.object({
  commit: z.string(),
  /** Stack to the digest of its plan. */
  digests: z.record(z.string(), z.string()),
  packed: z.record(z.string(), packedSchema),
});

const signedSchema = z.object({ record: z.string(), mac: z.string().optional() });

/** What reviewers were shown. */
export interface Reviewed {
  readonly commit: string;
  /** Stack to the digest of its plan. */
  readonly digests: Readonly<Record<string, string>>;
  /** Stack to its changes; none for a stack with very many. */
  readonly changes: Readonly<Record<string, readonly ReviewedChange[]>>;
}

/** Characters of all change digests in a comment: enough for 900 changes. Beyond, the largest stacks have one digest. */
const MOST_CHARACTERS = 18_000;

/**
 * In Base64, so that it cannot contain the end of an HTML comment. Plans that the guard refuses are left out, and those that were
 * read without sensitive values.
 */
export function encodeReviewed({ environment, commit, stacks }: EnvironmentReport, key: string | undefined): string {
  const passed = stacks.flatMap((stack) =>
    stack.status === 'planned' && stack.guard.passed && stack.isRedacted !== true ? [stack] : [],
  );
  const digests = Object.fromEntries(passed.map(({ stack, digest }) => [stack, digest]));
  const bySize = [...passed].sort((one, other) => one.changes.length - other.changes.length);
  let kept: typeof passed = [];
  for (const stack of bySize) {
    const next = [...kept, stack];
    if (pack({ commit, digests, packed: packedOf(next) }).length > MOST_CHARACTERS) break;
    kept = next;
  }
  const record = pack({ commit, digests, packed: packedOf(kept) });
  const mac = key === undefined ? {} : { mac: macOf(environment, record, key) };
  return Buffer.from(JSON.stringify({ record, ...mac })).toString('base64');
}

/** @returns undefined for anything else, and with a key for a record that was made without it: anyone can make one */
export function decodeReviewed(environment: string, encoded: string, key: string | undefined): Reviewed | undefined {
  try {
    const { record, mac = '' } = signedSchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
    if (key !== undefined && !isEqual(mac, macOf(environment, record, key))) return undefined;
    const { commit, digests, packed } = recordSchema.parse(unpack(record));
    return {
      commit,
      digests,
      changes: Object.fromEntries(Object.entries(packed).map(([stack, one]) => [stack, changesIn(one)])),
    };
  } catch {
    return undefined;
  }
}

/** The changes of one plan, as an output of a step. */
export function encodeChanges(changes: readonly ReviewedChange[]): string {
  return pack(packedChanges(changes));
}

/** @returns undefined unless they are the changes of the plan with this digest: an approval of the digest covers them */
export function decodeChanges(
  encoded: string,
  { stack, digest, key }: { readonly stack: string; readonly digest: string; readonly key: string | undefined },
): readonly ReviewedChange[] | undefined {
  try {
    const changes = changesIn(packedSchema.parse(unpack(encoded)));
    return digestOfPlan(stack, changes, key) === digest ? changes : undefined;
  } catch {
    return undefined;
  }
}

function macOf(environment: string, record: string, key: string): string {
  return hash(JSON.stringify(['record', environment, record]), key).toString('hex');
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

type Packed = z.output<typeof packedSchema>;

function packedOf(stacks: readonly { readonly stack: string; readonly changes: readonly ReviewedChange[] }[]) {
  return Object.fromEntries(stacks.map(({ stack, changes }) => [stack, packedChanges(changes)]));
}

function packedChanges(changes: readonly ReviewedChange[]): Packed {
  const lists = [...new Map(changes.map(({ unknown }) => [JSON.stringify(unknown), unknown])).entries()];
  return {
    unknown: lists.map(([, unknown]) => unknown.map((path) => [...path])),
    changes: changes.map(({ digest, unknown }) => [digest, lists.findIndex(([text]) => text === JSON.stringify(unknown))]),
  };
}

function changesIn({ unknown, changes }: Packed): readonly ReviewedChange[] {
  return changes.map(([digest, list]) => ({ digest, unknown: unknown[list] ?? [] }));
}

function pack(value: unknown): string {
  return deflateRawSync(JSON.stringify(value), { level: 9 }).toString('base64');
}

function unpack(text: string): unknown {
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: 10_000_000 }).toString('utf8'));
}
