/** Stacks of a team's own: the frame of every other stack, and the same checks. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { actionProblem } from '../../src/extend/refresh-actions';
import { changesBetween, deployOrder } from '../../src/commands/delivery/changed';
import { whyNotVetted } from '../../src/commands/delivery/vetted';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { deployRank, kindOf, producerOf } from '../../src/contracts/stack-kinds';
import type { Extensions } from '../../src/extend';
import { costOf } from '../../src/cost/calculate';
import { inputOf } from '../../src/cost/input';
import { REFRESH_ACTIONS } from '../../src/modules/bootstrap/refresh-actions';
import { readModules } from '../../src/synthesis/output-folder';
import { resourcesOf, type RootModule } from '../../src/terraform/root-module';
import { LOCAL } from '../support/shop';
import { runCommand } from '../support/command';
import { example } from '../support/example';
import { addTopic, extendedFiles, search } from '../support/extended';
import { firstPlan } from '../support/synthesised-plans';
import { planOf, verdictOf } from '../support/plans';

const input: EnvironmentInput = example({
  encryption: { key: 'customer-managed' },
  backend: {
    kind: 's3',
    store: {
      name: 'shop',
      region: 'eu-west-1',
      bucket: 'shop-terraform-state',
      github: { owner: 'acme', repository: 'shop', planEnvironments: ['plan'] },
    },
  },
});
const STACK = 'shop-test-own-search';

const folder = mkdtempSync(join(tmpdir(), 'terrace-extend-'));
const out = join(folder, 'out');
const locks = join(folder, 'locks');
mkdirSync(locks);
afterAll(() => rmSync(folder, { recursive: true }));

const synth = (extend: unknown, to = join(folder, 'refused'), description: EnvironmentInput = input) =>
  runCommand(extendedFiles(description, extend), ['synth', '--output', to, '--locks', locks]);

let modules: ReadonlyMap<string, RootModule>;
let own: RootModule;
let report: string;
beforeAll(async () => {
  const { exitCode, stdout, stderr } = await synth(search, out);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  report = stdout;
  modules = readModules(out);
  own = modules.get(STACK) as RootModule;
});

describe('a stack of a team', () => {
  it('has state, account, tags and provider as every other stack has', () => {
    const network = modules.get('shop-test-network') as any;
    const { backend, ...terraform } = own.terraform as any;
    expect(backend.s3).toEqual({ ...network.terraform.backend.s3, key: 'test/own-search/terraform.tfstate' });
    expect(terraform).toEqual({
      required_providers: network.terraform.required_providers,
      required_version: terraform.required_version,
    });
    expect(own.provider).toEqual(network.provider);
    expect(report).toContain(STACK);
  });

  it('reads the outputs of the stacks that it names, and of no other', () => {
    const domain = own.resource?.aws_opensearch_domain?.extension_domain;
    expect(domain?.encrypt_at_rest).toMatchObject({ kms_key_id: '${data.terraform_remote_state.data.outputs.key_arn}' });
    expect(own.resource?.aws_security_group?.['extension_domain-group']?.vpc_id).toBe(
      '${data.terraform_remote_state.network.outputs.vpc_id}',
    );
    expect(Object.keys(own.data?.terraform_remote_state ?? {}).sort()).toEqual(['data', 'network']);
    expect(domain?.advanced_options).toEqual({ note: '$${path.module} and %%{if} are text' });
  });

  it('is deployed after the stacks that it reads, and is planned and applied by workflows like any other', () => {
    const order = deployOrder(out);
    for (const earlier of ['network', 'data'])
      expect(order.indexOf(STACK)).toBeGreaterThan(order.indexOf(`shop-test-${earlier}`));
    const { environments } = changesBetween({ after: out, environments: [parseEnvironment(input)], zones: [], whole: true });
    expect(environments[0]?.stacks).toContain(STACK);
    expect(whyNotVetted(own, { stack: STACK, backend: 's3', clouds: [] })).toBeUndefined();
  });

  it('has a kind that is read from its id, also where names look alike', () => {
    expect([kindOf(STACK), kindOf('shop-own-data'), kindOf('shop-own-dev-network')]).toEqual(['own-search', 'data', 'network']);
    expect(deployRank(STACK)).toBeGreaterThan(deployRank('shop-test-observability'));
    expect(deployRank(STACK)).toBeLessThan(deployRank('zone-shop-example-names'));
    expect(producerOf(STACK, 'data')).toBe('shop-test-data');
  });

  it('is refused when it is empty, and when another environment would own it', async () => {
    expect((await synth({ own: { search: () => undefined } })).stderr).toContain(`no resource, in the stack ${STACK}`);
    const files = { ...extendedFiles(input, search), ...extendedFiles({ ...input, name: 'shop-test-own' }, undefined) };
    const { exitCode, stderr } = await runCommand(files, ['synth', 'shop-test', '--output', join(folder, 'refused')]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ids that do not begin with the name of another environment (shop-test-own)');
  });
});

describe('a stack of a team is checked by', () => {
  it('the address lock: what holds data keeps its address', async () => {
    await runCommand(extendedFiles(input, search), ['lock', '--locks', locks]);
    expect(readFileSync(join(locks, 'shop-test.json'), 'utf8')).toContain('aws_opensearch_domain.extension_domain');
    const { exitCode, stderr } = await synth({});
    expect(exitCode).toBe(1);
    expect(stderr).toContain('aws_opensearch_domain.extension_domain');
    expect((await synth(search)).exitCode).toBe(0);
  });

  it('the policies that hold at every synthesis', async () => {
    const open: Extensions = {
      ...search,
      own: { ...search.own, files: (extension) => void new S3Bucket(extension, 'files', {}) },
    };
    const { exitCode, stderr } = await synth(open);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('shop-test-own-files: aws_s3_bucket.extension_files\n    has no bucket policy');
  });

  it('the plan guard: a loss of data is refused, and an unknown type is a notice', () => {
    const domain = 'aws_opensearch_domain.extension_domain';
    expect(verdictOf(planOf(domain, ['delete'], { domain_name: 'shop' }, null), [], STACK).refused).toHaveLength(1);
    const unknown = verdictOf(planOf('aws_mediaconvert_queue.extension_films', ['create'], null, {}), [], STACK);
    expect(unknown.notices).toEqual([expect.stringContaining('create of a type that this guard does not know')]);
    expect(verdictOf(firstPlan(own), [], STACK).refused).toEqual([]);
  });

  it('the cost report: a type without a formula is listed without a price', () => {
    const { unknown } = costOf(
      inputOf({ name: 'shop-test', modules: Object.fromEntries(modules), environment: parseEnvironment(input) }),
    );
    expect(unknown).toContainEqual(expect.objectContaining({ stack: STACK, address: 'aws_opensearch_domain.extension_domain' }));
    expect(report).toMatch(/about \$\d+ a month, and 1 charges without a price/);
  });

  it('the book, which lists it', async () => {
    const pages = join(folder, 'book');
    expect((await runCommand(extendedFiles(input, search), ['book', '--out', pages])).exitCode).toBe(0);
    expect(readFileSync(join(pages, 'shop-test.html'), 'utf8')).toContain(STACK);
  });
});

describe('the plan role', () => {
  const actions = (): string =>
    JSON.stringify(resourcesOf(modules.get('bootstrap-shop') as RootModule).filter(({ type }) => type === 'aws_iam_policy'));

  it('gets the actions that an extension names for its types', () => {
    for (const action of search.refreshActions?.aws_opensearch_domain ?? []) expect(actions()).toContain(`\\"${action}\\"`);
  });

  it('is asked for: a type that it cannot refresh is refused where workflows plan, and allowed where none does', async () => {
    const { refreshActions: _actions, ...without } = search;
    const { exitCode, stderr } = await synth(without);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('aws_opensearch_domain.extension_domain, of a type that the plan role cannot refresh');
    const local = { ...input, name: 'shop-local-state', backend: { kind: 'local' } } as const;
    expect((await synth(without, join(folder, 'local'), local)).exitCode).toBe(0);
  });

  it.each(['es:*', '*', 'es:DeleteDomain', 's3:PutObject', 5, 'es:Describe*', 'iam:PassRole'])('does not get %s', (action) => {
    expect(actionProblem(action, 'extend')?.allowed).toMatch(/actions that read/);
  });

  it.each([
    'secretsmanager:GetSecretValue',
    's3:GetObject',
    'ssm:GetParameters',
    'dynamodb:GetItem',
    'sts:GetSessionToken',
    'logs:GetLogEvents',
  ])('does not get the contents that %s returns', (action) =>
    expect(actionProblem(action, 'extend')?.allowed).toMatch(/not its contents/),
  );

  it('may get every action of the kind that Terrace itself needs', () => {
    const refused = [...new Set(Object.values(REFRESH_ACTIONS).flat())].filter(
      (action) => actionProblem(action, '') !== undefined,
    );
    expect(refused).toEqual([]);
  });
});

it('an emulated environment has no extensions', async () => {
  const files = { 'shop-local': () => Promise.resolve({ default: LOCAL, extend: { data: addTopic } }) };
  const { exitCode, stderr } = await runCommand(files, ['synth', '--output', join(folder, 'emulated')]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('extensions of environments in AWS');
});

it('advice about cost compares the environment with its extensions', async () => {
  const hook = jest.fn(addTopic);
  const { exitCode } = await runCommand(extendedFiles(input, { data: hook }), ['cost', '--advise', 'shop-test']);
  expect(exitCode).toBe(0);
  expect(hook.mock.calls.length).toBeGreaterThan(1);
});
