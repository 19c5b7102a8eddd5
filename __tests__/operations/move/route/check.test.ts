import { parseEnvironment, type EnvironmentInput } from '../../../../src/config';
import { moveMeant } from '../../../../src/operations/move/open-move';
import { routeBetween, routeSteps, routeToManaged } from '../../../../src/operations/move/parts/route';
import { problemsOfRoute } from '../../../../src/operations/move/route/check';
import { resourcesOf } from '../../../../src/terraform/root-module';
import { boxed, moved } from '../../../support/boxed';
import { synthesised } from '../../../support/environments';
import { example } from '../../../support/example';
import { operated } from '../../../support/operated';

const of = (input: EnvironmentInput) => operated(parseEnvironment(input), undefined);
const OTHER = { name: 'shop-growth', network: { cidr: '10.1.0.0/16', zones: 2, nat: 'single' } } as const;
const LOGICAL = { ...example().database, parameters: { 'rds.logical_replication': '1' } } as EnvironmentInput['database'];
const TOOLS = { report: () => undefined, factsOf: () => ({}), discardWrites: false };

describe('what is in the way of a route', () => {
  it('is nothing between networks apart, whichever way is chosen', () => {
    for (const source of [example({ database: LOGICAL }), boxed()])
      expect(problemsOfRoute({ source: of(source), target: of(example(OTHER)), live: true })).toEqual([]);
    expect(problemsOfRoute({ source: of(example()), target: of(example(OTHER)), live: false })).toEqual([]);
  });

  it('is that the networks overlap, named both, with a way out that fits the source', () => {
    const target = of(example({ name: 'shop-growth', network: { ...OTHER.network, cidr: '10.0.128.0/17' } }));
    const said = (source: EnvironmentInput) => problemsOfRoute({ source: of(source), target, live: true })[0];
    for (const text of ['10.0.0.0/16 of shop-test', '10.0.128.0/17 of shop-growth', 'network.cidr', '--leave database/main'])
      expect(said(example({ database: LOGICAL }))).toContain(text);
    expect(said(boxed())).toContain('or move without --live');
  });

  it('is that they belong to two accounts', () => {
    const target = of(example({ ...OTHER, account: '210987654321' }));
    expect(problemsOfRoute({ source: of(example()), target, live: false })).toMatchObject([
      expect.stringContaining('shop-test is in the account 123456789012 and shop-growth in 210987654321'),
    ]);
  });

  it('is a log of RDS that cannot be followed, with the parameter and the restart', () => {
    const [said] = problemsOfRoute({ source: of(example()), target: of(example(OTHER)), live: true });
    for (const text of [
      `database.parameters: { 'rds.logical_replication': '1' }`,
      'npm run deploy -- shop-test',
      'reboot-db-instance',
    ])
      expect(said).toContain(text);
  });

  it('is refused by the first phase', async () => {
    const part = routeBetween(of(example()), of(example({ name: 'shop-growth' })), 'move', true)!;
    const check = routeSteps(part).find(({ phase }) => phase === 'check')!;
    await expect(async () => check.run(TOOLS)).rejects.toThrow(/overlap[^]*rds\.logical_replication/);
  });
});

describe('a move', () => {
  const live = { live: true, secrets: false, leave: [] };

  it('needs a route where the new server follows, or where a dump cannot be sent', () => {
    const other = of(example(OTHER));
    expect(routeToManaged(of(moved()), 'move', false)).toBeUndefined();
    expect(routeToManaged(of(moved()), 'move', true)).toMatchObject({ problems: [] });
    expect(routeBetween(of(boxed()), other, 'move', false)).toBeUndefined();
    expect(routeBetween(of(boxed()), other, 'move', true)?.parts.listeningHost?.name).toBe('shop-test');
    expect(routeBetween(of(example()), other, 'move', false)?.parts.listeningHost).toBeUndefined();
    expect(routeBetween(of(example()), other, 'move', false)?.parts.place).toBeDefined();
  });

  it('says before the phase that PostgreSQL on a host restarts, and only there', () => {
    const interruptions = (part: Parameters<typeof routeSteps>[0]) =>
      routeSteps(part).flatMap(({ interrupts }) => interrupts ?? []);
    expect(interruptions(routeToManaged(of(moved()), 'move', true)!)).toEqual([expect.stringContaining('restarts')]);
    expect(interruptions(routeBetween(of(example()), of(example(OTHER)), 'move', true)!)).toEqual([]);
  });

  it.each([
    [
      'between tiers',
      example({
        nextTier: 'kubernetes',
        kubernetes: { version: '1.36', nodeGroups: { main: { instanceTypes: ['m7g.large'], min: 2, max: 4 } } },
      }),
      undefined,
    ],
    ['to an environment without a database', boxed(), example({ ...OTHER, database: undefined, services: {}, images: {} })],
  ])('%s is not begun with --live', async (_, source, target) => {
    await expect(moveMeant(of(source), target === undefined ? undefined : of(target), live)).rejects.toThrow(
      '--live is for a database',
    );
  });
});

describe('a plan of Terraform during a move', () => {
  it.each([
    ['a box', boxed()],
    ['a box with its data on RDS', moved()],
    ['Fargate', example()],
    [
      'Kubernetes',
      example({
        tier: 'kubernetes',
        kubernetes: { version: '1.36', nodeGroups: { main: { instanceTypes: ['m7g.large'], min: 2, max: 4 } } },
      }),
    ],
  ])('shows nothing of the route of %s: no group owns its rules, and no table its routes', (_, input) => {
    const all = Object.values(synthesised(input).stacks).flatMap((module) => resourcesOf(module));
    const own = (type: string) => all.filter((resource) => resource.type === type);
    // The default group of a network, which is kept empty, is nobody's end.
    for (const { address, block } of [...own('aws_security_group'), ...own('aws_route_table')])
      for (const argument of ['ingress', 'egress', 'route'])
        expect({ address, [argument]: block[argument] }).toEqual({ address, [argument]: undefined });
    expect(own('aws_security_group').length).toBeGreaterThan(0);
    expect(own('aws_route_table').length).toBeGreaterThan(0);
    expect(own('aws_vpc_security_group_ingress_rule').length).toBeGreaterThan(0);
    // Nor does anything know all rules of a group at once.
    expect(own('aws_vpc_security_group_rules_exclusive')).toEqual([]);
  });
});
