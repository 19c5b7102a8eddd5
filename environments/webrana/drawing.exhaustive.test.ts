/** What the drawings of webrana show. */
import { drawingsOf } from '../../__tests__/book/diagram/drawn';

it('nodes are no others than those of the environment', async () => {
  const [growth] = (await drawingsOf('webrana')).filter(({ name }) => name === 'webrana-growth');
  const stacks = growth!.diagram.nodes.flatMap(({ addresses }) => addresses.map(({ stack }) => stack));
  expect(new Set(stacks.map((stack) => stack.replace(/-[a-z]+(-fargate)?$/, '')))).toEqual(new Set(['webrana-growth']));
});

it('nodes name what serves the zone only where its names lead', async () => {
  const lines = Object.fromEntries(
    (await drawingsOf('webrana')).map(({ name, diagram }) => [
      name,
      diagram.nodes.find(({ kind }) => kind === 'proxy-network')?.lines,
    ]),
  );
  expect(lines['webrana-mvp']).toEqual(['api.webrana.id', 'webrana.id']);
  expect(lines['webrana-growth']).toEqual(['no name leads here now']);
});

it('is wider than it is high, and fits a screen', async () => {
  for (const { diagram } of await drawingsOf('webrana')) {
    expect(diagram.width).toBeGreaterThan(diagram.height);
    expect(diagram.width).toBeLessThan(2100);
  }
});
