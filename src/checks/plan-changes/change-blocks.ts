/** One change, or several equal ones, as Markdown for GitHub: a block with a diff, and a title. Pure. */
import { groupBy } from '../../cli/group-by';
import { fenced, plainMarkdown } from '../../cli/markdown';
import { FORCES, isOutput, type ShownAction, type ShownChange } from './changes';
import { visible } from './text-lines';

export interface ChangeBlock {
  /** With the lines of the change, as far as they are shown. */
  readonly full: string;
  /** The title alone, as an item of a list. */
  readonly line: string;
  /** Whether no line is left out. */
  readonly isWhole: boolean;
}

/** @param isOpen whether the details are open */
export function blocksOf(changes: readonly ShownChange[], mostLines: number, isOpen: boolean): readonly ChangeBlock[] {
  return grouped(changes).map((change) => ({
    full: block(change, mostLines, isOpen),
    line: `- ${titleOf(change)}`,
    isWhole: change.lines.length <= mostLines,
  }));
}

type TitledChange = Omit<ShownChange, 'action'> & {
  readonly action: ShownAction | 'outputs';
  /** The addresses of several equal changes. */
  readonly equal?: readonly string[];
};

/** As many equal changes are shown as one. */
const LEAST_EQUAL = 3;

/** Equal changes of resources of one type are one, and so are all outputs, each of which has a line or two. */
function grouped(changes: readonly ShownChange[]): readonly TitledChange[] {
  const outputs = changes.filter(({ address }) => isOutput(address));
  const equal = groupBy(
    changes.filter(({ address }) => !isOutput(address)),
    ({ action, from, importing, reason, lines, address }) =>
      JSON.stringify([action, typeOf(address), from, importing, reason, lines]),
  );
  const groups = [...equal.values()].flatMap((group): readonly TitledChange[] => {
    const [first] = group;
    if (first === undefined || group.length < LEAST_EQUAL) return group;
    return [{ ...first, address: typeOf(first.address), equal: group.map(({ address }) => address) }];
  });
  if (outputs.length === 0) return groups;
  const names = outputs.map(({ address }) => address.slice('output.'.length));
  const lines = outputs.flatMap((output) => output.lines);
  return [...groups, { address: names.join(', '), action: 'outputs', attributes: [], lines }];
}

const typeOf = (address: string): string => address.replace(/\.[^.[]+(\[.*)?$/s, '');

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

/** A change of one short line needs no block. */
const LONGEST_INLINE = 110;

function block(change: TitledChange, mostLines: number, isOpen: boolean): string {
  const { lines, equal } = change;
  const [first = ''] = lines;
  const isInline = lines.length === 1 && first.length <= LONGEST_INLINE;
  const inline = `<code>${plainMarkdown(first.replace(/^! /, '').replace(FORCES, ''))}</code>`;
  const title = isInline ? `${titleOf({ ...change, attributes: [] })}: ${inline}` : titleOf(change);
  // As far to the right as the title of a block, which has a triangle.
  if (equal === undefined && (lines.length === 0 || isInline)) return `•&nbsp; ${title}`;
  const rest = lines.length - mostLines;
  const shown = rest > 0 ? [...lines.slice(0, mostLines), `  … ${rest} more lines`] : lines;
  const body = [
    ...(lines.length === 0 ? [] : [fenced(shown.join('\n'), 'diff')]),
    ...(equal === undefined ? [] : [fenced(equal.map((address) => short(visible(address), LONGEST_ADDRESS)).join('\n'))]),
  ];
  return `<details${isOpen ? ' open' : ''}><summary>${title}</summary>\n\n${body.join('\n\n')}\n\n</details>`;
}

/** Names of attributes in a title, in characters. */
const LONGEST_NAMES = 120;
const LONGEST_ADDRESS = 300;

/** HTML, as a summary has to be; GitHub shows it in lists too. */
function titleOf({ address, action, from, importing, reason, attributes, equal }: TitledChange): string {
  const code = (text: string): string => `<code>${plainMarkdown(short(visible(text), LONGEST_ADDRESS))}</code>`;
  const remarks = [
    ...(importing === undefined ? [] : [`imports ${code(importing)}`]),
    ...(from === undefined ? [] : [`was ${code(from)}`]),
    ...(reason === undefined ? [] : [plainMarkdown(short(visible(reason), LONGEST_NAMES))]),
    ...(attributes.length === 0 || action === 'replace' ? [] : [plainMarkdown(namesOf(attributes))]),
  ];
  const number = equal === undefined ? '' : `${equal.length} × `;
  return `${SIGNS[action]} <b>${action}</b> ${number}${code(address)}${remarks.length === 0 ? '' : `: ${remarks.join('; ')}`}`;
}

function namesOf(attributes: readonly string[]): string {
  return short(visible(attributes.join(', ')), LONGEST_NAMES);
}

function short(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…`;
}
