/** Nodes without arrows: in rows of equal cards at the bottom of their group. */
import { cardOf } from './card';
import type { Collected } from './graph/graph';
import type { Box, DiagramNode } from './types';

/** Between cards, in pixels. */
export const GAP = 14;

/** A card with little text looks empty when it is wider. */
const MOST_STRETCH = 1.5;

export interface Strip {
  readonly group: string;
  readonly nodes: readonly DiagramNode[];
  /** Of each card. */
  readonly width: number;
  readonly height: number;
}

/** The nodes directly in a region, or in the group of the edge, that no arrow leads to or from. */
export function withoutEdges({ nodes, groups, edges }: Collected): readonly Strip[] {
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]));
  return groups
    .filter(({ kind }) => kind === 'region' || kind === 'global')
    .flatMap(({ id }) => {
      const alone = nodes.filter((node) => node.group === id && !connected.has(node.id));
      const cards = alone.map(cardOf);
      const size = {
        width: Math.max(...cards.map(({ width }) => width)),
        height: Math.max(...cards.map(({ height }) => height)),
      };
      return alone.length === 0 ? [] : [{ group: id, nodes: alone, ...size }];
    });
}

/** How much space the rows need above the padding, in pixels. @param available the width inside of the group */
export function stripHeight(strip: Strip, available: number): number {
  return gridOf(strip, available).rows * (strip.height + GAP) + GAP / 2;
}

/** Where each card is. */
export function rowsOf(strip: Strip, group: Box, padding: number): ReadonlyMap<string, Box> {
  const { height, nodes } = strip;
  const { rows, columns, width } = gridOf(strip, group.width - 2 * padding);
  const top = group.y + group.height - padding - rows * (height + GAP) + GAP;
  return new Map(
    nodes.map(({ id }, index) => [
      id,
      {
        x: group.x + padding + (index % columns) * (width + GAP),
        y: top + Math.floor(index / columns) * (height + GAP),
        width,
        height,
      },
    ]),
  );
}

/** As few rows as possible, each with about as many cards; the cards are stretched to fill the width. */
function gridOf({ nodes, width }: Strip, available: number) {
  const fitting = Math.max(1, Math.floor((available + GAP) / (width + GAP)));
  const rows = Math.ceil(nodes.length / fitting);
  const columns = Math.ceil(nodes.length / rows);
  const filling = (available + GAP) / columns - GAP;
  return { rows, columns, width: Math.max(width, Math.min(filling, width * MOST_STRETCH)) };
}
