/** Verdicts as text for a terminal and as Markdown for a pull request. Pure. */
import { plainMarkdown } from '../../cli/markdown';
import { ALLOW_FILE } from './allowances';
import type { HarmfulChange } from './harm';
import type { Verdict } from './judge';

/** For a terminal. */
export function reportText(verdict: Verdict): string {
  const { refused, allowed, expired, notices, incomplete } = verdict;
  return [
    `${title(verdict)}: ${verdict.passed ? 'may be applied' : 'REFUSED'} (${counts(verdict)})`,
    ...(incomplete === undefined ? [] : [`  REFUSED  the plan is incomplete: ${incomplete}`]),
    ...refused.flatMap(({ address, harm, why, instead }) => [
      `  REFUSED  ${harm} ${address}`,
      `           ${why}`,
      ...(instead === undefined ? [] : [`           instead: ${instead}`]),
    ]),
    ...expired.map(
      ({ address, harm, expires }) =>
        `  EXPIRED  ${harm} ${address} was allowed until ${expires}: remove the entry from ${ALLOW_FILE}`,
    ),
    ...allowed.map(
      ({ address, harm, allowance: { expires, reason } }) => `  allowed  ${harm} ${address}, until ${expires}: ${reason}`,
    ),
    ...notices.map((notice) => `  note     ${notice}`),
    ...(refused.length === 0 ? [] : [`  ${howToAllow(verdict)}`]),
  ].join('\n');
}

/** For GitHub. */
export function reportMarkdown(verdict: Verdict): string {
  const heading = `**${title(verdict)}** ${verdict.passed ? 'may be applied' : 'is refused'} (${counts(verdict)})`;
  return [heading, findingsTable(verdict)].filter((text) => text !== '').join('\n\n');
}

/** What was refused, allowed and noticed; empty when nothing was. Addresses, names of statements and reasons are text of others. */
export function findingsTable(verdict: Verdict): string {
  const { refused, allowed, expired, notices, incomplete } = verdict;
  const rows = [
    ...(incomplete === undefined ? [] : [row('**refused**', `the plan is incomplete: ${incomplete}`)]),
    ...refused.map((change) => row('**refused**', [change.why, change.instead].filter(Boolean).join('; instead: '), change)),
    ...expired.map((one) => row('**expired**', `was allowed until ${one.expires}`, one)),
    ...allowed.map((change) => row('allowed', `until ${change.allowance.expires}: ${change.allowance.reason}`, change)),
    ...notices.map((notice) => row('note', notice)),
  ];
  if (rows.length === 0) return '';
  return ['| guard | what | why |', '| --- | --- | --- |', ...rows].join('\n');
}

function title({ stack }: Verdict): string {
  return stack ?? 'a plan of an unknown stack';
}

function counts({ counts: numbers }: Verdict): string {
  const parts = Object.entries<number>(numbers)
    .filter(([, number]) => number > 0)
    .map(([action, number]) => `${number} to ${action}`);
  return parts.length === 0 ? 'no changes' : parts.join(', ');
}

function row(verdict: string, why: string, change?: Pick<HarmfulChange, 'harm' | 'address'>): string {
  const what = change === undefined ? '' : `${change.harm} <code>${plainMarkdown(change.address)}</code>`;
  return `| ${verdict} | ${what} | ${plainMarkdown(why)} |`;
}

function howToAllow({ stack }: Verdict): string {
  if (stack === undefined)
    return 'Changes can be allowed only for a known stack: name the file <stack>.json, or pass --stack <stack>.';
  return `To allow it: have an entry for ${stack} reviewed in ${ALLOW_FILE} (docs/guard.md).`;
}
