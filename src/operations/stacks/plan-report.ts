/** Plans of stacks for a person, and as JSON. Pure. */
import { summaryOf } from '../../checks/plan-changes/counts';
import { renderText } from '../../checks/plan-changes/render-text';
import { reportText } from '../../checks/plan-guard/report';
import type { Verdict } from '../../checks/plan-guard/judge';
import type { PlannedStack, StackResult } from './plan-stacks';

/** Every change with its values, and what the guard found. */
export function planText(result: StackResult, color: boolean): string {
  switch (result.status) {
    case 'planned':
      return plannedText(result, color);
    case 'later':
      return `${result.stack}: later\n  ${result.reason}`;
    case 'failed':
      return [`${result.stack}: FAILED`, ...indented(result.reason), ...indented(result.run ?? '')].join('\n');
  }
}

function plannedText({ stack, changes, verdict, deletedOutside, run }: PlannedStack, color: boolean): string {
  return [
    `${stack}: ${summaryOf(changes)}`,
    ...(run === undefined ? [] : [`  ${run}`]),
    ...(changes.length === 0 ? [] : [renderText(changes, { color })]),
    ...deletedOutside.map((address) => `  ${address} was deleted outside of Terraform`),
    ...(hasFindings(verdict) ? [reportText(verdict)] : []),
  ].join('\n');
}

const hasFindings = ({ passed, notices, allowed }: Verdict): boolean => !passed || notices.length > 0 || allowed.length > 0;

const indented = (text: string): readonly string[] => (text === '' ? [] : text.split('\n').map((line) => `  ${line}`.trimEnd()));

/** One line: how many plans there are of which kind. */
export function planTotals(results: readonly StackResult[]): string {
  const count = (is: (result: StackResult) => boolean): number => results.filter(is).length;
  const parts = [
    [count((one) => one.status === 'planned' && one.verdict.passed && one.changes.length > 0), 'to apply'],
    [count((one) => one.status === 'planned' && one.changes.length === 0), 'without changes'],
    [count((one) => one.status === 'planned' && !one.verdict.passed), 'refused by the guard'],
    [count((one) => one.status === 'later'), 'to be planned later'],
    [count((one) => one.status === 'failed'), 'failed'],
  ] as const;
  return parts.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`])).join(', ');
}

/** For `--json`. Values are masked like those of the text. */
export function planDocumentOf(result: StackResult): object {
  if (result.status !== 'planned') return result;
  const { stack, status, changes, verdict, deletedOutside, run } = result;
  const { passed, refused, allowed, expired, notices, incomplete, counts } = verdict;
  return {
    stack,
    status,
    counts,
    changes,
    deletedOutside,
    ...(run === undefined ? {} : { run }),
    guard: { passed, refused, allowed, expired, notices, ...(incomplete === undefined ? {} : { incomplete }) },
  };
}
