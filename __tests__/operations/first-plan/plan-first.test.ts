/** A first plan of an environment: what is planned, what is left for later, and that nothing is changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClients } from '../../../src/aws/clients';
import { isSound, planFirst, type FirstPlanOptions } from '../../../src/operations/first-plan/plan-first';
import { renderFirstPlan } from '../../../src/operations/first-plan/report';
import { StubTerraform } from '../../support/stub-terraform';

const STACKS = ['shop-dev-network', 'shop-dev-data', 'shop-dev-platform', 'shop-dev-edge'];

const MODULES: Readonly<Record<string, unknown>> = {
  'shop-dev-network': {
    terraform: { backend: { local: { path: '../../../terraform.shop-dev-network.tfstate' } } },
    provider: { aws: [{ region: 'eu-west-1' }] },
    resource: { aws_vpc: { main: { cidr_block: '10.0.0.0/16' } } },
    output: { vpc_id: { value: '${aws_vpc.main.id}' } },
  },
  'shop-dev-data': {
    terraform: { backend: { local: { path: '../../../terraform.shop-dev-data.tfstate' } } },
    provider: { aws: [{ region: 'eu-west-1' }] },
    data: {
      terraform_remote_state: { network: { backend: 'local', config: { path: '../../../terraform.shop-dev-network.tfstate' } } },
    },
    resource: { aws_security_group: { main: { vpc_id: '${data.terraform_remote_state.network.outputs.vpc_id}' } } },
  },
  'shop-dev-platform': {
    terraform: { backend: { local: { path: '../../../terraform.shop-dev-platform.tfstate' } } },
    provider: { helm: [{ kubernetes: { host: '${data.terraform_remote_state.network.outputs.vpc_id}' } }] },
    data: {
      terraform_remote_state: { network: { backend: 'local', config: { path: '../../../terraform.shop-dev-network.tfstate' } } },
    },
  },
};

const planned = (address: string) => ({
  stdout: JSON.stringify({
    format_version: '1.2',
    planned_values: {},
    resource_changes: [
      {
        address,
        mode: 'managed',
        type: address.split('.')[0],
        change: { actions: ['create'], before: null, after: { cidr_block: '10.0.0.0/16' }, after_unknown: { id: true } },
      },
    ],
  }),
});

let home: string;
let output: string;
let terraform: StubTerraform;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'terrace-first-test-'));
  output = join(home, 'cdktf.out');
  for (const [id, module] of Object.entries(MODULES)) {
    mkdirSync(join(output, 'stacks', id), { recursive: true });
    writeFileSync(join(output, 'stacks', id, 'cdk.tf.json'), JSON.stringify(module));
  }
  terraform = new StubTerraform({
    'shop-dev-network:show': planned('aws_vpc.main'),
    'shop-dev-data:show': planned('aws_security_group.main'),
  });
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(terraform.home, { recursive: true, force: true });
});

const plan = (options: Partial<FirstPlanOptions> = {}, stacks: readonly string[] = STACKS) =>
  planFirst(stacks, {
    output,
    env: terraform.env({ TF_PLUGIN_CACHE_DIR: join(home, 'plugins') }),
    aws: new AwsClients({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:9' }),
    isProtected: () => true,
    progress: () => undefined,
    ...options,
  });

const deploy = (id: string, state: object): void =>
  writeFileSync(join(home, `terraform.${id}.tfstate`), JSON.stringify({ version: 4, outputs: {}, resources: [], ...state }));

const digestOf = (folder: string): string => {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    hash.update(file);
    if (file.endsWith('.json')) hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
};

it('plans each stack in a copy, says what is assumed, and leaves for later what cannot be planned', async () => {
  const plans = await plan();
  expect(renderFirstPlan('shop-dev', plans)).toBe(`\
FIRST PLAN of shop-dev: ASSUMED. Values of stacks that do not exist yet are placeholders; nothing was changed.

shop-dev-network: may be applied (1 to create)
  create aws_vpc.main
    + cidr_block = "10.0.0.0/16"

shop-dev-data: may be applied (1 to create)
  assumed network.vpc_id = vpc-assumed0000000001
  create aws_security_group.main
    + cidr_block = "10.0.0.0/16"

shop-dev-platform: later
  cannot be planned before shop-dev-network is deployed, which its providers ask while they plan

shop-dev-edge: FAILED
  there is no ${output}/stacks/shop-dev-edge/cdk.tf.json: run npm run synth first

2 of 4 stacks planned, 1 to plan later, 1 FAILED`);
  expect(isSound(plans)).toBe(false);
  expect(isSound(plans.slice(0, 3))).toBe(true);
});

it('gives terraform a module with the placeholder, an empty state, and no lock to take', async () => {
  let copy = '';
  await plan({ change: (module) => ((copy = JSON.stringify(module)), module) }, ['shop-dev-data']);
  expect(JSON.parse(copy)).toEqual({
    terraform: { backend: { local: { path: 'first-plan.tfstate' } } },
    provider: { aws: [{ region: 'eu-west-1' }] },
    resource: { aws_security_group: { main: { vpc_id: 'vpc-assumed0000000001' } } },
  });
  const [init, planning, show] = terraform.calls();
  expect(init?.args[0]).toBe('init');
  expect(planning?.args).toEqual(['plan', '-no-color', '-lock=false', '-out=terrace.tfplan']);
  expect(show?.args).toEqual(['show', '-json', 'terrace.tfplan']);
});

it('leaves the synthesised output as it is, byte for byte, and no folder of its own', async () => {
  const before = digestOf(output);
  const temporary = join(home, 'tmp');
  mkdirSync(temporary);
  terraform.answer({ '*:plan': { code: 1, stderr: 'Error: no' } });
  const folders: (readonly string[])[] = [];
  await plan({ temporary, progress: () => folders.push(readdirSync(temporary)) });
  expect(digestOf(output)).toBe(before);
  expect(folders[0]).toHaveLength(1);
  expect(readdirSync(temporary)).toEqual([]);
});

it('does not plan what is deployed, and reads its state in place of assuming', async () => {
  deploy('shop-dev-network', { outputs: { vpc_id: { value: 'vpc-1', type: 'string' } } });
  let copy = '';
  const plans = await plan({ change: (module) => ((copy = JSON.stringify(module)), module) }, STACKS.slice(0, 2));
  expect(plans.map(({ status }) => status)).toEqual(['deployed', 'planned']);
  expect(JSON.parse(copy)).toMatchObject({
    data: { terraform_remote_state: { network: { config: { path: join(home, 'terraform.shop-dev-network.tfstate') } } } },
    resource: { aws_security_group: { main: { vpc_id: '${data.terraform_remote_state.network.outputs.vpc_id}' } } },
  });
  expect(renderFirstPlan('shop-dev', plans)).toContain('1 of 2 stacks planned, 1 deployed already');
});

it.each([
  ['state of a destroyed stack', JSON.stringify({ version: 4, outputs: {}, resources: [] })],
  ['file that Terraform creates first', ''],
])('takes the empty %s for none', async (_, text) => {
  writeFileSync(join(home, 'terraform.shop-dev-network.tfstate'), text);
  expect((await plan({}, ['shop-dev-network'])).map(({ status }) => status)).toEqual(['planned']);
});

it('goes on after a stack that cannot be planned, with the reason of terraform', async () => {
  terraform.answer({
    '*:plan': { code: 1, stderr: 'Error: no such zone\n' },
    'shop-dev-data:plan': {},
    'shop-dev-data:show': planned('a_b.c'),
  });
  expect(await plan({}, STACKS.slice(0, 2))).toMatchObject([
    { status: 'failed', stack: 'shop-dev-network', reason: 'Error: no such zone' },
    { status: 'planned', stack: 'shop-dev-data' },
  ]);
});

it('ends when it is interrupted, and removes its copies', async () => {
  const controller = new AbortController();
  const progress = (): void => controller.abort();
  await expect(plan({ signal: controller.signal, progress })).rejects.toThrow('interrupted: nothing was changed');
  expect(terraform.calls().map(({ args }) => args[0])).not.toContain('plan');
});

it('needs Terraform', async () => {
  rmSync(join(terraform.home, 'bin'), { recursive: true });
  await expect(plan({ env: { PATH: join(terraform.home, 'bin') } })).rejects.toThrow('there is no terraform on the PATH');
  expect(existsSync(output)).toBe(true);
});
