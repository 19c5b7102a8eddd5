/** The architectures of every shipped environment, drawn once, and geometry that tests measure. */
import { environments } from '../../../environments';
import { isEmulated, parseEmulated, parseEnvironment, zonesInUse } from '../../../src/config';
import { drawArchitecture, type Box, type Diagram, type Point } from '../../../src/book/diagram';
import { EmulatedStack } from '../../../src/stacks/emulated-stack';
import { addZone } from '../../../src/stacks/shared-zone';
import { synthApp, synthEnvironment, type RootModule } from '../../support/synth';

export interface Drawn {
  readonly name: string;
  readonly stacks: ReadonlyMap<string, RootModule>;
  readonly diagram: Diagram;
}

let drawn: Promise<readonly Drawn[]> | undefined;

/** Every listed environment, drawn once. */
export function everyDrawing(): Promise<readonly Drawn[]> {
  return (drawn ??= drawAll(Object.keys(environments)));
}

/** The listed environments of one system, next to each other. */
export function drawingsOf(system: string): Promise<readonly Drawn[]> {
  return drawAll(Object.keys(environments).filter((name) => name.startsWith(`${system}-`)));
}

async function drawAll(names: readonly string[]): Promise<readonly Drawn[]> {
  const inputs = await Promise.all(names.map(async (name) => (await environments[name]!()).default));
  const resolved = inputs.filter((input) => !isEmulated(input)).map((input) => parseEnvironment(input));
  const local = inputs.filter(isEmulated).map((input) => parseEmulated(input));
  const stacks = new Map<string, RootModule>([
    ...resolved.flatMap((environment) => Object.entries(synthEnvironment(environment))),
    ...local.flatMap((environment) => Object.entries(synthApp((app) => new EmulatedStack(app, environment)))),
    ...zonesInUse(resolved).flatMap((zone) => Object.entries(synthApp((app) => addZone(app, zone)))),
  ]);
  const all: Drawn[] = [];
  for (const { identity } of [...resolved, ...local]) {
    const name = identity.environment;
    all.push({ name, stacks, diagram: await drawArchitecture({ name, stacks }) });
  }
  return all;
}

/** Whether two boxes have a common area; touching is none. */
export function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height
  );
}

/** Whether a horizontal or vertical segment goes through the inside of a box; along its border is outside. */
export function crosses([from, to]: readonly [Point, Point], box: Box): boolean {
  const inside = 1;
  const segment = {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(from.x - to.x),
    height: Math.abs(from.y - to.y),
  };
  return (
    segment.x < box.x + box.width - inside &&
    segment.x + segment.width > box.x + inside &&
    segment.y < box.y + box.height - inside &&
    segment.y + segment.height > box.y + inside
  );
}

export function contains(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

export function segmentsOf(points: readonly Point[]): readonly (readonly [Point, Point])[] {
  return points.slice(1).map((point, index) => [points[index] as Point, point] as const);
}
