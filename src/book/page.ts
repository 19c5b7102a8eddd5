/** The frame of every page: one self-contained file, which loads nothing from a network. Pure. */
import type { Section } from './elements';
import { html, render, trusted, type Html, type Part } from './html';
import script from './page.browser.js';
import style from './page.css';

export interface PageOptions {
  readonly title: string;
  /** Above the title. */
  readonly kicker: Part;
  /** One sentence below the title. */
  readonly summary: Part;
  /** Uses the whole width, above the columns. */
  readonly wide?: Section;
  readonly sections: readonly Section[];
}

export function page({ title, kicker, summary, wide, sections }: PageOptions): string {
  const contents = html`<ol>
    ${[...(wide === undefined ? [] : [wide]), ...sections].map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
  </ol>`;
  return `<!doctype html>\n${render(
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <p class="kicker">${kicker}</p>
          <h1>${title}</h1>
          <p class="summary">${summary}</p>
        </header>
        <details class="contents small">
          <summary>Contents</summary>
          <nav aria-label="Contents, small screen">${contents}</nav>
        </details>
        <main id="main">
          ${wide !== undefined && html`<div class="wide">${sectionHtml(wide)}</div>`}
          <div class="columns">
            <nav class="contents large" aria-label="Contents">${contents}</nav>
            <div>${sections.map(sectionHtml)}</div>
          </div>
        </main>
        <script>
          ${trusted(script)};
        </script>
      </body>
    </html>`,
  )}\n`;
}

function sectionHtml({ id, title, lead, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${lead !== undefined && lead !== false && html`<p class="lead">${lead}</p>`} ${body}
  </section>`;
}
