/** The drawn architecture, and the facts of each of its nodes. Pure. */
import type { Book, PictureNode } from '../book';
import { code, facts, list, type Section } from '../elements';
import { html, trusted, type Html } from '../html';

export function pictureSection({ picture, environment }: Book): Section {
  return {
    id: 'picture',
    title: 'The picture',
    lead: 'Only what is deployed is drawn. Choose a node to see its facts; zoom with the buttons, with Ctrl and the wheel, or with + and −.',
    body: html`<div class="picture" data-picture>
        <div class="tools" role="group" aria-label="Zoom">
          <button type="button" data-zoom="in" aria-label="Zoom in">+</button>
          <button type="button" data-zoom="out" aria-label="Zoom out">−</button>
          <button type="button" data-zoom="fit" aria-label="Show the whole picture">Whole</button>
        </div>
        <div
          class="canvas"
          tabindex="0"
          role="region"
          aria-label="Architecture of ${environment.identity.environment}; arrow keys move it"
        >
          ${trusted(picture.svg)}
        </div>
      </div>
      <div class="details" aria-live="polite" data-details>
        <p class="hint">Choose a node of the picture.</p>
        ${picture.nodes.map(nodeFacts)}
      </div>`,
  };
}

function nodeFacts({ id, title, kind, facts: known, addresses }: PictureNode): Html {
  return html`<article class="node" data-facts="${id}" tabindex="-1">
    <p class="kind">${kind.replaceAll('-', ' ')}</p>
    <h3>${title}</h3>
    ${facts(known.map(({ label, value }) => [label, value]))}
    ${
      addresses.length > 0 &&
      html`<details>
        <summary>${addresses.length} ${addresses.length === 1 ? 'resource' : 'resources'}</summary>
        ${list(addresses.map(({ address }) => code(address)))}
      </details>`
    }
  </article>`;
}
