/** The index over all environments, with a comparison of the tiers of each system. Pure. */
import { about } from '../cost/money';
import type { Book } from './book';
import { cards, type Section } from './elements';
import { comparisonsOf, type Comparison } from './facts/comparison';
import { html, slug, type Html } from './html';
import { page } from './page';
import { tierName } from './tier-names';

/** The file of an environment's book, next to the index. */
export function bookFile(environment: string): string {
  return `${environment}.html`;
}

export function indexPage(books: readonly Book[]): string {
  const total = books.reduce(
    (sum, { cost }) => ({
      low: sum.low + cost.total.low,
      expected: sum.expected + cost.total.expected,
      high: sum.high + cost.total.high,
    }),
    { low: 0, expected: 0, high: 0 },
  );
  return page({
    title: 'Environments',
    kicker: 'The book',
    summary: `${books.length} ${books.length === 1 ? 'environment' : 'environments'}, together ${about(total)}. Shared zones and state stores are not included.`,
    sections: [gallery(books), ...comparisonsOf(books).map(comparison)],
  });
}

function gallery(books: readonly Book[]): Section {
  return {
    id: 'all',
    title: 'All environments',
    body: html`<div class="gallery">${cards(books.map(entry))}</div>`,
  };
}

function entry({ environment, cost, picture }: Book): Html {
  const { identity, tier } = environment;
  const { environment: name } = identity;
  const image = `data:image/svg+xml;base64,${Buffer.from(picture.svg).toString('base64')}`;
  return html`<article class="card">
    <img src="${image}" alt="" width="${picture.width}" height="${picture.height}" loading="lazy" />
    <p class="kind">${tierName(tier.kind)}, ${identity.region}</p>
    <h3><a href="${bookFile(name)}">${name}</a></h3>
    <p class="note">${about(cost.total)}</p>
  </article>`;
}

function comparison({ system, environments, rows }: Comparison): Section {
  const several = environments.length > 1;
  return {
    id: `system-${slug(system)}`,
    title: system,
    lead: several && 'From left to right; a marked cell differs from the one before it.',
    body: html`<div class="scrolls" tabindex="0" role="region" aria-label="Environments of ${system}">
      <table class="matrix">
        <thead>
          <tr>
            <td class="corner"></td>
            ${environments.map((name) => html`<th scope="col"><a href="${bookFile(name)}">${name}</a></th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ what, values }) =>
              html`<tr>
                <th scope="row">${what}</th>
                ${values.map((value, column) => {
                  const changed = column > 0 && value !== values[column - 1];
                  return html`<td class="${changed && 'changed'}">${value === '' ? '–' : value}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`,
  };
}
