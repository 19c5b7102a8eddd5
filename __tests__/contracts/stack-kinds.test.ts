/** The kinds of stacks: read from ids, ranked in deploy order. */
import { deployRank, kindOf, producerOf } from '../../src/contracts/stack-kinds';
import { parseEnvironment } from '../../src/config';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { synthEnvironment } from '../support/synth';

const tiers = [example(), boxed({ name: 'shop-box' }), example({ name: 'shop-eks', tier: 'kubernetes' })];

it.each(tiers.map((input) => [input.tier, input] as const))('every stack on the tier %s has a kind', (_tier, input) => {
  const environment = parseEnvironment(input);
  const { environment: name } = environment.identity;
  const ids = Object.keys(synthEnvironment(environment));
  expect(ids.map((id) => `${name}-${kindOf(id) ?? ''}`)).toEqual(ids);
});

it('a stack of no environment has none, and is deployed before all', () => {
  for (const shared of ['bootstrap-shop', 'bootstrap-big-data']) expect(kindOf(shared)).toBeUndefined();
  expect(deployRank('bootstrap-shop')).toBeLessThan(deployRank('shop-prod-network'));
});

it('ranks the stacks of an environment in deploy order, with any tier', () => {
  const ids = ['network', 'domain', 'data', 'compute-toy', 'platform', 'workloads', 'edge', 'observability', 'sleep'].map(
    (kind) => `shop-prod-${kind}`,
  );
  expect([...ids].reverse().sort((one, other) => deployRank(one) - deployRank(other))).toEqual(ids);
});

it('ranks the stack of a shared zone before those of environments, and the stack of its names after them', () => {
  expect(['zone-shop-example', 'zone-shop-example-names', 'zone-shop-domain'].map(kindOf)).toEqual(['zone', 'names', 'zone']);
  expect(deployRank('zone-shop-example')).toBeLessThan(deployRank('shop-prod-network'));
  expect(deployRank('zone-shop-example-names')).toBeGreaterThan(deployRank('shop-prod-observability'));
});

it('finds the stack that a remote state is of: by its kind in the same group, by its id in another', () => {
  expect(producerOf('shop-prod-compute-fargate', 'data')).toBe('shop-prod-data');
  expect(producerOf('shop-prod-compute-fargate', 'zone-shop-example')).toBe('zone-shop-example');
  expect(producerOf('zone-shop-example-names', 'zone')).toBe('zone-shop-example');
  expect(producerOf('zone-shop-example-names', 'shop-prod-edge')).toBe('shop-prod-edge');
  expect(producerOf('bootstrap-shop', 'data')).toBe('data');
});
