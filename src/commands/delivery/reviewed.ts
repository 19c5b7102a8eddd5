/** What reviewers were shown, which the deployment compares its plans with, and the key of digests. Pure. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { digestOfPlan, type ReviewedChange } from '../../checks/plan-changes/digests';
import { reviewedChange, type EnvironmentReport } from './stack-report';

/** The secret that digests are computed with. */
export const DIGEST_KEY = 'TERRACE_DIGEST_KEY';

export const digestKeyOf = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  env[DIGEST_KEY] === '' ? undefined : env[DIGEST_KEY];

/** The file of an environment in the artifact of the workflow `plan`: `comments` writes it, `apply --reviewed` reads it. */
export const shownSchema = z.object({
  digests: z.record(z.string(), z.string()),
  changes: z.record(z.string(), z.array(reviewedChange)).default({}),
});

/** Plans that may be applied, by stack. */
export interface Shown {
  /** Stack to the digest of its plan. */
  readonly digests: Readonly<Record<string, string>>;
  /** Stack to the changes of its plan: what is left of them after half an apply needs no second approval. */
  readonly changes: Readonly<Record<string, readonly ReviewedChange[]>>;
}

export const NOTHING_SHOWN: Shown = { digests: {}, changes: {} };

/**
 * What the comment about a report shows. Plans that the guard refuses are left out: they are not applied, reviewed or not. So are
 * those that were read without sensitive values, whose digest is another one.
 */
export function shownBy({ stacks }: EnvironmentReport): Shown {
  const passed = stacks.flatMap((stack) =>
    stack.status === 'planned' && stack.guard.passed && stack.isRedacted !== true ? [stack] : [],
  );
  return {
    digests: Object.fromEntries(passed.map(({ stack, digest }) => [stack, digest])),
    changes: Object.fromEntries(passed.map(({ stack, changes }) => [stack, changes])),
  };
}

/** Digests of the changes of a stack: the different lists of unknown values, and for each change its digest and its list. */
const packedSchema = z.object({
  unknown: z.array(reviewedChange.shape.unknown),
  changes: z.array(z.tuple([z.string(), z.number()])),
});

/** The changes of one plan, as an output of a step. */
export function encodeChanges(changes: readonly ReviewedChange[]): string {
  const lists = [...new Map(changes.map(({ unknown }) => [JSON.stringify(unknown), unknown])).entries()];
  const packed = {
    unknown: lists.map(([, unknown]) => unknown),
    changes: changes.map(({ digest, unknown }) => [digest, lists.findIndex(([text]) => text === JSON.stringify(unknown))]),
  };
  return deflateRawSync(JSON.stringify(packed), { level: 9 }).toString('base64');
}

/** @returns undefined unless they are the changes of the plan with this digest: an approval of the digest covers them */
export function decodeChanges(
  encoded: string,
  { stack, digest, key }: { readonly stack: string; readonly digest: string; readonly key: string | undefined },
): readonly ReviewedChange[] | undefined {
  try {
    const text = inflateRawSync(Buffer.from(encoded, 'base64'), { maxOutputLength: 10_000_000 }).toString('utf8');
    const packed = packedSchema.parse(JSON.parse(text));
    const changes = packed.changes.map(([one, list]) => ({ digest: one, unknown: packed.unknown[list] ?? [] }));
    return digestOfPlan(stack, changes, key) === digest ? changes : undefined;
  } catch {
    return undefined;
  }
}
