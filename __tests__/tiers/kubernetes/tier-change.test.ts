/** The move to Kubernetes: only compute stacks change, and both tiers can be deployed side by side. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { example } from '../../support/example';
import { danglingReferences, remoteReads } from '../../support/references';
import { resourcesOf, synthEnvironment, type RootModule } from '../../support/synth';

/** The stacks that no change of tier may change. */
const LASTING = ['network', 'domain', 'data'] as const;

const input = example({
  queues: { mail: {} },
  buckets: { uploads: {} },
  secrets: { jwt: { description: 'tokens', value: 'generated' } },
  workers: {
    mail: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 0, max: 3 }, scaling: { queue: 'mail' } },
  },
  jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * *' } },
});

const stacksOf = (changes: Partial<EnvironmentInput>): Readonly<Record<string, RootModule>> => {
  const environment = parseEnvironment({ ...input, ...changes });
  const prefix = `${environment.identity.environment}-`;
  return Object.fromEntries(
    Object.entries(synthEnvironment(environment)).map(([id, module]) => [id.slice(prefix.length), module]),
  );
};

describe('an environment that moves from Fargate to Kubernetes', () => {
  const fargate = stacksOf({ tier: 'fargate' });
  const kubernetes = stacksOf({ tier: 'kubernetes' });
  const both = stacksOf({ tier: 'fargate', nextTier: 'kubernetes' });

  test.each(LASTING)('changes no byte of %s', (stack) => {
    expect(fargate[stack]).toBeDefined();
    expect(JSON.stringify(kubernetes[stack])).toBe(JSON.stringify(fargate[stack]));
    expect(JSON.stringify(both[stack])).toBe(JSON.stringify(fargate[stack]));
  });

  test('has one compute stack on Fargate, three on Kubernetes, and all four with a next tier', () => {
    const computing = (stacks: object) =>
      Object.keys(stacks)
        .filter((kind) => /^(compute-|platform$|workloads$)/.test(kind))
        .sort();
    expect(computing(fargate)).toEqual(['compute-fargate']);
    expect(computing(kubernetes)).toEqual(['compute-kubernetes', 'platform', 'workloads']);
    expect(computing(both)).toEqual(['compute-fargate', 'compute-kubernetes', 'platform', 'workloads']);
  });

  test('has the same compute stacks as the next tier as after the move, and unchanged ones of the current tier', () => {
    expect(JSON.stringify(both['compute-fargate'])).toBe(JSON.stringify(fargate['compute-fargate']));
    for (const stack of ['compute-kubernetes', 'platform', 'workloads'])
      expect(JSON.stringify(both[stack])).toBe(JSON.stringify(kubernetes[stack]));
  });

  test('keeps its DNS records at the current tier: the next tier has weight 0', () => {
    const resources = (stacks: Readonly<Record<string, RootModule>>) =>
      new Map(
        Object.entries(stacks.edge?.resource ?? {}).flatMap(([type, blocks]) =>
          Object.entries(blocks).map(([id, block]) => [`${type}.${id}`, block] as const),
        ),
      );
    const [before, during] = [resources(fargate), resources(both)];
    expect(before.size).toBeGreaterThan(0);
    for (const [address, block] of before) expect([address, during.get(address)]).toEqual([address, block]);
    for (const [address, block] of during) {
      if (!before.has(address)) expect([address, block.weighted_routing_policy]).toEqual([address, { weight: 0 }]);
    }
    expect(JSON.stringify(kubernetes.edge)).not.toContain('compute-fargate');
  });

  test('has no AWS name twice in its stacks', () => {
    const named = ['aws_iam_role', 'aws_cloudwatch_log_group', 'aws_security_group', 'aws_lb', 'aws_launch_template'] as const;
    for (const type of named) {
      const names = Object.values(both).flatMap((module) => resourcesOf(module, type).map(({ name }) => name));
      expect([type, new Set(names).size]).toEqual([type, names.length]);
    }
  });

  test('has no stack that reads what an earlier one does not publish', () => {
    for (const module of Object.values(both)) {
      expect(danglingReferences(module)).toEqual([]);
      for (const { state, path } of remoteReads(module)) expect(both[state]?.output).toHaveProperty([path[0] as string]);
    }
  });
});
