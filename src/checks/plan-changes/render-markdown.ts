/** Changes of a plan as Markdown for GitHub, within a limit of characters. Pure. */
import { fenced, plainMarkdown } from '../../cli/markdown';
import { isOutput, type ShownAction, type ShownChange } from './changes';
import { visible } from './text-lines';

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

type TitledChange = Omit<ShownChange, 'action'> & { readonly action: ShownAction | 'outputs' };

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
  const blocks = withOutputs(changes).map((change) => ({
    full: block(change, mostLines, isShort),
    line: `- ${titleOf(change)}`,
    isWhole: change.lines.length <= mostLines,
  }));
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

/** Outputs are one change: each has a line or two. */
function withOutputs(changes: readonly ShownChange[]): readonly TitledChange[] {
  const outputs = changes.filter(({ address }) => isOutput(address));
  const resources = changes.filter(({ address }) => !isOutput(address));
  if (outputs.length === 0) return resources;
  const names = outputs.map(({ address }) => address.slice('output.'.length));
  return [
    ...resources,
    { address: names.join(', '), action: 'outputs', attributes: [], lines: outputs.flatMap(({ lines }) => lines) },
  ];
}

/** Cut at the end of a line, so that no table row or code span stays open. */
function cutMarkdown(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = text.lastIndexOf('\n', Math.max(limit - 2, 0));
  return end <= 0 ? '' : `${text.slice(0, end)}\n…`;
}

const SIGNS: Readonly<Record<TitledChange['action'], string>> = {
  delete: '🔴',
  replace: '🔴',
  forget: '🟠',
  update: '🟡',
  import: '🔵',
  create: '🟢',
  move: '🔵',
  outputs: '🔵',
};

function block(change: TitledChange, mostLines: number, isOpen: boolean): string {
  const { lines } = change;
  if (lines.length === 0) return `- ${titleOf(change)}`;
  const rest = lines.length - mostLines;
  const shown = rest > 0 ? [...lines.slice(0, mostLines), `  … ${rest} more lines`] : lines;
  return `<details${isOpen ? ' open' : ''}><summary>${titleOf(change)}</summary>\n\n${fenced(shown.join('\n'), 'diff')}\n\n</details>`;
}

/** Names of attributes in a title, in characters. */
const LONGEST_NAMES = 120;
const LONGEST_ADDRESS = 300;

/** HTML, as a summary has to be; GitHub shows it in lists too. */
function titleOf({ address, action, from, importing, reason, attributes }: TitledChange): string {
  const code = (text: string): string => `<code>${plainMarkdown(short(visible(text), LONGEST_ADDRESS))}</code>`;
  const remarks = [
    ...(importing === undefined ? [] : [`imports ${code(importing)}`]),
    ...(from === undefined ? [] : [`was ${code(from)}`]),
    ...(reason === undefined ? [] : [plainMarkdown(short(visible(reason), LONGEST_NAMES))]),
    ...(attributes.length === 0 || action === 'replace' ? [] : [plainMarkdown(namesOf(attributes))]),
  ];
  return `${SIGNS[action]} <b>${action}</b> ${code(address)}${remarks.length === 0 ? '' : `: ${remarks.join('; ')}`}`;
}

function namesOf(attributes: readonly string[]): string {
  return short(visible(attributes.join(', ')), LONGEST_NAMES);
}

function short(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…`;
}
