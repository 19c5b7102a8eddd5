/** The report of a try-out. Pure. */
import { groupBy } from '../../cli/group-by';
import type { EmulatorFacts } from './known-gaps';
import { deviationsOf, type Deviation, type StackResult } from './stack-result';

export interface TryoutReport {
  readonly environment: string;
  /** The emulator's name and version, as far as they are known. */
  readonly emulator: string;
  readonly facts?: EmulatorFacts;
  /** Provider versions that replaced the pinned ones. */
  readonly substitutions: readonly string[];
  readonly results: readonly StackResult[];
}

const HEADINGS = ['stack', 'resources', 'left out', 'created', 'failed', 'not reached', 'drifted', 'not destroyed'] as const;

/** The table, then the reason of every figure that is not zero. */
export function renderReport(report: TryoutReport): string {
  const { environment, emulator, substitutions, results, facts } = report;
  const deviations = results.flatMap((result) => deviationsOf(result, facts));
  return [
    `${environment} on ${emulator}`,
    ...substitutions.map((line) => `  with ${line}`),
    '',
    ...table([HEADINGS, ...results.map(row)]),
    ...section('Left out', leftOut(results)),
    ...section('Arguments not tried, because the provider version in use does not know them', dropped(results)),
    ...section(
      `Known gaps of ${emulator}`,
      deviations.filter(({ gap }) => gap !== undefined).map((known) => `${describe(known)}  [${known.gap?.reason ?? ''}]`),
    ),
    ...section('Unexplained', deviations.filter(({ gap }) => gap === undefined).map(describe)),
    '',
    verdict(results, deviations),
  ].join('\n');
}

/** Whether every difference from AWS is a known gap. */
export function isExplained({ results, facts }: TryoutReport): boolean {
  return results.flatMap((result) => deviationsOf(result, facts)).every(({ gap }) => gap !== undefined);
}

function row({ id, resources, leftOut: out, planned, created, faults, drifted, stayed }: StackResult): readonly string[] {
  const failed = new Set(faults.map(({ address }) => address ?? '')).size;
  const unreached = Math.max(0, planned - created.length - failed);
  const left = out.filter(({ address }) => !address.startsWith('data.') && !address.startsWith('ephemeral.')).length;
  return [id, ...[resources, left, created.length, failed, unreached, drifted.length, stayed.length].map(String)];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  );
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)];
}

const describe = ({ stack, what }: Deviation): string => `${stack}: ${what}`;

/** One line for each reason. */
function leftOut(results: readonly StackResult[]): readonly string[] {
  return results.flatMap(({ id, leftOut: entries }) => {
    const byReason = groupBy(entries, ({ reason }) => reason);
    return [...byReason].map(([reason, group]) => `${id}: ${group.map(({ address }) => address).join(', ')}  [${reason}]`);
  });
}

function dropped(results: readonly StackResult[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const { dropped: counts } of results) for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums.size === 0 ? [] : [[...sums].map(([name, count]) => `${name} (${count} times)`).join(', ')];
}

function verdict(results: readonly StackResult[], deviations: readonly Deviation[]): string {
  const created = results.reduce((sum, result) => sum + result.created.length, 0);
  const resources = results.reduce((sum, result) => sum + result.resources, 0);
  const unexplained = deviations.filter(({ gap }) => gap === undefined).length;
  const known = deviations.length - unexplained;
  return `${created} of ${resources} resources created; ${known} known gaps, ${unexplained} unexplained`;
}
