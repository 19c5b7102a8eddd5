/** Where everything is: the layered layout of elkjs, with groups inside groups. */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api';
import { cardOf, HEADER, headerWidth } from './card';
import type { Collected } from './graph/graph';
import { FONTS, widthOf } from './measure';
import { GAP, rowsOf, stripHeight, withoutEdges, type Strip } from './strip';
import type { Box, DiagramEdge, DiagramNode, DrawnEdge, Geometry, GroupKind, Point } from './types';

export interface Laid extends Geometry {
  readonly width: number;
  readonly height: number;
}

type Constructor = new () => ELK;

const PADDING = 13;
export const LABEL_HEIGHT = 16;

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

/** Of every compound: spacings are not inherited. */
const SPACING: Readonly<Record<string, string>> = {
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '3',
  'elk.spacing.labelNode': '6',
  'elk.layered.spacing.nodeNodeBetweenLayers': '15',
  'elk.layered.spacing.edgeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
};

/**
 * Whether an arrow is laid out against its direction: the internet is at the left whichever way the traffic goes, and what only
 * receives copies is where there is space.
 */
const isAgainst = ({ kind, label }: DiagramEdge): boolean => kind === 'outbound' || (kind === 'copy' && label !== 'not started');

/**
 * Loads the layout engine on the first call. Nodes without arrows are put in rows at the bottom of their group: their number of
 * rows depends on the width of the rest, so that there is a second layout with that space.
 */
export async function layOut(graph: Collected): Promise<Laid> {
  const elk = await engine();
  const strips = withoutEdges(graph);
  const first = await elk.layout(elkGraph(graph, strips, new Map()));
  const boxes = boxesOf(first);
  const space = new Map(
    strips.map((strip) => [strip.group, stripHeight(strip, (boxes.get(strip.group)?.width ?? 0) - 2 * PADDING)]),
  );
  const second = strips.length === 0 ? first : await elk.layout(elkGraph(graph, strips, space));
  return geometryOf(graph, second, strips);
}

/** A CommonJS module, whose constructor is `default` of its `default` where Node.js itself loads it. */
async function engine(): Promise<ELK> {
  const loaded = (await import('elkjs/lib/elk.bundled.js')).default as unknown as Constructor | { readonly default: Constructor };
  return new (typeof loaded === 'function' ? loaded : loaded.default)();
}

function elkGraph(graph: Collected, strips: readonly Strip[], space: ReadonlyMap<string, number>): ElkNode {
  const inStrips = new Set(strips.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const kinds = new Map(graph.groups.map(({ id, kind }) => [id, kind]));
  const childrenOf = (parent: string | undefined): ElkNode[] => [
    ...cardsIn(
      graph.nodes.filter(({ id, group }) => group === parent && !inStrips.has(id)),
      kinds.get(parent ?? ''),
    ),
    ...graph.groups.filter((group) => group.parent === parent).map((group) => compound(group, childrenOf(group.id))),
  ];
  const compound = (group: Collected['groups'][number], children: ElkNode[]): ElkNode => {
    const extra = space.get(group.id) ?? 0;
    const width = Math.max(headerWidth(group), narrowest(strips, group.id, children.length === 0 ? 4 : 1));
    if (children.length === 0) return leaf(group.id, { width, height: HEADER.height + (extra === 0 ? 0 : PADDING + extra) });
    return {
      id: group.id,
      children,
      layoutOptions: {
        ...SPACING,
        'elk.padding': `[top=${HEADER.height + 10},left=${PADDING},bottom=${PADDING + extra},right=${PADDING}]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},0)`,
      },
    };
  };
  return {
    id: 'root',
    layoutOptions: { ...OPTIONS, ...SPACING },
    children: childrenOf(undefined),
    edges: graph.edges.map(elkEdge),
  };
}

/** Cards of one width where most of them are below each other. */
function cardsIn(nodes: readonly DiagramNode[], kind: GroupKind | undefined): ElkNode[] {
  const cards = nodes.map((node) => ({ id: node.id, ...cardOf(node) }));
  const widest = kind === 'subnets' || kind === 'cluster' ? Math.max(0, ...cards.map(({ width }) => width)) : 0;
  return cards.map(({ id, width, height }) => leaf(id, { width: Math.max(width, widest), height }));
}

/** How wide a group must be for some of the nodes in its rows. @param most how many next to each other */
function narrowest(strips: readonly Strip[], group: string, most: number): number {
  const strip = strips.find((one) => one.group === group);
  return strip === undefined ? 0 : 2 * PADDING + Math.min(most, strip.nodes.length) * (strip.width + GAP) - GAP;
}

const leaf = (id: string, { width, height }: { readonly width: number; readonly height: number }): ElkNode => ({
  id,
  width,
  height,
});

function elkEdge(edge: DiagramEdge): ElkExtendedEdge {
  const { id, from, to, label } = edge;
  const [source, target] = isAgainst(edge) ? [to, from] : [from, to];
  const labels =
    label === undefined
      ? []
      : [
          {
            text: label,
            width: widthOf(label, FONTS.label) + 8,
            height: LABEL_HEIGHT,
            layoutOptions: { 'elk.edgeLabels.inline': 'true' },
          },
        ];
  return { id, sources: [source], targets: [target], labels };
}

function boxesOf(node: ElkNode): ReadonlyMap<string, Box> {
  const children = node.children ?? [];
  return new Map(children.flatMap((child) => [[child.id, boxOf(child)] as const, ...boxesOf(child)]));
}

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({ x, y, width, height });

function geometryOf(graph: Collected, root: ElkNode, strips: readonly Strip[]): Laid {
  const boxes = new Map(boxesOf(root));
  for (const strip of strips) {
    const group = boxes.get(strip.group);
    if (group !== undefined) for (const [id, box] of rowsOf(strip, group, PADDING)) boxes.set(id, box);
  }
  const place = (ids: readonly { readonly id: string }[]): ReadonlyMap<string, Box> =>
    new Map(ids.flatMap(({ id }) => [boxes.get(id)].flatMap((box) => (box === undefined ? [] : [[id, box] as const]))));
  const edges = root.edges ?? [];
  return {
    nodes: place(graph.nodes),
    groups: place(graph.groups),
    edges: graph.edges.flatMap((edge) => {
      const laid = edges.find(({ id }) => id === edge.id);
      return laid === undefined ? [] : [drawnEdge(edge, laid)];
    }),
    width: root.width ?? 0,
    height: root.height ?? 0,
  };
}

function drawnEdge(edge: DiagramEdge, { sections = [], labels = [] }: ElkExtendedEdge): DrawnEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }): Point[] => [startPoint, ...bendPoints, endPoint]);
  const [label] = labels;
  const drawn = isAgainst(edge) ? points.reverse() : points;
  return { id: edge.id, points: drawn.map(({ x, y }) => ({ x, y })), ...(label === undefined ? {} : { label: boxOf(label) }) };
}
