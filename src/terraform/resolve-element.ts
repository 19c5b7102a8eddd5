/**
 * What an element says, with its text escaped and its tokens resolved.
 *
 * cdktf's own resolver makes several objects for every value, whether or not there is a token in it, and a stack passes every value
 * through it twice. Here a value without a token is copied, and only one with a token goes to cdktf.
 */
import { DefaultTokenResolver, StringConcat, Tokenization, type TerraformStack } from 'cdktf';
import { escapeLiterals } from './literal';
import { isObject } from './root-module';

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** In every string, list and name of a map that stands for a token of cdktf. */
const TOKEN = 'TfToken[';

/** Encoded numbers are -1.8e308 and below; in a string they are written with this exponent. */
const isEncodedNumber = (value: number): boolean => value < -1e280;
const ENCODED_NUMBER = /e\+[23]\d\d/;

/** As cdktf resolves `escapeLiterals(value)`. @throws what cdktf throws for a value that Terraform cannot express */
export function resolveElement(stack: TerraformStack, value: unknown): unknown {
  if (!isLiteral(value)) return resolveTokens(stack, value);
  if (Array.isArray(value)) return value.map((inner) => resolveElement(stack, inner)).filter((inner) => inner !== undefined);
  if (!isObject(value)) return escapeLiterals(value);
  const resolved: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const inner = resolveElement(stack, value[name]);
    if (inner !== undefined) resolved[escapeLiterals(name) as string] = inner;
  }
  return resolved;
}

/** Whether the value itself, apart from what is in it, is no token and contains none. */
function isLiteral(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return !value.includes(TOKEN) && !ENCODED_NUMBER.test(value);
    case 'number':
      return !isEncodedNumber(value);
    case 'object':
      if (value === null) return true;
      // A list or a map that stands for a token holds its text or its name, and nothing else.
      if (Array.isArray(value)) return value.every((inner) => typeof inner === 'object' || isLiteral(inner));
      return Object.getPrototypeOf(value) === Object.prototype && !('resolve' in value) && Object.keys(value).every(isLiteral);
    default:
      return typeof value !== 'function';
  }
}

function resolveTokens(stack: TerraformStack, value: unknown): unknown {
  return Tokenization.resolve(escapeLiterals(value), { scope: stack, preparing: false, resolver: RESOLVER });
}
