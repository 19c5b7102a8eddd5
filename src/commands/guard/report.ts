/** Verdicts as people read them: in a terminal, and in the comment on a pull request. Pure. */
import { ALLOW_FILE } from './allowances';
import type { Finding } from './finding';
import type { Verdict } from './guard';

/** For a terminal. */
export function reportText(verdict: Verdict): string {
  const { refused, allowed, expired, notices, incomplete } = verdict;
  return [
    `${title(verdict)}: ${verdict.passed ? 'may be applied' : 'REFUSED'} (${counts(verdict)})`,
    ...(incomplete === undefined ? [] : [`  REFUSED  the plan is not whole: ${incomplete}`]),
    ...refused.flatMap(({ address, harm, why, instead }) => [
      `  REFUSED  ${harm} ${address}`,
      `           ${why}`,
      ...(instead === undefined ? [] : [`           instead: ${instead}`]),
    ]),
    ...expired.map(
      ({ address, harm, expires }) => `  EXPIRED  ${harm} ${address} was allowed until ${expires}: take it out of ${ALLOW_FILE}`,
    ),
    ...allowed.map(
      ({ finding: { address, harm }, allowance: { expires, reason } }) =>
        `  allowed  ${harm} ${address}, until ${expires}: ${reason}`,
    ),
    ...notices.map((notice) => `  note     ${notice}`),
    ...(refused.length === 0 ? [] : [`  ${howToAllow(verdict)}`]),
  ].join('\n');
}

/** For GitHub. */
export function reportMarkdown(verdict: Verdict): string {
  const { refused, allowed, expired, notices, incomplete } = verdict;
  const rows = [
    ...(incomplete === undefined ? [] : [['**refused**', '', `the plan is not whole: ${incomplete}`]]),
    ...refused.map((finding) => [
      '**refused**',
      what(finding),
      [finding.why, finding.instead].filter(Boolean).join('; instead: '),
    ]),
    ...expired.map(({ address, harm, expires }) => ['**expired**', `${harm} \`${address}\``, `was allowed until ${expires}`]),
    ...allowed.map(({ finding, allowance }) => ['allowed', what(finding), `until ${allowance.expires}: ${allowance.reason}`]),
    ...notices.map((notice) => ['note', '', notice]),
  ];
  const heading = `**${title(verdict)}** ${verdict.passed ? 'may be applied' : 'is refused'} (${counts(verdict)})`;
  if (rows.length === 0) return heading;
  const table = rows.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`);
  return [heading, '', '| guard | what | why |', '| --- | --- | --- |', ...table].join('\n');
}

function title({ stack }: Verdict): string {
  return stack ?? 'a plan of an unnamed stack';
}

function counts({ counts: numbers }: Verdict): string {
  const said = Object.entries<number>(numbers)
    .filter(([, number]) => number > 0)
    .map(([action, number]) => `${number} to ${action}`);
  return said.length === 0 ? 'no changes' : said.join(', ');
}

function what({ harm, address }: Finding): string {
  return `${harm} \`${address}\``;
}

function howToAllow({ stack }: Verdict): string {
  if (stack === undefined)
    return `nothing can be allowed without knowing the stack: call the file <stack>.json, or pass --stack <stack>`;
  return `If it is meant: have an entry for ${stack} reviewed in ${ALLOW_FILE} (docs/guard.md).`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
