/**
 * Lets Terraform's references pass through renderers of text, which would quote, escape or split a token of cdktf. They go in as
 * marks, which survive shell, YAML, JSON and nginx alike:
 *
 *     token of data.x.arn -> mark() -> TerraformReference1x -> any renderer -> reveal() -> the token again
 *
 * No text of an environment file contains a mark: `src/config/problems/plain-input.ts` refuses it.
 */

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

  /** The text with every mark exchanged for its reference. */
  public reveal(text: string): string {
    return text.replace(MARK, (mark, index: string) => this.references[Number(index)] ?? mark);
  }
}
