/** What a generated page is. */
import type { CommandContext } from '../../cli/command';

export interface Page {
  /** Relative to the top of the checkout. Several generators may each own a section of one page. */
  readonly path: string;
  /**
   * The page's text.
   * @param present the text of the file, or of the generators before this one; empty where there is no file
   * @throws Unavailable when it cannot be generated on this machine: the text stays as it is
   */
  readonly render: (present: string, context: CommandContext) => string | Promise<string>;
}
