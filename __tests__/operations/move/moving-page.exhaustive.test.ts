import { readFileSync } from 'node:fs';
import { planText, resultText } from '../../../src/commands/move/text';
import { parseEnvironment } from '../../../src/config';
import { managedSteps } from '../../../src/operations/move/database-move';
import { newJournal } from '../../../src/operations/move/journal';
import { ruleAddresses, serverAddresses } from '../../../src/operations/move/managed-data';
import { tierSteps } from '../../../src/operations/move/tier-move';
import { environmentSteps } from '../../../src/operations/move/environment-move';
import type { DatabasePart } from '../../../src/operations/move/parts/database';
import { done } from '../../../src/operations/move/steps';
import { mustKeepAddress } from '../../../src/checks/guarded-types';
import { boxed, moved } from '../../support/boxed';
import { synthesised } from '../../support/environments';
import { example } from '../../support/example';
import { operated } from '../../support/operated';
import { simulatedEngine, SimulatedWorld, simulatedStacks } from '../../support/simulated-move';
import { resourcesOf } from '../../../src/terraform/root-module';

const PAGE = readFileSync('docs/moving.md', 'utf8');
const AT = new Date('2026-11-28T10:00:00Z');
const CHOICES = { live: false, secrets: false, leave: [] };
const KUBERNETES = { version: '1.36', nodeGroups: { main: { instanceTypes: ['m7g.large'], min: 2, max: 4 } } } as never;
const WATCHED = { minutes: 10 };
const stacks = { apply: () => Promise.resolve(done()) };

function partOf(sourceName: string, targetName: string): DatabasePart {
  const engine = simulatedEngine(new SimulatedWorld());
  const never = () => Promise.reject(new Error('a plan runs nothing'));
  return { engine, store: { keep: never }, live: false, sourceName, targetName, moveOf: never };
}

describe('the page about moving', () => {
  it('shows the plan of a database to RDS as the command prints it', () => {
    const target = operated(parseEnvironment(moved({ name: 'shop-mvp' })), undefined);
    const steps = managedSteps({
      target,
      stacks,
      modules: new Map(),
      choices: CHOICES,
      watched: WATCHED,
      database: partOf('shop-mvp', 'RDS'),
      jobs: () => Promise.reject(new Error('a plan runs nothing')),
      backwards: () => Promise.reject(new Error('a plan runs nothing')),
      removeDump: () => Promise.resolve(),
    });
    expect(PAGE).toContain(
      planText({ journal: newJournal({ kind: 'database', source: 'shop-mvp', choices: CHOICES }, AT), steps }),
    );
  });

  it('shows the plan of a move to another environment as the command prints it', () => {
    const world = new SimulatedWorld();
    const journal = newJournal({ kind: 'environment', source: 'shop-mvp', target: 'shop-growth', choices: CHOICES }, AT);
    const steps = environmentSteps({
      source: operated(world.environment('shop-mvp'), undefined),
      target: operated(world.environment('shop-growth'), undefined),
      stacks: simulatedStacks(world),
      files: [],
      stackNames: [],
      choices: CHOICES,
      watched: WATCHED,
      database: partOf('shop-mvp', 'shop-growth'),
    });
    expect(PAGE).toContain(planText({ journal, steps }));
  });

  it('shows what the command says while it waits for a share of the traffic', async () => {
    const environment = parseEnvironment(example({ name: 'shop-growth', nextTier: 'kubernetes', kubernetes: KUBERNETES }));
    const tiers = { from: 'fargate', to: 'kubernetes' };
    const steps = tierSteps({
      target: operated(environment, undefined),
      stacks,
      stackNames: [],
      choices: CHOICES,
      watched: WATCHED,
      id: 'move_1',
      ...tiers,
    });
    const step = steps.find(({ id }) => id === 'switch/traffic');
    const outcome = await step?.run({ report: () => undefined, factsOf: () => ({}), discardWrites: false });
    const journal = newJournal({ kind: 'tier', source: 'shop-growth', tiers, choices: CHOICES }, AT);
    const notes = outcome?.kind === 'waits' ? outcome.notes : [];
    const where = 's3://shop-terraform-state/growth/move/journal.json';
    expect(PAGE).toContain(
      resultText({ journal, end: 'waiting', step: 'switch/traffic', notes }, { source: 'shop-growth', journal: where }),
    );
  });
});

describe('what is built for a database that leaves its host', () => {
  const { data, compute } = synthesised(moved());

  it('is the server and the rules that let the host reach it, and no login', () => {
    expect([...serverAddresses(data)].sort()).toEqual([
      'aws_db_instance.database_primary',
      'aws_elasticache_replication_group.cache_redis',
    ]);
    const rules = ruleAddresses(compute);
    expect(rules.length).toBe(4);
    for (const rule of rules) expect(rule).toMatch(/^aws_vpc_security_group_(egress|ingress)_rule\./);
  });

  it('is nothing for a box that keeps its data', () => {
    const { data: own, compute: host } = synthesised(boxed());
    expect([serverAddresses(own), ruleAddresses(host)]).toEqual([[], []]);
  });
});

describe('no plan of a move loses data', () => {
  const kubernetes = { kubernetes: KUBERNETES };
  const WAYS = [
    ['from a host to RDS', boxed(), moved()],
    ['beside the first tier', example(), example({ nextTier: 'kubernetes', ...kubernetes })],
    [
      'to the second tier',
      example({ nextTier: 'kubernetes', ...kubernetes }),
      example({ tier: 'kubernetes', nextTier: 'fargate', ...kubernetes }),
    ],
    ['from a box to Fargate', moved(), moved({ nextTier: 'fargate', network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' } })],
  ] as const;

  it.each(WAYS)('%s: every resource that holds data keeps its address', (_, before, after) => {
    expect(dataIn(before).filter((address) => !dataIn(after).includes(address))).toEqual([]);
    expect(dataIn(before).length).toBeGreaterThan(0);
  });

  it('finds a database that a description drops', () => {
    expect(
      dataIn(example()).filter((address) => !dataIn(example({ database: undefined, services: {} })).includes(address)),
    ).toContain('shop-test-data aws_db_instance.database_primary');
  });
});

/** What the guard refuses to destroy, with its stack. */
function dataIn(input: unknown): readonly string[] {
  return Object.entries(synthesised(input).stacks).flatMap(([stack, module]) =>
    resourcesOf(module)
      .filter(({ type }) => mustKeepAddress(type))
      .map(({ address }) => `${stack} ${address}`),
  );
}
