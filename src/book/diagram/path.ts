/** Arrows: lines with rounded corners, and a tip. */
import type { Point } from './types';

const CORNER = 6;
const TIP = { length: 8, width: 7 } as const;

const at = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

/** The path and the tip of an arrow through the points. */
export function arrow(points: readonly Point[]): string {
  const last = points.at(-1);
  const before = points.at(-2);
  if (last === undefined || before === undefined) return '';
  const end = towards(last, before, TIP.length - 1);
  return `<path class="line-path" d="${rounded([...points.slice(0, -1), end])}"/>${tip(last, before)}`;
}

function rounded(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${at(point)}`;
      if (after === undefined) return `L${at(point)}`;
      const radius = Math.min(CORNER, distance(point, before) / 2, distance(point, after) / 2);
      return `L${at(towards(point, before, radius))}Q${at(point)} ${at(towards(point, after, radius))}`;
    })
    .join('');
}

function tip(last: Point, before: Point): string {
  const base = towards(last, before, TIP.length);
  const across = { x: ((last.y - base.y) / TIP.length) * (TIP.width / 2), y: ((base.x - last.x) / TIP.length) * (TIP.width / 2) };
  const one = { x: base.x + across.x, y: base.y + across.y };
  const other = { x: base.x - across.x, y: base.y - across.y };
  return `<path class="tip" d="M${at(last)}L${at(one)}L${at(other)}Z"/>`;
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

/** The point at a distance from one on the way to another. */
function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  const part = whole === 0 ? 0 : length / whole;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
