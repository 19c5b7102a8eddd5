/**
 * How wide a text is, without a browser. The widths are those of DejaVu Sans and Verdana, the widest of the usual fonts, so that
 * text fits whichever font is used.
 */

export interface Font {
  /** In pixels. */
  readonly size: number;
  readonly bold?: boolean;
}

export const FONTS = {
  heading: { size: 20, bold: true },
  groupTitle: { size: 12.5, bold: true },
  groupSubtitle: { size: 11.5 },
  title: { size: 13, bold: true },
  line: { size: 11.5 },
  label: { size: 10.5, bold: true },
} as const satisfies Readonly<Record<string, Font>>;

/** Characters to their width in em; the first class that has the character counts. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ilj.,:;'|!]/, 0.33],
  [/[ftr()[\]{}\-/ ·"I]/, 0.42],
  [/[mwMW@%—…]/, 1],
  [/[A-Z&+<>=~#]/, 0.76],
  [/[\u0020-\u024f–×]/, 0.64],
];

const OTHER = 1.05;
const BOLD = 1.1;

/** In pixels. */
export function widthOf(text: string, { size, bold = false }: Font): number {
  let em = 0;
  for (const character of text) em += WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? OTHER;
  return Math.ceil(em * size * (bold ? BOLD : 1));
}

/** Breaks a text into lines of a width: after a space, inside of a word only where that is wider than a line. */
export function wrapped(text: string, font: Font, width: number): readonly string[] {
  return [/(?<=\s)/u, /(?<=[-./_,])/u, /(?:)/u]
    .reduce((lines: readonly string[], separator) => filled(lines, separator, font, width), [text.trim()])
    .filter((line) => line !== '');
}

/** Splits each line that is too wide, and puts as many parts into a line as fit. */
function filled(lines: readonly string[], separator: RegExp, font: Font, width: number): readonly string[] {
  return lines.flatMap((line) => {
    if (widthOf(line, font) <= width) return [line];
    const result: string[] = [];
    for (const part of line.split(separator)) {
      const last = result.at(-1);
      if (last !== undefined && widthOf((last + part).trimEnd(), font) <= width) result[result.length - 1] = last + part;
      else result.push(part);
    }
    return result.map((one) => one.trim());
  });
}
