/** The result of the policy gate as text and Markdown. Pure. */
import { markdownTable } from '../../cli/markdown';
import { EXCEPTIONS_FILE } from './environment-exceptions';
import { isBeyondExceptions, stackKind, type Explained, type Owner, type StaleException } from './explain';
import type { Finding } from './finding';
import type { ModuleException } from './module-exceptions';

/** The figures of one environment or state store. */
export interface Figures {
  readonly name: string;
  readonly stacks: number;
  /** Passed checks of checkov, each counted once for each resource. */
  readonly checkov: number;
  /** Passed checks of our own rules. */
  readonly own: number;
  readonly byDesign: number;
  readonly forCost: number;
  readonly unexplained: number;
}

export interface PolicyReport {
  /** `checkov 3.3.30 and 9 of Terrace's own rules`. */
  readonly judge: string;
  readonly figures: readonly Figures[];
  readonly explained: readonly Explained[];
  /** Known only when everything was judged. */
  readonly stale: readonly StaleException[];
  readonly unusedModuleExceptions: readonly ModuleException[];
}

/** Whether the gate passes: an entry that names an environment which does not exist is reported, and fails nothing. */
export function isClean({ explained, stale }: PolicyReport): boolean {
  return stale.every(({ kind }) => kind === 'unknown') && explained.every(({ exception }) => exception !== undefined);
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
    ...unexplained(report).map(({ finding, owner }) => {
      const { check, name, stack, address, detail } = finding;
      return [`UNEXPLAINED  ${stack}: ${address}`, `${check}: ${detail ?? name}`, acceptance(finding, owner)].join(`\n${INDENT}`);
    }),
    ...report.stale.map((stale) => `${stale.kind === 'unused' ? 'UNUSED      ' : 'note        '} ${describeStale(stale)}`),
    ...unusedNote(report),
    isClean(report)
      ? 'Nothing is unexplained.'
      : `Fix each finding, or explain it in ${EXCEPTIONS_FILE} (docs/policy.md). Remove entries that explain nothing.`,
  ].join('\n');
}

/** For GitHub. */
export function reportMarkdown(report: PolicyReport): string {
  const found = unexplained(report).map(
    ({ finding: { check, stack, address, detail, name } }) =>
      `- **unexplained** \`${stack}\` \`${address}\`: ${check}, ${detail ?? name}`,
  );
  const stale = report.stale.map((one) => `- **${one.kind === 'unused' ? 'unused' : 'note'}** ${describeStale(one)}`);
  return [
    `**Policies** ${isClean(report) ? 'hold' : 'do not hold'} (${report.judge})`,
    '',
    figuresTable(report.figures),
    ...(found.length + stale.length === 0 ? [] : ['', ...found, ...stale]),
  ].join('\n');
}

function describeStale({ exception, environment, kind }: StaleException): string {
  const { check, environments, lines } = exception;
  const place = `${EXCEPTIONS_FILE}:${lines[environment] ?? 0}`;
  const action = environments.length === 1 ? 'remove the entry' : `remove ${environment} from its environments`;
  return kind === 'unused'
    ? `${place}: the exception from ${check} explains nothing in ${environment}: ${action}`
    : `${place}: there is no environment ${environment}: ${action}`;
}

function unusedNote({ unusedModuleExceptions: unused }: PolicyReport): readonly string[] {
  if (unused.length === 0) return [];
  const checks = [...new Set(unused.map(({ check }) => check))].join(', ');
  return [`note         exceptions of Terrace's modules that nothing here needs: ${checks}`];
}

export function figuresTable(figures: readonly Figures[]): string {
  return markdownTable(
    ['environment or state store', 'stacks', 'checkov passed', 'own passed', 'by design', 'for cost', 'unexplained'],
    figures.map(({ name, stacks, checkov, own, byDesign, forCost, unexplained: left }) =>
      [name, stacks, checkov, own, byDesign, forCost, left].map(String),
    ),
  );
}

function unexplained({ explained }: PolicyReport) {
  return explained.filter(({ exception }) => exception === undefined);
}

const INDENT = ' '.repeat(13);

/** The entry that accepts a finding, in one line, as it can be copied into the file. */
function acceptance(finding: Finding, owner: Owner): string {
  if (isBeyondExceptions(finding, owner)) return `no exception counts, because ${owner.name} is protected`;
  const { check, address, subject } = finding;
  const fields = [
    `check: ${check}`,
    `environments: [${owner.name}]`,
    `stack: ${stackKind(finding, owner)}`,
    `resources: [${address}]`,
    ...(subject === undefined ? [] : [`finding: '${subject.replaceAll("'", "''")}'`]),
    'reason: <why>',
  ];
  return `or accept    - { ${fields.join(', ')} }`;
}

function number(figure: number): string {
  return String(figure).padStart(4);
}
