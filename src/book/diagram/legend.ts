/** What the kinds of arrows mean: only those that are drawn, in rows below the graph. */
import { FONTS, widthOf } from './measure';
import type { EdgeKind } from './types';

const MEANINGS: Readonly<Record<EdgeKind, string>> = {
  traffic: 'may connect, on these ports',
  access: 'may use, by IAM or as its disk',
  outbound: 'way to the internet',
  copy: 'data or messages move there',
};

const LINE = 42;
const GAP = 28;
const ROW = 22;

export interface LegendEntry {
  readonly kind: EdgeKind;
  readonly meaning: string;
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
}

export interface Legend {
  readonly entries: readonly LegendEntry[];
  readonly width: number;
  readonly height: number;
}

/** @param kinds of the arrows that are drawn @param available in pixels; one entry is always in a row */
export function legend(kinds: readonly EdgeKind[], available: number): Legend {
  const entries: LegendEntry[] = [];
  let x = 0;
  let y = 32;
  for (const kind of (Object.keys(MEANINGS) as EdgeKind[]).filter((one) => kinds.includes(one))) {
    const width = LINE + widthOf(MEANINGS[kind], FONTS.line);
    if (x > 0 && x + width > available) {
      x = 0;
      y += ROW;
    }
    entries.push({ kind, meaning: MEANINGS[kind], x, y });
    x += width + GAP;
  }
  const width = Math.max(0, ...entries.map((entry) => entry.x + LINE + widthOf(entry.meaning, FONTS.line)));
  return { entries, width, height: entries.length === 0 ? 0 : y + 4 };
}
