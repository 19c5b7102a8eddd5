/** Unknown input to a resolved environment, or every problem at once. */
import { RULES } from './all-rules';
import { plainInput } from './problems/plain-input';
import { InvalidEnvironment, type Problem } from './problems/problem';
import type { ResolvedEnvironment } from './resolved/environment';
import { resolve } from './resolve/environment';
import { checkRules } from './rules/check';
import { acceptedTexts } from './rules/plain-secret-rule';
import { environmentSchema, type EnvironmentInput } from './schema/environment';
import { withSecretVariables } from './schema/expand-secrets';
import { everySection, readableSections } from './schema/sections';
import type { SharedZoneInput } from './schema/zone';
import { problemsOf } from './problems/zod-problems';

/** Types its argument, so that an editor completes every field; checks nothing (`main.ts` parses). */
export function defineEnvironment(environment: EnvironmentInput): EnvironmentInput {
  return environment;
}

/**
 * Types the description of a zone that several environments share. Each of them contains it as `domain.zone`, and so it is
 * checked with each.
 */
export function defineZone(zone: SharedZoneInput): SharedZoneInput {
  return zone;
}

/**
 * Checks an input and fills its defaults.
 * @throws InvalidEnvironment with every problem: an invalid section does not hide problems of the others
 */
export function parseEnvironment(written: unknown): ResolvedEnvironment {
  const { value: input, problems: unreadable } = plainInput(written);
  if (unreadable.length > 0) throw new InvalidEnvironment(nameOf(input), unreadable);
  const parsed = environmentSchema.safeParse(input);
  const { intact, remains } = withSecretVariables(parsed.success ? everySection(parsed.data) : readableSections(input));
  const problems: Problem[] = parsed.success ? [] : problemsOf(parsed.error, input);
  const outcome = checkRules(RULES, intact, remains);
  problems.push(...outcome.problems);
  if (!parsed.success || problems.length > 0) throw new InvalidEnvironment(nameOf(input), problems);
  const environment = { ...parsed.data, ...intact };
  return deepFreeze(resolve(environment, { warnings: outcome.warnings, acceptedTexts: acceptedTexts(environment) }));
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
