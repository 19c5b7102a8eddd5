/** The drawing as SVG: a document that works alone and inside of an HTML page. */
import { CARD, cardOf, HEADER, linesTop } from './card';
import type { Collected } from './graph/graph';
import { APPEARANCES } from './icons';
import type { Laid } from './layout';
import { legend, type Legend } from './legend';
import { FONTS, widthOf } from './measure';
import { arrow } from './path';
import { styleSheet } from './style';
import type { Box, DiagramEdge, DiagramGroup, DiagramNode } from './types';

/** Around everything, in pixels. */
export const MARGIN = 24;
/** From the top to the graph. */
export const TOP = 64;

export interface Rendered {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export function render(environment: string, graph: Collected, laid: Laid): Rendered {
  const below = legend(
    graph.edges.map(({ kind }) => kind),
    laid.width,
  );
  const width = Math.ceil(Math.max(laid.width, below.width, widthOf(environment, FONTS.heading)) + 2 * MARGIN);
  const height = Math.ceil(TOP + laid.height + below.height + MARGIN);
  const id = environment.replace(/[^A-Za-z0-9-]/g, '-');
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="terrace-diagram" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-labelledby="diagram-title-${id} diagram-desc-${id}">`,
    `<title id="diagram-title-${id}">Architecture of ${escaped(environment)}</title>`,
    `<desc id="diagram-desc-${id}">${escaped(described(graph))}</desc>`,
    `<style>${styleSheet()}</style>`,
    `<rect class="canvas" width="${width}" height="${height}"/>`,
    text(environment, MARGIN, 42, 'heading'),
    `<g transform="translate(${MARGIN} ${TOP})">`,
    ...graph.groups.map((group) => renderGroup(group, laid.groups.get(group.id))),
    ...renderEdges(graph, laid),
    ...graph.nodes.map((node) => renderNode(node, laid.nodes.get(node.id))),
    `</g>`,
    renderLegend(below, TOP + laid.height),
    `</svg>`,
  ].join('\n');
  return { svg, width, height };
}

/** Escapes what XML and HTML give a meaning, and removes what XML cannot contain. */
export function escaped(value: string): string {
  return (
    value
      // eslint has no objection to a class of code points
      .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

const text = (value: string, x: number, y: number, classes: string): string =>
  `<text class="${classes}" x="${round(x)}" y="${round(y)}">${escaped(value)}</text>`;

const round = (number: number): number => Math.round(number * 10) / 10;

const rect = ({ x, y, width, height }: Box, classes: string, radius: number): string =>
  `<rect class="${classes}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;

function renderGroup({ kind, title, subtitle }: DiagramGroup, box: Box | undefined): string {
  if (box === undefined) return '';
  const left = box.x + HEADER.left;
  const baseline = box.y + 22;
  const second = left + widthOf(title, FONTS.groupTitle) + HEADER.gap;
  return [
    `<g class="group">`,
    rect(box, `frame frame-${kind}`, 10),
    text(title, left, baseline, 'group-title'),
    ...(subtitle === undefined ? [] : [text(subtitle, second, baseline, 'group-subtitle quiet')]),
    `</g>`,
  ].join('');
}

/** Spaces between the texts: assistive technology reads one after another, and compares them with the label. */
function renderNode(node: DiagramNode, box: Box | undefined): string {
  if (box === undefined) return '';
  const { hue, icon, name } = APPEARANCES[node.kind];
  const { title, lines } = cardOf(node);
  const tile = { x: box.x + CARD.padding, y: box.y + CARD.padding, width: CARD.icon, height: CARD.icon };
  const titleTop = box.y + CARD.padding + Math.max(0, (CARD.icon - title.length * CARD.titleHeight) / 2);
  const firstLine = box.y + linesTop(title.length);
  const label = [name === node.title ? name : `${name} ${node.title}`, ...node.lines].join(', ');
  return [
    `<g class="node hue-${hue}" tabindex="0" role="button" data-node="${escaped(node.id)}" aria-label="${escaped(label)}">`,
    rect(box, 'card', 8),
    rect(tile, 'tile', 7),
    `<g class="icon" transform="translate(${round(tile.x + 4)} ${round(tile.y + 4)}) scale(.75)">${icon}</g>`,
    ...title.map((line, index) => text(line, box.x + CARD.titleLeft, titleTop + 12.5 + index * CARD.titleHeight, 'title')),
    ...lines.map((line, index) => text(line, box.x + CARD.padding, firstLine + 11 + index * CARD.lineHeight, 'line quiet')),
    `</g>`,
  ].join(' ');
}

/** Lines below all labels, so that no arrow crosses one. */
function renderEdges({ edges }: Collected, laid: Laid): readonly string[] {
  const kinds = new Map(edges.map((edge) => [edge.id, edge]));
  const drawn = laid.edges.flatMap((edge) => {
    const known = kinds.get(edge.id);
    return known === undefined ? [] : [{ ...edge, edge: known }];
  });
  return [
    ...drawn.map(({ edge, points }) => `<g class="edge edge-${edge.kind}"${ends(edge)}>${arrow(points)}</g>`),
    ...drawn.map(({ edge, label }) =>
      label === undefined || edge.label === undefined
        ? ''
        : `<g class="edge edge-${edge.kind}"${ends(edge)}>${rect(label, 'label-back', 4)}${text(edge.label, label.x + label.width / 2, label.y + 11.5, 'label')}</g>`,
    ),
  ];
}

const ends = ({ from, to }: DiagramEdge): string => ` data-from="${escaped(from)}" data-to="${escaped(to)}"`;

function renderLegend({ entries }: Legend, top: number): string {
  return [
    `<g class="legend" transform="translate(${MARGIN} ${round(top)})">`,
    ...entries.map(
      ({ kind, meaning, x, y }) =>
        `<g class="edge-${kind}">${arrow([
          { x, y: y - 4 },
          { x: x + 34, y: y - 4 },
        ])}</g>${text(meaning, x + 42, y, 'line quiet')}`,
    ),
    `</g>`,
  ].join('');
}

/** What a screen reader says about the whole: every arrow, in words. */
function described({ nodes, groups, edges }: Collected): string {
  const titles = new Map([...groups, ...nodes].map(({ id, title }) => [id, title]));
  const arrows = edges.map(({ from, to, kind, label }) => {
    const how = label === undefined ? kind : `${kind} ${label}`;
    return `${titles.get(from) ?? from} to ${titles.get(to) ?? to} (${how})`;
  });
  return `${nodes.length} parts. Arrows: ${arrows.length === 0 ? 'none' : arrows.join('; ')}.`;
}
