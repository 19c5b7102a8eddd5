/**
 * No plan of a move from a box to Fargate loses data: the real terraform and provider apply a box whose database is on RDS to an
 * emulator of AWS, and then everything that the steps of the move apply, in their order and with protection on. The guard judges
 * each plan as it does for people, and each is looked at again without it. What the emulator lacks is left out as `npm run tryout`
 * does, such as ElastiCache and the scaling of services; and observability, which holds no data. A cluster cannot be planned here:
 * for a move to Kubernetes, moving-page.test.ts compares addresses.
 */
import type { EnvironmentInput } from '../../../src/config';
import { parseEnvironment } from '../../../src/config';
import { stacksOf } from '../../../src/operations/move/stacks';
import type { StepTools } from '../../../src/operations/move/steps';
import { tierSteps } from '../../../src/operations/move/tier-move';
import { moved } from '../../support/boxed';
import { awsProvider } from '../../support/emulated-terraform';
import { operated } from '../../support/operated';
import { actionsIn, endedIn, lostIn, PlannedMove } from '../../support/planned-move';
import { describeWithMoto } from '../../support/terraform';

const hasProvider = awsProvider() !== undefined;
if (!hasProvider) process.stderr.write('skipped, because TERRACE_PLUGIN_DIR has no AWS provider: plans of a move to Fargate\n');

jest.setTimeout(1_200_000);

const TOOLS: StepTools = { report: () => undefined, factsOf: () => ({}), discardWrites: false };
const WATCHED = { minutes: 1, everySeconds: 60, ask: () => Promise.resolve(200) };

const common = { protect: true, account: undefined, observability: undefined } as const;
/** Containers without addresses of their own on the internet need NAT. */
const withNat = { ...common, network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' } } as const;
const onTheBox = moved({ ...common });
/** Fargate beside the box, and its percent of the visitors. */
const beside = (nextTierPercent: number) => moved({ ...withNat, nextTier: 'fargate', edge: { nextTierPercent } });
const exchanged = moved({ ...withNat, tier: 'fargate', nextTier: 'box' });

(hasProvider ? describeWithMoto : describe.skip)('plans of a move from a box to Fargate', () => {
  let planned: PlannedMove;
  beforeAll(async () => (planned = await PlannedMove.start('shop.example')));
  afterAll(() => planned.stop());

  async function synthesised(input: EnvironmentInput) {
    const environment = parseEnvironment(input);
    return { environment, names: [...(await planned.synthesise(input)).keys()] };
  }

  async function run(input: EnvironmentInput, id: string) {
    const { environment, names } = await synthesised(input);
    const steps = tierSteps({
      target: operated(environment, planned.moto.url),
      stacks: planned.stacks,
      stackNames: names,
      choices: { leave: [] },
      watched: WATCHED,
      from: 'box',
      to: 'fargate',
    });
    const step = steps.find((one) => one.id === id);
    if (step === undefined) throw new Error(`no step ${id}`);
    const { kind } = await step.run(TOOLS);
    const plans = planned.newPlans();
    expect(lostIn(plans)).toEqual([]);
    return { kind, stacks: plans.map(({ stack }) => stack), ended: endedIn(plans), actions: actionsIn(plans) };
  }

  const stacks = (...kinds: readonly string[]) => kinds.map((kind) => `shop-test-${kind}`);

  it('have an environment before them', async () => {
    const { environment, names } = await synthesised(onTheBox);
    await planned.stacks.apply({ stacks: stacksOf(environment, names), isProtected: true }, TOOLS);
    const made = actionsIn(planned.newPlans());
    expect(made).toContain('shop-test-data: create aws_db_instance.database_primary');
    expect(made).toContain('shop-test-data: create aws_ebs_volume.box_volume');
  });

  it('build Fargate beside the box, and end nothing', async () => {
    const built = await run(beside(0), 'build/stacks');
    expect(built).toMatchObject({ kind: 'done', ended: [] });
    expect(built.stacks).toContain('shop-test-compute-fargate');
  });

  it.each([5, 50, 100])('give Fargate %i % of the visitors, and end nothing', async (percent) => {
    const kind = percent === 100 ? 'done' : 'waits';
    expect(await run(beside(percent), 'switch/traffic')).toMatchObject({ kind, stacks: stacks('edge'), ended: [] });
  });

  it('exchange the tiers, and end nothing', async () => {
    expect(await run(exchanged, 'finish/traffic')).toMatchObject({ kind: 'done', stacks: stacks('edge'), ended: [] });
  });

  it('end nothing when everything is deployed after the exchange', async () => {
    const deployed = await run(exchanged, 'build/stacks');
    expect(deployed).toMatchObject({ kind: 'done', ended: [] });
    expect(deployed.stacks).toEqual(expect.arrayContaining(stacks('data', 'compute-box', 'compute-fargate', 'edge')));
  });
});
