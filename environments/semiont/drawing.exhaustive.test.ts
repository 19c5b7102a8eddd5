/** What the drawing of semiont shows. */
import { drawingsOf } from '../../__tests__/book/diagram/drawn';

it('arrows do not lead to data that a workload has no rule for', async () => {
  const [semiont] = (await drawingsOf('semiont')).filter(({ name }) => name === 'semiont-production');
  const { nodes, edges } = semiont!.diagram;
  const frontend = nodes.find(({ title }) => title === 'frontend')!;
  expect(edges.filter(({ from }) => from === frontend.id)).toEqual([]);
  expect(edges.filter(({ to }) => to === frontend.id).map(({ ports }) => ports)).toEqual([['3000']]);
});

it('is wider than it is high, and fits a screen', async () => {
  for (const { diagram } of await drawingsOf('semiont')) {
    expect(diagram.width).toBeGreaterThan(diagram.height);
    expect(diagram.width).toBeLessThan(2100);
  }
});
