/** What people accepted: risks of rules, exceptions of policies, and warnings that nobody has answered. Pure. */
import type { Book } from '../book';
import { code, table, type Section } from '../elements';
import { html, type Part } from '../html';

export function risksSection({ environment, risks, exceptions }: Book): Section {
  const { warnings } = environment;
  const parts: readonly Part[] = [
    risks.length > 0 && [
      html`<h3>Acknowledged risks</h3>`,
      table({
        caption: 'Acknowledged risks',
        head: ['rule', 'reason'],
        rows: risks.map(({ rule, path, reason }) => [
          [code(rule), path !== undefined && html`<br /><small>${path}</small>`],
          reason,
        ]),
      }),
    ],
    exceptions.length > 0 && [
      html`<h3>Policy exceptions</h3>`,
      table({
        caption: 'Policy exceptions',
        head: ['check', 'where', 'reason'],
        rows: exceptions.map(({ check, stack, resources, reason }) => [
          code(check),
          [stack, resources.map((address) => [html`<br />`, code(address)])],
          reason,
        ]),
      }),
    ],
    warnings.length > 0 && [
      html`<h3>Open warnings</h3>`,
      table({
        caption: 'Warnings',
        head: ['rule', 'where', 'says'],
        rows: warnings.map(({ rule, path, message }) => [code(rule), code(path), message]),
      }),
    ],
  ].filter((part) => part !== false);
  return {
    id: 'risks',
    title: 'Risks and exceptions',
    lead: 'Findings that are accepted in this environment, with the reason that its file gives.',
    body: parts.length > 0 ? parts : html`<p>None.</p>`,
  };
}
