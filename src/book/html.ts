/** HTML without a framework: a tagged template that escapes whatever it is given. Pure. */

/** Text that is HTML already. */
export class Html {
  constructor(public readonly text: string) {}
}

/** What a template accepts: HTML stays, text is escaped, lists are joined, and nothing is written for what is absent. */
export type Part = Html | string | number | undefined | false | readonly Part[];

/** Builds HTML. Every value is escaped, unless it is HTML. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, literal, index) => `${text}${render(parts[index - 1])}${literal}`));
}

/** Marks text as HTML: for what another program produced as HTML, such as an SVG, and for style and script. */
export function trusted(text: string): Html {
  return new Html(text);
}

export function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe as the text of an element and as the value of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The parts with a separator between them. */
export function joined(parts: readonly Part[], separator: Part = ', '): Part {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}

/** An id for a link: letters, digits and hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
