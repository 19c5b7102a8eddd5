/** What the drawings of infrar show. */
import { drawingsOf } from '../../__tests__/book/diagram/drawn';

it('nodes are in the group of their subnets', async () => {
  const [production] = (await drawingsOf('infrar')).filter(({ name }) => name === 'infrar-production');
  const groups = Object.fromEntries(production!.diagram.nodes.map(({ title, group }) => [title, group?.split('/').at(-1)]));
  expect(groups).toMatchObject({
    platform: 'private',
    'Load balancer': 'public',
    'PostgreSQL 15': 'isolated',
    'Replica us': 'isolated',
    artifacts: 'eu-west-1',
  });
});

it('arrows show what roles may do with buckets and queues', async () => {
  const [production] = (await drawingsOf('infrar')).filter(({ name }) => name === 'infrar-production');
  const { nodes, edges } = production!.diagram;
  const title = (id: string) => nodes.find((node) => node.id === id)?.title;
  const access = edges
    .filter(({ kind }) => kind === 'access')
    .map(({ from, to, label }) => `${title(from)} ${label} ${title(to)}`);
  expect(access.sort()).toEqual([
    'containers read artifacts',
    'platform read, write artifacts',
    'platform read, write uploads',
    'platform send terraform-runs',
    'terraform-executor read uploads',
    'terraform-executor read, write artifacts',
    'terraform-executor receive terraform-runs',
  ]);
});

it('is wider than it is high, and fits a screen', async () => {
  for (const { diagram } of await drawingsOf('infrar')) {
    expect(diagram.width).toBeGreaterThan(diagram.height);
    expect(diagram.width).toBeLessThan(2100);
  }
});
