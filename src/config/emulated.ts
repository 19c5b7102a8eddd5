/** Environments on a developer's machine: input checked, defaults filled. Pure. */
import { RULES } from './all-rules';
import { mapRecord } from './calculations/records';
import { bucketName, secretName } from './names';
import { plainInput } from './problems/plain-input';
import { InvalidEnvironment, type Problem } from './problems/problem';
import type { Identity, ResolvedBucket, ResolvedSecret } from './resolved/environment';
import type { DeepReadonly } from './resolved/readonly';
import { checkRules } from './rules/check';
import { portProblems } from './rules/emulated-ports';
import { emulatedSchema, type ParsedEmulated } from './schema/emulated';
import type { ParsedEnvironment } from './schema/environment';
import { problemsOf } from './problems/zod-problems';
import { resolveIdentity } from './resolve/environment';

/** An environment of which Terraform manages only buckets and secrets; database and cache are containers. */
export interface ResolvedEmulated {
  readonly identity: Identity;
  readonly endpoint: string;
  readonly image: string;
  readonly buckets: readonly ResolvedBucket[];
  readonly secrets: readonly Omit<ResolvedSecret, 'readers' | 'rotation'>[];
  readonly database?: DeepReadonly<NonNullable<ParsedEmulated['database']>>;
  readonly cache?: DeepReadonly<NonNullable<ParsedEmulated['cache']>>;
}

/** Whether an environment file describes one on a developer's machine: those, and only those, have a `target`. */
export function isEmulated(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'target' in input;
}

/**
 * Checks an input and fills its defaults.
 * @throws InvalidEnvironment with every problem
 */
export function parseEmulated(written: unknown): ResolvedEmulated {
  const { value: input, problems } = plainInput(written);
  if (problems.length > 0) throw new InvalidEnvironment(nameOf(input), problems);
  const parsed = emulatedSchema.safeParse(input);
  if (!parsed.success) throw new InvalidEnvironment(nameOf(input), problemsOf(parsed.error, input, emulatedSchema));
  const found = [...sharedProblems(parsed.data), ...portProblems(parsed.data)];
  if (found.length > 0) throw new InvalidEnvironment(parsed.data.name, found);
  return resolveEmulated(parsed.data);
}

/** The rules of other environments that are about what an emulated one has, too. */
const SHARED_RULES: readonly string[] = [
  'name-prefix',
  'system-reserved',
  'tag-names',
  'tag-values',
  'bucket-names',
  'bucket-names-unique',
  'secret-names',
  'secret-keys',
];

function sharedProblems({ system, name, tags, buckets, secrets }: ParsedEmulated): readonly Problem[] {
  const absent = { domain: undefined, box: undefined, database: undefined, frontends: {}, backend: { kind: 'local' } as const };
  const rules = RULES.filter(({ id }) => SHARED_RULES.includes(id));
  // These rules read names and tags of buckets and secrets only, which both kinds of environments have.
  return checkRules(rules, { ...absent, system, name, tags, buckets, secrets } as unknown as Partial<ParsedEnvironment>).problems;
}

function nameOf(input: unknown): string {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined;
  return typeof name === 'string' ? name : '(unnamed environment)';
}

function resolveEmulated({
  system,
  name,
  region,
  target,
  tags,
  buckets,
  secrets,
  database,
  cache,
}: ParsedEmulated): ResolvedEmulated {
  return {
    identity: resolveIdentity({ system, name, region, tags }),
    endpoint: target.endpoint,
    image: target.image,
    buckets: mapRecord(buckets, (key, bucket) => ({
      ...bucket,
      key,
      purpose: 'application',
      notifications: [],
      name: bucketName(name, key, bucket.name),
      versioning: bucket.versioning ?? false,
    })),
    secrets: mapRecord(secrets, (key, secret) => ({
      ...secret,
      key,
      name: secretName({ system, name }, key, secret.name),
    })),
    database,
    cache,
  };
}
