/** The drawing is readable: nothing overlaps, no arrow goes through a card, and everything is inside of its group. */
import { headerWidth } from '../../../src/book/diagram/card';
import { FONTS, widthOf, wrapped } from '../../../src/book/diagram/measure';
import type { Box, Diagram } from '../../../src/book/diagram';
import { contains, crosses, everyDrawing, overlap, segmentsOf } from './drawn';
import { elaborate } from './elaborate';

/** The shipped environments and those that have more. */
async function all(): Promise<readonly { readonly name: string; readonly diagram: Diagram }[]> {
  return [...(await everyDrawing()), ...(await elaborate())];
}

const groupTitle = ({ groups, geometry }: Diagram): readonly Box[] =>
  groups.map((group) => {
    const { x = 0, y = 0 } = geometry.groups.get(group.id) ?? {};
    return { x: x + 14, y: y + 8, width: headerWidth(group) - 28, height: 18 };
  });

describe('every drawing', () => {
  it('has a place for each node, group and arrow', async () => {
    for (const { diagram } of await all()) {
      const { nodes, groups, edges, geometry } = diagram;
      expect([...geometry.nodes.keys()]).toEqual(nodes.map(({ id }) => id));
      expect([...geometry.groups.keys()]).toEqual(groups.map(({ id }) => id));
      expect(geometry.edges.map(({ id }) => id)).toEqual(edges.map(({ id }) => id));
    }
  });

  it('keeps cards and groups apart, and arrows out of cards', async () => {
    const found: string[] = [];
    for (const { name, diagram } of await all()) {
      const { nodes, edges, geometry } = diagram;
      const cards = [...geometry.nodes];
      cards.forEach(([id, box], index) => {
        for (const [other, otherBox] of cards.slice(index + 1))
          if (overlap(box, otherBox)) found.push(`${name}: ${id} and ${other} overlap`);
        for (const [group, groupBox] of geometry.groups) {
          const within = ancestors(diagram, id).includes(group);
          if (!within && overlap(box, groupBox)) found.push(`${name}: ${id} is in or on ${group}`);
        }
      });
      for (const { id, points } of geometry.edges) {
        for (const segment of segmentsOf(points)) {
          for (const { id: node } of nodes) {
            if (crosses(segment, geometry.nodes.get(node) as Box)) found.push(`${name}: ${id} goes through ${node}`);
          }
        }
      }
      expect(edges).toHaveLength(geometry.edges.length);
    }
    expect(found).toEqual([]);
  });

  it('keeps labels apart from labels, cards, titles of groups and other arrows', async () => {
    const found: string[] = [];
    for (const { name, diagram } of await all()) {
      const { geometry } = diagram;
      const labels = geometry.edges.flatMap(({ id, label }) => (label === undefined ? [] : [{ id, label }]));
      labels.forEach(({ id, label }, index) => {
        for (const other of labels.slice(index + 1))
          if (overlap(label, other.label)) found.push(`${name}: labels of ${id} and ${other.id}`);
        for (const [node, box] of geometry.nodes) if (overlap(label, box)) found.push(`${name}: label of ${id} on ${node}`);
        for (const title of groupTitle(diagram)) if (overlap(label, title)) found.push(`${name}: label of ${id} on a title`);
        for (const { id: edge, points } of geometry.edges) {
          if (edge !== id && segmentsOf(points).some((segment) => crosses(segment, label)))
            found.push(`${name}: ${edge} through the label of ${id}`);
        }
      });
      for (const title of groupTitle(diagram)) {
        for (const { id, points } of geometry.edges) {
          if (segmentsOf(points).some((segment) => crosses(segment, title))) found.push(`${name}: ${id} through a title`);
        }
      }
    }
    expect(found).toEqual([]);
  });

  it('has everything inside of its group and of the picture', async () => {
    const found: string[] = [];
    for (const { name, diagram } of await all()) {
      const { nodes, groups, geometry, width, height } = diagram;
      const picture = { x: 0, y: 0, width, height };
      for (const { id, group } of nodes) {
        const outer = group === undefined ? picture : geometry.groups.get(group);
        if (outer === undefined || !contains(outer, geometry.nodes.get(id) as Box))
          found.push(`${name}: ${id} is outside of ${group}`);
      }
      for (const { id, parent } of groups) {
        const outer = parent === undefined ? picture : geometry.groups.get(parent);
        if (outer === undefined || !contains(outer, geometry.groups.get(id) as Box))
          found.push(`${name}: ${id} is outside of ${parent}`);
      }
      for (const { points } of geometry.edges) {
        for (const { x, y } of points)
          if (!contains(picture, { x, y, width: 0, height: 0 })) found.push(`${name}: an arrow leaves the picture`);
      }
    }
    expect(found).toEqual([]);
  });
});

describe('text', () => {
  it('is wrapped without losing a character, and never wider than the line', () => {
    const long = 'a-very-long-name-that-someone.has-written/for_a_queue and some words WWWWWWWWWWWWWWWWWWWWWWWWWWWWWW';
    const lines = wrapped(long, FONTS.title, 120);
    expect(lines.join('').replace(/ /g, '')).toBe(long.replace(/ /g, ''));
    for (const line of lines) expect(widthOf(line, FONTS.title)).toBeLessThanOrEqual(120);
  });

  it('is not broken inside of a word that fits', () => {
    expect(wrapped('ElastiCache · cache.t4g.small', FONTS.line, 150)).toEqual(['ElastiCache ·', 'cache.t4g.small']);
  });
});

function ancestors({ nodes, groups }: Diagram, node: string): readonly string[] {
  const found: string[] = [];
  let id = nodes.find((one) => one.id === node)?.group;
  while (id !== undefined) {
    found.push(id);
    id = groups.find((group) => group.id === id)?.parent;
  }
  return found;
}
