/** Unknown input to a resolved environment, or every problem at once. */
import { RULES } from './all-rules';
import { plainInput } from './problems/plain-input';
import { InvalidEnvironment, type Problem } from './problems/problem';
import type { ResolvedEnvironment } from './resolved/environment';
import type { ResolvedPreview } from './resolved/preview';
import { resolve } from './resolve/environment';
import { resolvePreview, withPreviews, type PreviewRequest } from './resolve/preview';
import { checkRules } from './rules/check';
import { acceptedTexts } from './rules/plain-secret-rule';
import { environmentSchema, type ParsedEnvironment } from './schema/environment';
import { withSecretVariables } from './schema/expand-secrets';
import { everySection, readableSections } from './schema/sections';
import { problemsOf } from './problems/zod-problems';

/**
 * Checks an input and fills its defaults.
 * @throws InvalidEnvironment with every problem: an invalid section does not hide problems of the others
 */
export function parseEnvironment(written: unknown): ResolvedEnvironment {
  const { parsed, findings } = checked(written);
  return deepFreeze(resolve(parsed, findings));
}

/**
 * A preview of an environment, out of the same description.
 * @throws InvalidEnvironment with every problem of the environment
 */
export function parsePreview(written: unknown, request: PreviewRequest): ResolvedPreview {
  const { parsed, findings } = checked(written);
  const previewed = withPreviews(parsed);
  return deepFreeze(resolvePreview(previewed, resolve(previewed, findings), request));
}

interface Checked {
  readonly parsed: ParsedEnvironment;
  readonly findings: Pick<ResolvedEnvironment, 'warnings' | 'acceptedTexts'>;
}

function checked(written: unknown): Checked {
  const { value: input, problems: unreadable } = plainInput(written);
  if (unreadable.length > 0) throw new InvalidEnvironment(nameOf(input), unreadable);
  const parsed = environmentSchema.safeParse(input);
  const { intact, remains } = withSecretVariables(parsed.success ? everySection(parsed.data) : readableSections(input));
  const problems: Problem[] = parsed.success ? [] : problemsOf(parsed.error, input);
  const outcome = checkRules(RULES, intact, remains);
  problems.push(...outcome.problems);
  if (!parsed.success || problems.length > 0) throw new InvalidEnvironment(nameOf(input), problems);
  const environment = { ...parsed.data, ...intact };
  return { parsed: environment, findings: { warnings: outcome.warnings, acceptedTexts: acceptedTexts(environment) } };
}

function nameOf(input: unknown): string {
  const name = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined;
  return typeof name === 'string' ? name : '(unnamed environment)';
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
