/** Nodes without arrows: in rows of equal cards at the bottom of their group. */
import { cardOf } from './card';
import type { Collected } from './graph/graph';
import type { Box, DiagramNode } from './types';

const GAP = 14;

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
      const size = { width: Math.max(...cards.map(({ width }) => width)), height: Math.max(...cards.map(({ height }) => height)) };
      return alone.length === 0 ? [] : [{ group: id, nodes: alone, ...size }];
    });
}

/** How much space the rows need above the padding, in pixels. @param available the width inside of the group */
export function stripHeight({ nodes, width, height }: Strip, available: number): number {
  const rows = Math.ceil(nodes.length / columnsIn(available, width));
  return rows * (height + GAP);
}

/** Where each card is. */
export function rowsOf({ nodes, width, height }: Strip, group: Box, padding: number): ReadonlyMap<string, Box> {
  const columns = columnsIn(group.width - 2 * padding, width);
  const rows = Math.ceil(nodes.length / columns);
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

const columnsIn = (available: number, width: number): number => Math.max(1, Math.floor((available + GAP) / (width + GAP)));
