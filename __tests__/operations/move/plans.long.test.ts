/**
 * No plan of a move loses data: the real terraform and provider apply an environment to an emulator of AWS, and then everything that
 * the steps of a move apply, in their order and with protection on. The guard judges each plan as it does for people, and each is
 * looked at again without it. What the emulator lacks is left out as `npm run tryout` does, such as ElastiCache and Step Functions;
 * and observability, which holds no data. A cluster cannot be planned here: for a move to Kubernetes, moving-page.test.ts compares
 * addresses.
 */
import type { EnvironmentInput } from '../../../src/config';
import { parseEnvironment } from '../../../src/config';
import { managedSteps } from '../../../src/operations/move/database-move';
import { stacksOf } from '../../../src/operations/move/stacks';
import type { Step, StepTools } from '../../../src/operations/move/steps';
import { tierSteps } from '../../../src/operations/move/tier-move';
import { awsProvider } from '../../support/emulated-terraform';
import { boxed, moved } from '../../support/boxed';
import { operated } from '../../support/operated';
import { actionsIn, lostIn, PlannedMove } from '../../support/planned-move';
import { describeWithMoto } from '../../support/terraform';

const hasProvider = awsProvider() !== undefined;
if (!hasProvider) process.stderr.write('skipped, because TERRACE_PLUGIN_DIR has no AWS provider: plans of whole moves\n');

jest.setTimeout(1_200_000);

const CHOICES = { live: false, secrets: false, leave: [] };
const TOOLS: StepTools = { report: () => undefined, factsOf: () => ({}), discardWrites: false };
const WATCHED = { minutes: 1, everySeconds: 60, ask: () => Promise.resolve(200) };

/** Whatever the steps in between do, they change no stack. */
const never = () => Promise.reject(new Error('this test runs only what changes stacks'));

const common = { protect: true, account: undefined, observability: undefined } as const;
const onTheHost = boxed({ ...common });
const onRds = moved({ ...common });
const inNetwork = (nat: 'none' | 'single') => ({ network: { cidr: '10.0.0.0/16', zones: 2, nat } }) as const;
/** Fargate beside the box, and its percent of the visitors. */
const beside = (nextTierPercent: number) =>
  moved({ ...common, ...inNetwork('single'), nextTier: 'fargate', edge: { nextTierPercent } });
const exchanged = moved({ ...common, ...inNetwork('single'), tier: 'fargate', nextTier: 'box' });

(hasProvider ? describeWithMoto : describe.skip)('plans of moves', () => {
  let planned: PlannedMove;
  beforeAll(async () => (planned = await PlannedMove.start('shop.example')));
  afterAll(() => planned.stop());

  const run = async (steps: readonly Step[], id: string) => {
    const step = steps.find((one) => one.id === id);
    if (step === undefined) throw new Error(`no step ${id}`);
    return step.run(TOOLS);
  };

  it('would show a server that is replaced and a volume that goes', () => {
    const change = (type: string, actions: readonly string[]) => ({ address: `${type}.one`, type, change: { actions } });
    const changes = [
      change('aws_db_instance', ['delete', 'create']),
      change('aws_ebs_volume', ['delete']),
      change('aws_ebs_volume', ['update']),
      change('aws_route53_record', ['delete', 'create']),
    ];
    expect(lostIn([{ stack: 'data', changes }])).toEqual(['data: aws_db_instance.one', 'data: aws_ebs_volume.one']);
  });

  describe('of a database from the host to RDS', () => {
    async function stepsOf(input: EnvironmentInput) {
      const modules = await planned.synthesise(input);
      return managedSteps({
        target: operated(parseEnvironment(input), planned.moto.url),
        stacks: planned.stacks,
        modules,
        database: { engine: {} as never, store: { keep: never }, live: false, sourceName: '', targetName: '', moveOf: never },
        removeDump: never,
        jobs: never,
        choices: CHOICES,
        watched: WATCHED,
      });
    }

    it('has an environment before it', async () => {
      const names = [...(await planned.synthesise(onTheHost)).keys()];
      await planned.stacks.apply({ stacks: stacksOf(parseEnvironment(onTheHost), names), isProtected: true }, TOOLS);
      const made = actionsIn(planned.newPlans());
      expect(made).toContain('shop-test-data: create aws_ebs_volume.box-data_volume');
    });

    it('create the server and let the host reach it, and change no login', async () => {
      expect(await run(await stepsOf(onRds), 'build/servers')).toMatchObject({ kind: 'done' });
      const plans = planned.newPlans();
      expect(lostIn(plans)).toEqual([]);
      const actions = actionsIn(plans);
      expect(actions).toContain('shop-test-data: create aws_db_instance.database_primary');
      expect(actions.filter((action) => action.includes('secret_version'))).toEqual([]);
      expect(actions.filter((action) => !action.includes(': create '))).toEqual([]);
    });

    it('give the host its new configuration, and lose nothing', async () => {
      expect(await run(await stepsOf(onRds), 'switch/stacks')).toMatchObject({ kind: 'done' });
      const plans = planned.newPlans();
      expect(lostIn(plans)).toEqual([]);
      expect(plans.map(({ stack }) => stack)).toEqual(
        ['network', 'data', 'compute-box', 'edge'].map((kind) => `shop-test-${kind}`),
      );
      // The login says where the server is: it is written again, and neither it nor the volume of the host is given up.
      const ended = plans.flatMap(({ changes }) => changes).filter(({ change: { actions } }) => actions.includes('delete'));
      expect(new Set(ended.map(({ type }) => type))).toEqual(new Set());
    });
  });

  describe('from a box to Fargate', () => {
    async function stepsOf(input: EnvironmentInput) {
      const modules = await planned.synthesise(input);
      return tierSteps({
        target: operated(parseEnvironment(input), planned.moto.url),
        stacks: planned.stacks,
        stackNames: [...modules.keys()],
        choices: CHOICES,
        watched: WATCHED,
        from: 'box',
        to: 'fargate',
      });
    }
    const deleted = () => {
      const plans = planned.newPlans();
      expect(plans.length).toBeGreaterThan(0);
      expect(lostIn(plans)).toEqual([]);
      return actionsIn(plans).filter((action) => action.includes('delete'));
    };

    it('build the second tier, and end nothing', async () => {
      expect(await run(await stepsOf(beside(0)), 'build/stacks')).toMatchObject({ kind: 'done' });
      expect(deleted()).toEqual([]);
    });

    it.each([5, 50, 100])('give it %i % of the visitors, and end nothing', async (percent) => {
      const outcome = await run(await stepsOf(beside(percent)), 'switch/traffic');
      expect(outcome.kind).toBe(percent === 100 ? 'done' : 'waits');
      expect(deleted()).toEqual([]);
    });

    it('exchange the tiers, and lose nothing, whatever is deployed afterwards', async () => {
      const steps = await stepsOf(exchanged);
      expect(await run(steps, 'finish/traffic')).toMatchObject({ kind: 'done' });
      expect(deleted()).toEqual([]);
      expect(await run(steps, 'build/stacks')).toMatchObject({ kind: 'done' });
      expect(deleted()).toEqual([]);
    });
  });
});
