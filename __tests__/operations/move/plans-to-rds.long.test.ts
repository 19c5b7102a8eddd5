/**
 * No plan of a move from a host to RDS loses data: the real terraform and provider apply an environment to an emulator of AWS, and
 * then everything that the steps of the move apply, in their order and with protection on. The guard judges each plan as it does for
 * people, and each is looked at again without it. What the emulator lacks is left out as `npm run tryout` does, such as ElastiCache;
 * and observability, which holds no data.
 */
import { AwsClients } from '../../../src/aws/clients';
import type { EnvironmentInput } from '../../../src/config';
import { parseEnvironment } from '../../../src/config';
import { managedSteps } from '../../../src/operations/move/database-move';
import { stacksOf } from '../../../src/operations/move/stacks';
import type { Step, StepTools } from '../../../src/operations/move/steps';
import { awsProvider } from '../../support/emulated-terraform';
import { boxed, moved } from '../../support/boxed';
import { operated } from '../../support/operated';
import { actionsIn, endedIn, lostIn, PlannedMove } from '../../support/planned-move';
import { describeWithMoto } from '../../support/terraform';

const hasProvider = awsProvider() !== undefined;
if (!hasProvider) process.stderr.write('skipped, because TERRACE_PLUGIN_DIR has no AWS provider: plans of a move to RDS\n');

jest.setTimeout(1_200_000);

const CHOICES = { live: false, secrets: false, leave: [] };
const TOOLS: StepTools = { report: () => undefined, factsOf: () => ({}), discardWrites: false };
const WATCHED = { minutes: 1, everySeconds: 60, ask: () => Promise.resolve(200) };

/** Whatever the steps in between do, they change no stack. */
const never = () => Promise.reject(new Error('this test runs only what changes stacks'));

const common = { protect: true, account: undefined, observability: undefined } as const;
const onTheHost = boxed({ ...common });
const onRds = moved({ ...common });
/** What no move asks for: the host goes while its database is on it, and with it the volume. */
const withoutHost = boxed({
  ...common,
  tier: 'fargate',
  network: { cidr: '10.0.0.0/16', zones: 2, nat: 'single' },
  box: undefined,
  database: undefined,
  cache: undefined,
  services: {},
  images: {},
});

(hasProvider ? describeWithMoto : describe.skip)('plans of a move to RDS', () => {
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

  const volumesIn = async (endpoint: string) => {
    const ec2 = await new AwsClients({ region: 'eu-west-1', endpoint }).ec2();
    const { Volumes: volumes = [] } = await ec2.describeVolumes({
      Filters: [{ Name: 'tag:snapshots', Values: ['shop-test-data'] }],
    });
    return volumes.map(({ VolumeId: id, Attachments: attached }) => ({ id, attached: attached?.length }));
  };

  describe('of a database from the host to RDS', () => {
    async function stepsOf(input: EnvironmentInput) {
      const modules = await planned.synthesise(input);
      return managedSteps({
        target: operated(parseEnvironment(input), planned.moto.url),
        stacks: planned.stacks,
        modules,
        database: { engine: {} as never, store: { keep: never }, live: false, sourceName: '', targetName: '', moveOf: never },
        backwards: never,
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
      expect(made).toContain('shop-test-data: create aws_ebs_volume.box_volume');
    });

    it('are refused where a description gives up the volume of the host, and nothing is changed', async () => {
      const volumes = () => volumesIn(planned.moto.url);
      const before = await volumes();
      expect(before).toHaveLength(1);
      await planned.synthesise(withoutHost);
      const applied = planned.stacks.apply({ stacks: ['shop-test-data'], isProtected: true }, TOOLS);
      await expect(applied).rejects.toThrow(
        /refuses the plan of shop-test-data; nothing was changed[^]*aws_ebs_volume\.box_volume/,
      );
      expect(lostIn(planned.newPlans())).toContain('shop-test-data: aws_ebs_volume.box_volume');
      expect(await volumes()).toEqual(before);
    });

    it('create the server and let the host reach it, and change no login', async () => {
      expect(await run(await stepsOf(onRds), 'build/servers')).toMatchObject({ kind: 'done' });
      const plans = planned.newPlans();
      expect(lostIn(plans)).toEqual([]);
      const actions = actionsIn(plans);
      expect(actions).toContain('shop-test-data: create aws_db_instance.database_primary');
      expect(actions.filter((action) => action.includes('secret_version'))).toEqual([]);
      expect(endedIn(plans)).toEqual([]);
    });

    it('give the host its new configuration, and lose nothing', async () => {
      expect(await run(await stepsOf(onRds), 'switch/stacks')).toMatchObject({ kind: 'done' });
      const plans = planned.newPlans();
      expect(lostIn(plans)).toEqual([]);
      expect(plans.map(({ stack }) => stack)).toEqual(
        ['network', 'data', 'compute-box', 'edge'].map((kind) => `shop-test-${kind}`),
      );
      // A version of a secret is written by replacing it; the secret stays.
      expect(endedIn(plans)).toEqual(['shop-test-data: aws_secretsmanager_secret_version']);
    });
  });
});
