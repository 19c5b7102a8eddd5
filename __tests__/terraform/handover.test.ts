/** The contract between stacks: written out whole, read back the same, in the one direction. */
import { synthApp, type RootModule } from '../support/synth';
import { Checkout, describeWithTerraform } from '../support/terraform';
import { Handover } from '../../src/terraform/handover';
import { TerraceStack } from '../../src/terraform/terrace-stack';
import { TerraformOutput, type App } from 'cdktf';

const stackProps = (kind: string) => ({
  state: { backend: { kind: 'local' } as const, stackId: `shop-test-${kind}`, stateKey: `test/${kind}/terraform.tfstate` },
  region: 'eu-west-1',
  tags: {},
});

const values = {
  vpcId: 'vpc-1',
  privateSubnetIds: ['subnet-1', 'subnet-2'],
  cacheSecurityGroupId: undefined,
  replicaNetworks: { 'us-east-1': { subnetIds: ['subnet-3'], securityGroupId: 'sg-3' } },
  secrets: { 'signing-key': { arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:signing-key' } },
};

/** A producer, and a consumer that puts everything it was handed into an output. */
function producerAndConsumer(app: App): TerraceStack {
  const network = new TerraceStack(app, stackProps('network'));
  const handover = new Handover<typeof values>(network, values);
  const data = new TerraceStack(app, stackProps('data'));
  const seen = handover.in(data);
  data.addOutput('vpc', 'vpc', seen.vpcId);
  data.addOutput('second_subnet', 'second', seen.privateSubnetIds[1] as string);
  data.addOutput('replica_subnet', 'replica', seen.replicaNetworks['us-east-1'].subnetIds[0] as string);
  data.addOutput('secret', 'secret', seen.secrets['signing-key'].arn);
  new TerraformOutput(data, 'inside_json', { value: JSON.stringify({ Resource: [seen.secrets['signing-key'].arn] }) });
  return data;
}

describe('a handover', () => {
  const stacks = synthApp(producerAndConsumer);
  const network = stacks['shop-test-network'] as RootModule;
  const data = stacks['shop-test-data'] as RootModule;

  it('writes every value as an output in snake case, whether or not a stack reads it, and leaves out absent ones', () => {
    expect(network.output).toEqual({
      vpc_id: { value: 'vpc-1' },
      private_subnet_ids: { value: ['subnet-1', 'subnet-2'] },
      replica_networks: { value: { 'us-east-1': { subnet_ids: ['subnet-3'], security_group_id: 'sg-3' } } },
      secrets: { value: values.secrets },
    });
  });

  it('writes the same producer when no stack reads it: a change of tier changes no byte of it', () => {
    const alone = synthApp((app) => {
      const stack = new TerraceStack(app, stackProps('network'));
      new Handover<typeof values>(stack, values);
    });
    expect(alone['shop-test-network']).toEqual(network);
  });

  it("is read through one remote state, named after the producer's kind, however often it is asked", () => {
    const consumer = synthApp((app) => {
      const producer = new TerraceStack(app, stackProps('network'));
      const handover = new Handover<typeof values>(producer, values);
      const stack = new TerraceStack(app, stackProps('data'));
      stack.addOutput('once', 'once', handover.in(stack).vpcId);
      stack.addOutput('twice', 'twice', handover.in(stack).vpcId);
    })['shop-test-data'];
    expect(Object.keys(consumer?.data?.terraform_remote_state ?? {})).toEqual(['network']);
    expect(data.output?.second_subnet?.value).toBe('${data.terraform_remote_state.network.outputs.private_subnet_ids[1]}');
  });

  it('holds no quotes in its references, which would break inside the JSON of a policy', () => {
    expect(data.output?.inside_json?.value).toBe(
      '{"Resource":["${data.terraform_remote_state.network.outputs.secrets.signing-key.arn}"]}',
    );
  });

  it('makes the consumer deploy after the producer, and not the other way round', () => {
    let order: readonly string[] = [];
    let producerWaitsFor: readonly string[] = [];
    synthApp((app) => {
      const consumer = producerAndConsumer(app);
      order = consumer.dependencies.map(({ node }) => node.id);
      producerWaitsFor = consumer.dependencies.flatMap(({ dependencies }) => dependencies.map(({ node }) => node.id));
    });
    expect(order).toEqual(['shop-test-network']);
    expect(producerWaitsFor).toEqual([]);
  });
});

describeWithTerraform('real terraform and a handover', () => {
  let checkout: Checkout;
  beforeEach(() => {
    checkout = new Checkout();
    checkout.synth((app) => void producerAndConsumer(app));
  });
  afterEach(() => checkout.remove());

  it('hands over the very values', async () => {
    await checkout.succeed('shop-test-network', 'init');
    await checkout.succeed('shop-test-network', 'apply', '-auto-approve');
    await checkout.succeed('shop-test-data', 'init');
    const plan = await checkout.succeed('shop-test-data', 'plan');
    expect(plan).toContain('"vpc-1"');
    await checkout.succeed('shop-test-data', 'apply', '-auto-approve');
    const outputs = await checkout.succeed('shop-test-data', 'output');
    expect(outputs).toMatch(/^vpc = "vpc-1"$/m);
    expect(outputs).toMatch(/^second_subnet = "subnet-2"$/m);
    expect(outputs).toMatch(/^replica_subnet = "subnet-3"$/m);
    expect(outputs).toMatch(/^secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:signing-key"$/m);
  }, 120_000);

  it('refuses to plan a consumer whose producer is not deployed', async () => {
    await checkout.succeed('shop-test-data', 'init');
    const { code, output } = await checkout.terraform('shop-test-data', 'plan');
    expect(code).toBe(1);
    expect(output).toContain('Unable to find remote state');
  }, 120_000);
});
