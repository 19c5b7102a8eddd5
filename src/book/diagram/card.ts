/** A node as it is drawn: an icon, a title and lines, and the size that these need. */
import { FONTS, widthOf, wrapped } from './measure';
import type { DiagramGroup, DiagramNode } from './types';

export const CARD = {
  /** The widest line, in pixels; longer text is wrapped. */
  lineWidth: 146,
  /** The same of the title, which is at the right of the icon. */
  titleWidth: 118,
  padding: 11,
  icon: 26,
  titleLeft: 45,
  titleHeight: 16,
  lineHeight: 15,
  /** From the title to the first line. */
  gap: 5,
  bottom: 9,
} as const;

export const HEADER = { height: 34, left: 14, gap: 8 } as const;

const SMALLEST_WIDTH = 128;

export interface Card {
  readonly title: readonly string[];
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

export function cardOf({ title, lines }: Pick<DiagramNode, 'title' | 'lines'>): Card {
  const shownTitle = wrapped(title, FONTS.title, CARD.titleWidth);
  const shownLines = lines.flatMap((line) => wrapped(line, FONTS.line, CARD.lineWidth));
  const titleWidth = CARD.titleLeft + Math.max(...shownTitle.map((line) => widthOf(line, FONTS.title)));
  const lineWidth = CARD.padding + Math.max(0, ...shownLines.map((line) => widthOf(line, FONTS.line)));
  return {
    title: shownTitle,
    lines: shownLines,
    width: Math.max(SMALLEST_WIDTH, Math.ceil(Math.max(titleWidth, lineWidth) + CARD.padding)),
    height: Math.ceil(linesTop(shownTitle.length) + shownLines.length * CARD.lineHeight + CARD.bottom),
  };
}

/** From the top of a card to the top of its first line. @param titleLines the number of lines of the title */
export function linesTop(titleLines: number): number {
  return CARD.padding + Math.max(CARD.icon, titleLines * CARD.titleHeight) + CARD.gap;
}

/** How wide a group must be for its title and subtitle. */
export function headerWidth({ title, subtitle }: Pick<DiagramGroup, 'title' | 'subtitle'>): number {
  const second = subtitle === undefined ? 0 : HEADER.gap + widthOf(subtitle, FONTS.groupSubtitle);
  return HEADER.left * 2 + widthOf(title, FONTS.groupTitle) + second;
}
