/** A Terraform expression that code writes. Every other string is literal text (docs/adr/0021-strings-are-literals.md). */
import { DefaultTokenResolver, StringConcat, Token, Tokenization, type IResolvable, type IResolveContext } from 'cdktf';

/**
 * The value of an expression, to be used like any other string: whole, or as a part of a longer one. Never from text of an
 * environment file.
 * @param source without `${` and `}`, such as `data.terraform_remote_state.network.outputs.vpc_id`
 * @returns a token of cdktf, which becomes `${source}` when the stack is rendered
 */
export function expression(source: string): string {
  const token = known.get(source) ?? Token.asString(new Expression(source));
  known.set(source, token);
  return token;
}

/** Equal expressions are equal strings. Their order means nothing: sort by names, never by expressions. */
const known = new Map<string, string>();

/** Starts again, once cdktf has forgotten the tokens of the expressions so far. */
export function forgetExpressions(): void {
  known.clear();
}

class Expression implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(private readonly source: string) {}

  public resolve({ scope, preparing, suppressBraces }: IResolveContext): string {
    const source: string = this.source.includes('${')
      ? (Tokenization.resolve(this.source, {
          scope,
          preparing,
          resolver: new DefaultTokenResolver(new StringConcat()),
        }) as string)
      : this.source;
    return suppressBraces === true ? source : `\${${source}}`;
  }

  public toString(): string {
    return Token.asString(this);
  }

  public toJSON(): string {
    return '<unresolved expression>';
  }
}
