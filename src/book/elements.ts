/** The elements that sections are made of. Pure. */
import { html, joined, type Html, type Part } from './html';

/** A section of a book. A section without content is left out. */
export interface Section {
  /** The target of links. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences below the title. */
  readonly lead?: Part;
  readonly body: Part;
}

export interface TableOptions {
  /** What the table is about, for people who do not see it. */
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Part[])[];
  /** Columns of figures, aligned to the right. */
  readonly figures?: readonly number[];
}

/** A table whose rows become blocks on a narrow screen, each cell with the title of its column. The first cell names the row. */
export function table({ caption, head, rows, figures = [] }: TableOptions): Html {
  const alignment = (column: number): Part => figures.includes(column) && html` class="figure"`;
  return html`<table class="stacks">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${head.map((title, column) => html`<th scope="col" ${alignment(column)}>${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, column) =>
              column === 0
                ? html`<th scope="row">${cell}</th>`
                : html`<td data-label="${head[column] ?? ''}" ${alignment(column)}><div>${cell}</div></td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export interface MatrixOptions {
  readonly caption: string;
  /** What rows and columns are: `from` and `to`. */
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: Part; readonly cells: readonly Part[] }[];
}

/** A matrix; a wide one scrolls in its own frame, which the keyboard reaches. */
export function matrix({ caption, corner, columns, rows }: MatrixOptions): Html {
  return html`<div class="scrolls" tabindex="0" role="region" aria-label="${caption}">
    <table class="matrix">
      <thead>
        <tr>
          <td class="corner">${corner}</td>
          ${columns.map((name) => html`<th scope="col"><span>${name}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, cells }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => (isEmpty(cell) ? html`<td class="none"></td>` : html`<td class="some">${cell}</td>`))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function isEmpty(part: Part): boolean {
  return part === undefined || part === false || part === '' || (Array.isArray(part) && part.every(isEmpty));
}

export type Fact = readonly [label: string, value: Part];

/** Labels and values; those without a value are left out. */
export function facts(pairs: readonly (Fact | undefined | false)[]): Part {
  const present = pairs.filter((pair): pair is Fact => pair !== undefined && pair !== false && !isEmpty(pair[1]));
  return (
    present.length > 0 &&
    html`<dl class="facts">
      ${present.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`
  );
}

export interface CardOptions {
  readonly title: Part;
  /** A word or two above the title: what it is. */
  readonly kind?: string;
  readonly body: Part;
}

export function card({ title, kind, body }: CardOptions): Html {
  return html`<article class="card">
    ${kind !== undefined && html`<p class="kind">${kind}</p>`}
    <h3>${title}</h3>
    ${body}
  </article>`;
}

export function cards(all: readonly Part[]): Part {
  return all.length > 0 && html`<div class="cards">${all}</div>`;
}

export function code(text: string): Html {
  return html`<code>${text}</code>`;
}

export function codes(texts: readonly string[]): Part {
  return joined(texts.map(code));
}

export function list(items: readonly Part[]): Part {
  return (
    items.length > 0 &&
    html`<ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>`
  );
}

/** A value that AWS decides. */
export const UNKNOWN: Html = html`<span class="unknown">known after deployment</span>`;
