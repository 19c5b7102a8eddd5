/** Changes of a plan as Markdown for GitHub, within a limit of characters. Pure. */
import { blocksOf } from './change-blocks';
import type { ShownChange } from './changes';

/** The changes of one stack. */
export interface MarkdownSection {
  /** Markdown that is always shown: the heading, and what the guard found. */
  readonly head: string;
  readonly changes: readonly ShownChange[];
  /** Lines below the changes, such as what was deleted outside of Terraform. */
  readonly notes?: readonly string[];
}

export interface MarkdownOptions {
  /** Characters of all sections together. */
  readonly limit: number;
  /** Lines of one change. */
  readonly mostLines: number;
}

export interface RenderedSections {
  readonly text: string;
  /** What was left out, as a sentence; undefined when nothing was. */
  readonly cut?: string;
}

/** Sections with at most as many lines are open. */
const OPEN_UP_TO = 24;

/** Space for the last line of a section that is cut. */
const RESERVE = 120;

/**
 * Every section gets an equal share of the limit; what one does not need goes to the others. In a section that is cut the
 * first changes keep their details, then every change has one line.
 */
export function renderSections(sections: readonly MarkdownSection[], { limit, mostLines }: MarkdownOptions): RenderedSections {
  const whole = sections.map((section) => render(section, Number.POSITIVE_INFINITY, mostLines));
  const shares = shareOut(
    whole.map(({ text }) => text.length + 2),
    limit,
  );
  const rendered = whole.map((one, index) => {
    const share = (shares[index] ?? 0) - 2;
    const section = sections[index];
    return one.text.length <= share || section === undefined ? one : render(section, share, mostLines);
  });
  const total = rendered.reduce((sum, { lost }) => sum + lost, 0);
  return {
    text: rendered
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n\n'),
    ...(total === 0 ? {} : { cut: `${total} ${total === 1 ? 'part is' : 'parts are'} shown without details or cut` }),
  };
}

/** Water filling: those that need less than an equal share get what they need. */
export function shareOut(needs: readonly number[], total: number): readonly number[] {
  const shares = new Map<number, number>();
  let left = total;
  const byNeed = needs.map((need, index) => ({ need, index })).sort((one, other) => one.need - other.need);
  for (const [position, { need, index }] of byNeed.entries()) {
    const share = Math.min(need, Math.floor(left / (byNeed.length - position)));
    shares.set(index, share);
    left -= share;
  }
  return needs.map((_, index) => shares.get(index) ?? 0);
}

interface Rendered {
  readonly text: string;
  /** Changes without all of their lines, and a head that is cut. */
  readonly lost: number;
}

function render({ head, changes, notes = [] }: MarkdownSection, limit: number, mostLines: number): Rendered {
  const isShort = changes.reduce((sum, { lines }) => sum + lines.length, 0) <= OPEN_UP_TO;
  const fixed = [cutMarkdown(head, limit), ...notes];
  let text = fixed.join('\n\n');
  if (text.length > limit) text = cutMarkdown(head, limit);
  const blocks = blocksOf(changes, mostLines, isShort);
  // One line for each change has to fit after those with details.
  const rest = blocks.map((_, index) => blocks.slice(index + 1).reduce((sum, { line }) => sum + line.length + 1, 0));
  let lost = head.length > limit ? 1 : 0;
  let inList = false;
  for (const [index, { full, line, isWhole }] of blocks.entries()) {
    const isLast = index === blocks.length - 1;
    const reserve = (rest[index] ?? 0) + (isLast ? 0 : RESERVE);
    if (text.length + full.length + 2 + reserve <= limit) {
      text += `\n\n${full}`;
      lost += isWhole ? 0 : 1;
      inList = false;
      continue;
    }
    const separator = inList ? '\n' : '\n\n';
    if (text.length + separator.length + line.length + (isLast ? 0 : RESERVE) > limit) {
      lost += blocks.length - index;
      const end = `\n\n… and ${blocks.length - index} more changes.`;
      return { text: text.length + end.length <= limit ? text + end : text, lost };
    }
    text += `${separator}${line}`;
    lost += 1;
    inList = true;
  }
  return { text, lost };
}

/** Cut at the end of a line, so that no table row or code span stays open. */
function cutMarkdown(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = text.lastIndexOf('\n', Math.max(limit - 2, 0));
  return end <= 0 ? '' : `${text.slice(0, end)}\n…`;
}
