/** Hooks add to the stacks that exist, below a scope of their own, and change nothing of Terrace but what they name. */
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { TerraformOutput, TerraformStack } from 'cdktf';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { expression, type Extensions } from '../../src/extend';
import { readExtensions } from '../../src/extend/extensions';
import { addEnvironment } from '../../src/stacks/environment';
import { synthApp, synthEnvironment, type RootModule } from '../support/synth';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { addTopic } from '../support/extended';

const github = { owner: 'acme', repository: 'shop', applyEnvironments: ['shop-test'], planEnvironments: ['drift'] };
const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;

function extended(input: EnvironmentInput, extend: unknown): Readonly<Record<string, RootModule>> {
  const environment = parseEnvironment(input);
  return synthApp((app) => addEnvironment(app, environment, readExtensions(input.name, extend, [input.name])));
}

/** The report of a refused extension. */
function refusal(input: EnvironmentInput, extend: unknown): string {
  try {
    extended(input, extend);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

const fargate = example();
const tiers: readonly (readonly [string, EnvironmentInput])[] = [
  ['box', boxed({ name: 'shop-box' })],
  ['fargate', fargate],
  ['kubernetes', example({ name: 'shop-eks', tier: 'kubernetes' })],
];

describe('a hook', () => {
  it.each(tiers)('adds to every stack on the tier %s, and moves and changes nothing there', (_tier, input) => {
    const plain = synthEnvironment(parseEnvironment(input));
    const kinds = Object.keys(plain).map((id) => id.slice(input.name.length + 1));
    const changed = extended(input, Object.fromEntries(kinds.map((kind) => [kind, addTopic])));
    expect(Object.keys(changed)).toEqual(Object.keys(plain));
    for (const [id, module] of Object.entries(changed)) {
      const copy = structuredClone(module) as any;
      expect(copy.resource.aws_sns_topic.extension_orders.name).toBe(`${input.name}-orders`);
      delete copy.resource.aws_sns_topic.extension_orders;
      if (Object.keys(copy.resource.aws_sns_topic).length === 0) delete copy.resource.aws_sns_topic;
      expect(copy).toEqual(plain[id]);
    }
  });

  it('extends the stack of the next tier as well', () => {
    const moving = example({ tier: 'fargate', nextTier: 'kubernetes' });
    const stacks = extended(moving, { 'compute-kubernetes': addTopic });
    expect(stacks['shop-test-compute-kubernetes']?.resource?.aws_sns_topic).toHaveProperty('extension_orders');
    expect(stacks['shop-test-compute-fargate']?.resource?.aws_sns_topic).toBeUndefined();
  });

  it('reads what its stack publishes without its state, and what earlier stacks publish from theirs', () => {
    const stacks = extended(fargate, {
      data: (extension, outputs) => {
        new TerraformOutput(extension, 'images', { value: outputs.data.images.api?.repositoryUrl });
        new TerraformOutput(extension, 'vpc', { value: outputs.network.vpcId });
      },
    } satisfies Extensions);
    const { output, data } = stacks['shop-test-data'] as RootModule;
    expect(output?.extension_images?.value).toMatch(/^\$\{aws_ecr_repository\./);
    expect(output?.extension_vpc?.value).toBe('${data.terraform_remote_state.network.outputs.vpc_id}');
    expect(Object.keys(data?.terraform_remote_state ?? {})).toEqual(['network']);
  });

  it('writes text as text, and expressions as expressions', () => {
    const stacks = extended(fargate, {
      network: (extension) => {
        new SnsTopic(extension, 'text', { displayName: '${aws_vpc.x.id} %{if true}' });
        new SnsTopic(extension, 'vpc', { displayName: `in ${expression('aws_vpc.network.id')}` });
        extension.override('aws_vpc', Object.keys(networkModule().resource?.aws_vpc ?? {})[0] ?? '', {
          tags: { note: '${x}' },
        });
      },
    } satisfies Extensions);
    const { aws_sns_topic: topics, aws_vpc: networks } = stacks['shop-test-network']?.resource ?? {};
    expect(topics?.extension_text?.display_name).toBe('$${aws_vpc.x.id} %%{if true}');
    expect(topics?.extension_vpc?.display_name).toBe('in ${aws_vpc.network.id}');
    expect(Object.values(networks ?? {})[0]?.tags).toEqual({ note: '$${x}' });
  });
});

const networkModule = (): RootModule => synthEnvironment(parseEnvironment(fargate))['shop-test-network'] as RootModule;

describe('refused, with environment, stack and what to do, is', () => {
  it('a hook for a stack that this environment does not have, with those that it has', () => {
    const report = refusal(fargate, { dat: addTopic });
    expect(report).toMatch(/^shop-test: 1 problem\n {2}1\. extend\.dat\n/);
    expect(report).toContain(
      'allowed   a stack of this environment: network, domain, data, compute-fargate, edge, observability;',
    );
    expect(report).toContain('fix       did you mean "data"?');
    expect(refusal(fargate, { 'compute-box': addTopic })).toContain('received  a hook for the stack "compute-box"');
  });

  it('an error in a hook, with the file and the line', () => {
    const report = refusal(fargate, {
      data: () => {
        throw new TypeError('no such thing');
      },
    });
    expect(report).toMatch(
      /extend\.data\n {5}received {2}an error in the stack shop-test-data at __tests__\/extend\/hooks\.test\.ts:\d+: no such thing\n/,
    );
    expect(report).toMatch(/fix {7}correct __tests__\/extend\/hooks\.test\.ts:\d+$/);
  });

  it('two constructs with one id', () => {
    const twice = (extension: never): void => [1, 2].forEach(() => void addTopic(extension));
    expect(refusal(fargate, { data: twice })).toMatch(/at __tests__\/support\/extended\.ts:\d+: .*'orders'/);
  });

  it('a construct outside of its scope, and one that removes a resource of Terrace', () => {
    const outside: Extensions = { data: (extension) => void new SnsTopic(TerraformStack.of(extension), 'orders', {}) };
    expect(refusal(fargate, outside)).toContain('"shop-test-data/orders" created outside of the scope of extensions');
    const removing: Extensions = { data: (extension) => void TerraformStack.of(extension).node.tryRemoveChild('database') };
    expect(refusal(fargate, removing)).toMatch(/"shop-test-data\/database\/[^"]+" removed/);
  });

  it('outputs of a stack that comes later, or that does not exist', () => {
    const later = { data: (_: never, outputs: any) => outputs.edge.healthCheckIds };
    expect(refusal(fargate, later)).toMatch(
      /outputs of "edge", in the stack shop-test-data at .*\n.*environment: network, data\n/,
    );
    const box: Extensions = { own: { search: (_, outputs) => void outputs['compute-box'].publicIp } };
    expect(refusal(fargate, box)).toMatch(/outputs of "compute-box", in the stack shop-test-own-search/);
  });

  it('a hook that is not finished when it returns', () => {
    expect(refusal(fargate, { data: () => Promise.resolve() })).toContain('received  a promise, in the stack shop-test-data');
  });

  it('what is no function or no object, all at once', () => {
    const report = refusal(fargate, { data: {}, own: { 'Big-Search': addTopic, data: addTopic }, refreshActions: [] });
    expect(report).toMatch(/^shop-test: 4 problems/);
    expect(refusal(fargate, [])).toContain('received  a list');
  });

  it('a role that the apply role may not create, unless it carries the boundary', () => {
    const roled = example({ backend: { kind: 's3', store: { ...store, github } } });
    const role = (boundary: boolean) => ({
      data: (extension: any) =>
        void new IamRole(extension, 'role', {
          assumeRolePolicy: '{}',
          permissionsBoundary: boundary ? extension.permissionsBoundaryArn : undefined,
        }),
    });
    expect(refusal(roled, role(false))).toContain('aws_iam_role.extension_role without a permissions boundary');
    const stacks = extended(roled, role(true));
    expect(stacks['shop-test-data']?.resource?.aws_iam_role?.extension_role?.permissions_boundary).toMatch(/policy\/shop-test-/);
  });
});
