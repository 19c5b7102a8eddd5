/**
 * `npm run move -- shop-growth` from Fargate to Kubernetes from end to end: a stub of terraform, whose applied edge stack says where
 * visitors are, an emulator of AWS with the journal and the alarms, and stubs of ECS and of the cluster, which the watch looks at.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import type { MoveOptions } from '../../../src/commands/move/move';
import type { EnvironmentInput } from '../../../src/config';
import { AwsFront } from '../../support/aws-front';
import { withTestCredentials } from '../../support/aws-credentials';
import { fileOf, runCommand } from '../../support/command';
import { example } from '../../support/example';
import { planJson, resourceChange } from '../../support/plans';
import { startStubCluster, type StubCluster } from '../../support/stub-cluster';
import { completed, jsonLines, StubTerraform } from '../../support/stub-terraform';
import { isMotoInstalled, Moto } from '../../support/terraform';
import { appliesOf, IN_STATES, keepStates } from '../../support/moved-shop';
import { PlayedMove } from '../../support/played-move';
import type * as WaitsSoon from '../../support/waits-soon';

// Three looks that fail do not take a minute and a half.
jest.mock('../../../src/aws/waiting', () => jest.requireActual<typeof WaitsSoon>('../../support/waits-soon').waitsSoon(0.01));

jest.setTimeout(120_000);

const EDGE = 'shop-growth-edge';

const isPossible = isMotoInstalled();
if (!isPossible) process.stderr.write('moto_server is not installed: the move from tier to tier is skipped\n');

(isPossible ? describe : describe.skip)('a move from Fargate to Kubernetes, from end to end', () => {
  const restore = withTestCredentials();
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-tiers-'));
  const output = join(scratch, 'cdktf.out');
  const terraform = new StubTerraform({
    '*:show': { stdout: planJson([]) },
    [`${EDGE}:show`]: { stdout: planJson([resourceChange('aws_route53_record.record', ['update'])]) },
    '*:apply': { stdout: jsonLines(completed('aws_route53_record.record', 'update')) },
  });
  let moto: Moto;
  let front: AwsFront;
  let cluster: StubCluster;
  let described: Partial<EnvironmentInput> = {};
  /** Tier to its percent of the visitors, and where its records lead: of the edge stack as it was applied last. */
  let traffic: Readonly<Record<string, number>> = { fargate: 100 };
  let destinations: Readonly<Record<string, string>> = {};
  const running = { fargate: 2, kubernetes: 2 };
  let answers = 200;

  const files = { 'shop-growth': () => fileOf(growth(described))() };

  beforeAll(async () => {
    moto = await Moto.start();
    cluster = await startStubCluster(({ path }) =>
      path === 'deployments' ? { body: deployments(running.kubernetes) } : undefined,
    );
    front = new AwsFront(
      {
        DescribeServices: ({ services }) => ({
          services: services.map((serviceName: string) => ({ serviceName, runningCount: running.fargate, desiredCount: 2 })),
        }),
      },
      moto.url,
    );
    await keepStates(new AwsClients({ region: 'eu-west-1', endpoint: await front.start() }), {
      'growth/compute-fargate': { cluster_name: 'shop-growth', services: { api: { name: 'shop-growth-api' } }, workers: {} },
      'growth/compute-kubernetes': { cluster_name: 'shop-growth', endpoint: cluster.endpoint, certificate_authority: '' },
      'growth/workloads': { namespace: 'shop-growth' },
    });
  });
  afterAll(async () => {
    await front.stop();
    await cluster.stop();
    moto.stop();
    terraform.remove();
    rmSync(scratch, { recursive: true, force: true });
    restore();
  });

  /** A person writes the description, and runs `npm run synth`. */
  async function write(changes: Partial<EnvironmentInput>): Promise<void> {
    described = changes;
    const { exitCode, stderr } = await runCommand(files, ['synth', '--output', output]);
    if (exitCode !== 0) throw new Error(stderr);
  }

  const appliedEdges = (): number => appliesOf(terraform, EDGE);

  const system = { files, name: 'shop-growth', output, terraform, front: () => front, answers: () => answers };
  const played = new PlayedMove(system);

  async function move(options: Partial<MoveOptions> = {}) {
    const before = appliedEdges();
    const result = await played.run({ watch: 4, ...options });
    if (appliedEdges() > before) ({ traffic, destinations } = recordsOf(output));
    return result;
  }

  const share = (percent: number): Partial<EnvironmentInput> => ({ nextTier: 'kubernetes', edge: { nextTierPercent: percent } });

  it('builds nothing while its description would give it visitors at once', async () => {
    await write(share(50));
    const { end, stdout } = await move();
    expect({ end, applied: appliedEdges() }).toEqual({ end: 0, applied: 0 });
    expect(stdout).toContain('waiting at build/stacks');
    expect(stdout).toContain('nextTierPercent: 0');
  });

  it('builds the second tier without visitors, and waits for a share', async () => {
    await write(share(0));
    const { end, stdout } = await move();
    expect(end).toBe(0);
    expect(stdout).toContain('waiting at switch/traffic');
    expect(stdout).toContain('nextTierPercent: 5');
    expect(traffic).toEqual({ fargate: 100, kubernetes: 0 });
    const built = new Set(terraform.calls().map(({ folder }) => folder));
    for (const kind of ['compute-kubernetes', 'platform', 'workloads', 'edge']) expect(built).toContain(`shop-growth-${kind}`);
  });

  it('gives it five in a hundred, and asks for half', async () => {
    await write(share(5));
    const { end, stdout } = await move();
    expect({ end, traffic }).toEqual({ end: 0, traffic: { fargate: 95, kubernetes: 5 } });
    expect(stdout).toContain('5 % of the traffic is on kubernetes');
    expect(stdout).toContain('nextTierPercent: 50');
  });

  it.each([
    ['a deployment of the new tier', () => (running.kubernetes = 1), () => (running.kubernetes = 2), 'api: 1 of 2 ready'],
    ['a service of the old one', () => (running.fargate = 0), () => (running.fargate = 2), 'shop-growth-api: 0 of 2 tasks run'],
    ['a name', () => (answers = 503), () => (answers = 200), 'shop.example answers 503'],
  ])('stops at half while %s is not healthy', async (_what, breaks, mends, why) => {
    await write(share(50));
    breaks();
    const { end, stdout } = await move();
    mends();
    expect({ end, traffic }).toEqual({ end: 1, traffic: { fargate: 50, kubernetes: 50 } });
    expect(stdout).toContain('switch/traffic failed');
    expect(stdout).toContain(why);
    // It asks for no larger share, and does not pass for the end.
    expect(stdout).not.toContain('nextTierPercent: 100');
    expect((await move({ finish: true, watch: 2 })).stdout).toContain('waiting at switch/traffic');
  });

  it('stops while an alarm rings', async () => {
    const cloudWatch = await new AwsClients({ region: 'eu-west-1', endpoint: front.endpoint }).cloudWatch();
    await cloudWatch.putMetricAlarm({
      ...{ AlarmName: 'shop-growth-errors', Namespace: 'x', MetricName: 'x', Period: 60, Statistic: 'Sum' },
      ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
    });
    await cloudWatch.setAlarmState({ AlarmName: 'shop-growth-errors', StateValue: 'ALARM', StateReason: 'test' });
    const { end, stdout } = await move();
    // The emulator lists alarms of every state.
    await cloudWatch.deleteAlarms({ AlarmNames: ['shop-growth-errors'] });
    expect(end).toBe(1);
    expect(stdout).toContain('alarm shop-growth-errors');
  });

  it('leads everybody back from half', async () => {
    const waiting = await move({ back: true });
    expect(waiting.end).toBe(0);
    expect(waiting.stdout).toContain('nextTierPercent: 0');
    expect(traffic).toEqual({ fargate: 50, kubernetes: 50 });
    await write(share(0));
    const { end, stdout } = await move({ back: true });
    expect(stdout).toContain('taken back');
    expect({ end, traffic }).toEqual({ end: 0, traffic: { fargate: 100, kubernetes: 0 } });
  });

  it('leads everybody over in a second attempt, and is finished when the tiers are exchanged', async () => {
    for (const percent of [0, 5, 50]) {
      await write(share(percent));
      expect((await move()).stdout).toContain('waiting at switch/traffic');
    }
    await write(share(100));
    const over = await move();
    expect(over.stdout).toContain('visitors are on the new side');
    expect(traffic).toEqual({ fargate: 0, kubernetes: 100 });
    const waiting = await move({ finish: true });
    expect(waiting.stdout).toContain('waiting at finish/description');
    for (const line of [`tier: 'kubernetes'`, `nextTier: 'fargate'`, 'nextTierPercent: 0'])
      expect(waiting.stdout).toContain(line);
    const before = destinations;
    await write({ tier: 'kubernetes', nextTier: 'fargate' });
    const { end, stdout } = await move({ finish: true });
    expect({ end, traffic }).toEqual({ end: 0, traffic: { fargate: 0, kubernetes: 100 } });
    expect(stdout).toContain('finished');
    expect(stdout).toContain('npx cdktf destroy shop-growth-compute-fargate');
    expect(destinations).toEqual(before);
    expect((await move({ back: true })).end).toContain('no move of shop-growth is under way');
  });
});

function growth(changes: Partial<EnvironmentInput>): EnvironmentInput {
  return example({
    name: 'shop-growth',
    backend: IN_STATES as never,
    kubernetes: { version: '1.36', nodeGroups: { main: { instanceTypes: ['m7g.large'], min: 2, max: 4 } } },
    ...changes,
  });
}

/** The one Deployment of the environment. */
function deployments(ready: number): object {
  const template = { spec: { containers: [{ name: 'api', image: 'shop/api:1' }] } };
  const status = { replicas: 2, updatedReplicas: 2, readyReplicas: ready };
  return { kind: 'DeploymentList', items: [{ metadata: { name: 'api' }, spec: { replicas: 2, template }, status }] };
}

/** The weighted records of the edge stack, by tier. */
function recordsOf(output: string) {
  const { resource } = JSON.parse(readFileSync(join(output, 'stacks', EDGE, 'cdk.tf.json'), 'utf8'));
  const records = Object.values<any>(resource.aws_route53_record).filter(({ set_identifier: tier }) => tier !== undefined);
  const first = (block: any) => [block].flat()[0];
  return {
    traffic: Object.fromEntries(
      records.map(({ set_identifier: tier, weighted_routing_policy: policy }) => [tier, first(policy).weight as number]),
    ),
    destinations: Object.fromEntries(records.map(({ set_identifier: tier, alias }) => [tier, JSON.stringify(first(alias))])),
  };
}
