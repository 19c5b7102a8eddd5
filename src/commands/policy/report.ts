/** What the policies found, as a person reads it. Pure. */
import type { Exception } from './exceptions';
import type { Explained } from './explain';

/** The figures of one environment or state store. */
export interface Figures {
  readonly name: string;
  readonly stacks: number;
  /** Checks of checkov that a resource passed. */
  readonly checkov: number;
  /** The same of our own rules. */
  readonly own: number;
  readonly byDesign: number;
  readonly forCost: number;
  readonly unexplained: number;
}

export interface PolicyReport {
  /** `checkov 3.3.30 and 8 rules of our own`. */
  readonly judge: string;
  readonly figures: readonly Figures[];
  readonly explained: readonly Explained[];
  /** Rows of the table that excuse nothing; only looked for over everything. */
  readonly unused: readonly Exception[];
}

export function isClean({ explained, unused }: PolicyReport): boolean {
  return unused.length === 0 && explained.every(({ exception }) => exception !== undefined);
}

/** For a terminal. */
export function reportText(report: PolicyReport): string {
  const width = Math.max(...report.figures.map(({ name }) => name.length));
  return [
    `Judged by ${report.judge}, in this order`,
    ...report.figures.map(
      ({ name, checkov, own, byDesign, forCost, unexplained }) =>
        `  ${name.padEnd(width)}  ${number(checkov)} + ${number(own)} passed  ${number(byDesign)} excepted by design  ${number(forCost)} for cost  ${number(unexplained)} unexplained`,
    ),
    ...unexplained(report).map(
      ({ check, name, stack, address, detail }) => `UNEXPLAINED  ${stack}: ${address}\n             ${check}: ${detail ?? name}`,
    ),
    ...report.unused.map(
      ({ check, reason }) => `UNUSED       the exception from ${check} ("${reason}") excuses nothing: take it out`,
    ),
    isClean(report)
      ? 'Nothing is unexplained.'
      : 'Mend what is unexplained, or say in src/tools/policy/exceptions.ts why it is right (docs/policy.md).',
  ].join('\n');
}

/** For GitHub. */
export function reportMarkdown(report: PolicyReport): string {
  const found = unexplained(report).map(
    ({ check, stack, address, detail, name }) => `- **unexplained** \`${stack}\` \`${address}\`: ${check}, ${detail ?? name}`,
  );
  const stale = report.unused.map(({ check, reason }) => `- **unused exception** ${check}: ${reason}`);
  return [
    `**Policies** ${isClean(report) ? 'hold' : 'do not hold'} (${report.judge})`,
    '',
    figuresTable(report.figures),
    ...(found.length + stale.length === 0 ? [] : ['', ...found, ...stale]),
  ].join('\n');
}

/** The table for the README. Names stand without quotes: the list of environments is another table. */
export function figuresTable(figures: readonly Figures[]): string {
  return markdownTable(
    ['environment or state store', 'stacks', 'checkov passed', 'own passed', 'by design', 'for cost', 'unexplained'],
    figures.map(({ name, stacks, checkov, own, byDesign, forCost, unexplained: left }) =>
      [name, stacks, checkov, own, byDesign, forCost, left].map(String),
    ),
  );
}

/** The table of every exception, for docs/policy.md. */
export function exceptionsTable(exceptions: readonly Exception[]): string {
  return markdownTable(
    ['check', 'kind', 'where', 'reason'],
    exceptions.map(({ check, kind, stacks, resources, reason }) => [
      check,
      kind,
      [stacks, resources]
        .filter((glob) => glob !== undefined)
        .map((glob) => `\`${glob}\``)
        .join(' in ') || 'everywhere',
      reason,
    ]),
  );
}

/** As Prettier writes tables, so that the formatter leaves it alone. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = header.map((title, column) => Math.max(3, title.length, ...escaped.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...escaped.map(line)].join('\n');
}

function unexplained({ explained }: PolicyReport) {
  return explained.filter(({ exception }) => exception === undefined).map(({ finding }) => finding);
}

function number(figure: number): string {
  return String(figure).padStart(4);
}
