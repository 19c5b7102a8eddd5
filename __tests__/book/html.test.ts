/** The builder of HTML: what it escapes, and what it leaves out. */
import * as fc from 'fast-check';
import { escapeHtml, html, joined, render, slug, trusted } from '../../src/book/html';

describe('a template', () => {
  it('escapes text and attributes', () => {
    expect(html`<p title="${'"><script>'}">${"<b>'&"}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&#39;&amp;</p>',
    );
  });

  it('keeps HTML that another template built, and what is trusted', () => {
    expect(html`<p>${html`<b>${'<'}</b>`}${trusted('<i></i>')}</p>`.text).toBe('<p><b>&lt;</b><i></i></p>');
  });

  it('writes nothing for what is absent, and joins lists', () => {
    expect(render([undefined, false, '', ['a', 1], joined(['b', 'c'])])).toBe('a1b, c');
  });

  it('never lets text end an element or an attribute', () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
  });
});

it('makes ids of letters, digits and hyphens', () => expect(slug('The Shop & more')).toBe('the-shop-more'));
