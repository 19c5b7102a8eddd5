/**
 * Lets text that holds both a shell's `${...}` and Terraform's pass through code that knows neither.
 *
 * Terraform reads every `${` in an attribute as its own, so a script's must be doubled, but not the references that the
 * text was given. So references go in as marks, which survive shell, YAML, JSON and nginx alike:
 *
 *     ${data.x.arn} -> mark() -> TerraformReference1x -> any renderer -> reveal(): escape what is literal, put references back
 */
import { terraformLiteral } from './literal';

/** Ends with a letter, so that no mark is the beginning of another. */
const markOf = (index: number): string => `TerraformReference${index}x`;

const MARK = /TerraformReference(\d+)x/g;

/** The references of one text, or of several that share a description. */
export class MarkedReferences {
  private readonly references: string[] = [];

  /** A mark that replaces a string with references; a string without any stays as it is. Equal strings share a mark. */
  public mark(value: string): string {
    if (!value.includes('${')) return value;
    const known = this.references.indexOf(value);
    return markOf(known >= 0 ? known : this.references.push(value) - 1);
  }

  /** The text as an attribute wants it: literal `${` and `%{` escaped, every mark exchanged for its reference. */
  public reveal(text: string): string {
    return terraformLiteral(text).replace(MARK, (mark, index: string) => this.references[Number(index)] ?? mark);
  }
}
