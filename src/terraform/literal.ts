/**
 * Literal text in Terraform JSON, where `${...}` and `%{...}` are evaluated in every string.
 *
 * Before a stack is resolved, an expression is a token of cdktf (an attribute of a resource, or what `expression()` returns), and
 * everything else is text: of a person, or of a script, a policy or a template of Terrace. So text is escaped here, for every
 * argument of every stack at once, and no module escapes (docs/adr/0021-strings-are-literals.md).
 */
import { Tokenization } from 'cdktf';
import { Construct } from 'constructs';
import { isObject } from './root-module';

/** `${` and `%{`, unless they begin a token. No text of an environment file can: `src/config/problems/plain-input.ts` refuses tokens there. */
const EVALUATED = /%(?=\{)|\$(?=\{(?!TfToken\[))/g;

/** Terraform would read the two dollar signs as the escape of one. */
const DOLLAR_BEFORE_TOKEN = '$${TfToken[';

/**
 * A copy in which Terraform reads text as it is written; names of maps are text, too. Objects of cdktf stay as they are.
 * @throws Error for a dollar sign directly before an expression, which no Terraform string can express
 */
export function escapeLiterals(value: unknown): unknown {
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return value.map(escapeLiterals);
  if (!isObject(value) || Tokenization.isResolvable(value) || Construct.isConstruct(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [escapeText(name), escapeLiterals(inner)] as const));
}

/** As `escapeLiterals`, of one text or name. */
export function escapeText(text: string): string {
  if (!text.includes('{')) return text;
  if (text.includes(DOLLAR_BEFORE_TOKEN)) throw new Error(`a dollar sign before an expression: ${text}`);
  return text.replace(EVALUATED, '$&$&');
}
