/** The commands of each day, as the stacks publish them. Pure. */
import type { Book } from '../book';
import { UNKNOWN, type Section } from '../elements';
import { html, type Html } from '../html';
import { commandsOf, type OutputFact } from '../facts/commands';

export function commandsSection({ modules }: Book): Section | undefined {
  const groups = commandsOf(modules);
  if (groups.length === 0) return undefined;
  return {
    id: 'commands',
    title: 'Commands of each day',
    lead: 'Outputs of the stacks. Where AWS decides a part of a command, the line here prints the command after the deployment of its stack.',
    body: groups.map(
      ({ title, outputs }) =>
        html`<div class="commands">
          <h3>${title}</h3>
          <div class="lines">${outputs.map(command)}</div>
        </div>`,
    ),
  };
}

const ADDRESS = /^https?:\/\/\S+$/;

/** A name, an address or a number, which is read and not run. */
const PLAIN = /^\S+$/;

function command({ stack, name, description, value }: OutputFact): Html {
  const title = html`<p>${description} <small>${stack}</small> ${value === undefined && UNKNOWN}</p>`;
  if (value !== undefined && ADDRESS.test(value))
    return html`<div class="command">
      ${title}
      <p><a href="${value}" rel="noreferrer">${value}</a></p>
    </div>`;
  if (value !== undefined && PLAIN.test(value))
    return html`<div class="command">
      ${title}
      <p><code>${value}</code></p>
    </div>`;
  const line = value ?? `terraform -chdir=cdktf.out/stacks/${stack} output -raw ${name}`;
  return html`<div class="command">
    ${title}
    <div class="line">
      <pre><code>${line}</code></pre>
      <button type="button" data-copy aria-label="Copy: ${name}">Copy</button>
    </div>
  </div>`;
}
