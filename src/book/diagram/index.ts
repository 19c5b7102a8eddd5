/** Draws the architecture of an environment from its synthesised JSON: what is not deployed is not drawn. */
import type { RootModule } from '../../terraform/root-module';
import { collect } from './graph/collect';
import { layOut } from './layout';
import { MARGIN, render, TOP } from './render';
import type { Box, Diagram, Geometry, Point } from './types';

export type * from './types';

export interface DrawnEnvironment {
  readonly name: string;
  /** Stack id to its JSON: of this environment, of the stacks that it reads, and of the names of its zone. */
  readonly stacks: ReadonlyMap<string, RootModule>;
}

/** The same stacks result in the same bytes. The layout engine is loaded on the first call, which takes longer. */
export async function drawArchitecture({ name, stacks }: DrawnEnvironment): Promise<Diagram> {
  const graph = collect(name, stacks);
  const laid = await layOut(graph);
  return { ...graph, ...render(name, graph, laid), geometry: moved(laid) };
}

/** From the coordinates of the graph to those of the drawing. */
function moved({ nodes, groups, edges }: Geometry): Geometry {
  const point = ({ x, y }: Point): Point => ({ x: x + MARGIN, y: y + TOP });
  const box = ({ width, height, ...corner }: Box): Box => ({ ...point(corner), width, height });
  const boxes = (all: ReadonlyMap<string, Box>): ReadonlyMap<string, Box> => new Map([...all].map(([id, one]) => [id, box(one)]));
  return {
    nodes: boxes(nodes),
    groups: boxes(groups),
    edges: edges.map(({ id, points, label }) => ({
      id,
      points: points.map(point),
      ...(label === undefined ? {} : { label: box(label) }),
    })),
  };
}
