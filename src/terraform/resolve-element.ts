/**
 * What an element says, with its text escaped and its tokens resolved.
 *
 * cdktf's own resolver makes several objects for every value, whether or not there is a token in it, and a stack passes every value
 * through it twice. Here a value without a token is copied, and each token goes to cdktf once for a stack.
 */
import { DefaultTokenResolver, StringConcat, Tokenization, type TerraformStack } from 'cdktf';
import { escapeLiterals, escapeText } from './literal';

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** In every string, list and name of a map that stands for a token of cdktf. */
const TOKEN = 'TfToken[';

/** A token in a string. Those of lists and maps begin with another character, and are never a part of a string. */
const STRING_TOKEN = /(\$\{TfToken\[[\w:.-]+\]\})/;
const OTHER_TOKEN = /[#&]\{TfToken\[/;

/** Encoded numbers are -1.8e308 and below; in a string they are written with this exponent. */
const isEncodedNumber = (value: number): boolean => value < -1e280;
const ENCODED_NUMBER = /e\+[23]\d\d/;

/** Resolves the elements of one stack. */
export class ElementResolver {
  /** What each token stands for, which is the same wherever it is used in the stack. */
  private readonly known = new Map<string, string>();

  constructor(private readonly stack: TerraformStack) {}

  /** As cdktf resolves `escapeLiterals(value)`. @throws what cdktf throws for a value that Terraform cannot express */
  public resolve(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return hasToken(value) ? this.resolveText(value) : escapeText(value);
      case 'number':
        return isEncodedNumber(value) ? this.byCdktf(value) : value;
      case 'object':
        if (value === null) return null;
        return Array.isArray(value) ? this.resolveList(value) : this.resolveObject(value);
      case 'function':
        return this.byCdktf(value);
      default:
        return value;
    }
  }

  private resolveList(list: readonly unknown[]): unknown {
    if (list.some(standsForToken)) return this.byCdktf(list);
    const resolved: unknown[] = [];
    for (const value of list) {
      const inner = this.resolve(value);
      if (inner !== undefined) resolved.push(inner);
    }
    return resolved;
  }

  private resolveObject(value: object): unknown {
    if (Object.getPrototypeOf(value) !== Object.prototype || 'resolve' in value) return this.byCdktf(value);
    const resolved: Record<string, unknown> = {};
    for (const [name, argument] of Object.entries(value)) {
      // A map that stands for a token has one name, which is that of the token.
      if (hasToken(name)) return this.byCdktf(value);
      const inner = this.resolve(argument);
      if (inner !== undefined) resolved[escapeText(name)] = inner;
    }
    return resolved;
  }

  private resolveText(text: string): unknown {
    if (OTHER_TOKEN.test(text) || ENCODED_NUMBER.test(text)) return this.byCdktf(text);
    const parts = escapeText(text).split(STRING_TOKEN);
    const [before, token, after] = parts;
    if (parts.length === 3 && before === '' && after === '') return this.resolveToken(token as string);
    // Every second part is a token. One without a value is left out, as by cdktf.
    const values = parts.map((part, index) => (index % 2 === 0 ? part : this.resolveToken(part)));
    return values
      .filter((value) => value !== undefined)
      .map(String)
      .join('');
  }

  private resolveToken(token: string): unknown {
    const known = this.known.get(token);
    if (known !== undefined) return known;
    const value = this.byCdktf(token);
    // A list or a map is made anew each time: what receives it may add to it.
    if (typeof value === 'string') this.known.set(token, value);
    return value;
  }

  private byCdktf(value: unknown): unknown {
    return Tokenization.resolve(escapeLiterals(value), { scope: this.stack, preparing: false, resolver: RESOLVER });
  }
}

const hasToken = (text: string): boolean => text.includes(TOKEN) || ENCODED_NUMBER.test(text);

/** An element of a list that is one token as a whole: its text, or its number. */
const standsForToken = (value: unknown): boolean =>
  typeof value === 'string' ? OTHER_TOKEN.test(value) : typeof value === 'number' && isEncodedNumber(value);
