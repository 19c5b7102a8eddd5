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

/** Breaks a text into lines of a width: after a space or a separator, otherwise anywhere. */
export function wrapped(text: string, font: Font, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(/[^\s\-./_·,]*[\s\-./_·,]*/g)?.flatMap((piece) => fitting(piece, font, width)) ?? []) {
    if (line !== '' && widthOf((line + part).trimEnd(), font) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += part;
  }
  return [...lines, line.trimEnd()].filter((one) => one !== '');
}

/** Pieces of a word, each narrower than the width. */
function fitting(word: string, font: Font, width: number): readonly string[] {
  if (widthOf(word.trimEnd(), font) <= width) return word === '' ? [] : [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && widthOf(piece + character, font) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}
