/** What is taken over from the artifact of a pull request, and what is refused before Terraform reads it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { acceptSynthesis } from '../../../src/commands/delivery/accept';
import { whyNotVetted, type AllowedStates } from '../../../src/commands/delivery/vetted';
import { deliverySchema } from '../../../src/config/schema/delivery';
import { readModules } from '../../../src/synthesis/output-folder';
import { run } from '../../../src/synthesis/run';
import type { RootModule } from '../../../src/terraform/root-module';
import { capture } from '../../support/command';
import { SHOP } from '../../support/shop';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-accept-'));
const start = process.cwd();
afterEach(() => process.chdir(start));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('a module', () => {
  const backend = { s3: { bucket: 'b', key: 'k', region: 'eu-west-1' } };
  const good: RootModule = {
    terraform: { backend, required_providers: { aws: { source: 'aws', version: '~> 6.0' } } },
    provider: { aws: [{ region: 'eu-west-1', default_tags: [{ tags: {} }] }] },
    resource: { aws_s3_bucket: { one: { bucket: '${data.terraform_remote_state.data.outputs.name}' } } },
    data: { terraform_remote_state: { data: { backend: 's3', config: { bucket: 'b', key: 'k', region: 'eu-west-1' } } } },
  };

  const S3: AllowedStates = { stack: 'shop-test-data', backend: 's3', clouds: [] };
  const CLOUD: AllowedStates = { stack: 'shop-test-data', backend: 'cloud', clouds: ['app.terraform.io/acme'] };

  it.each([
    ['S3', 's3', undefined],
    ['HCP Terraform', 'cloud', { kind: 'cloud', hostname: 'app.terraform.io', organization: 'acme', project: 'shop' } as const],
  ] as const)('of each tier may be planned, with its state in %s', async (_, kind, backend) => {
    const outdir = join(scratch, `every-tier-${kind}`);
    const selected = ['shop-prod', 'shop-box', 'shop-scale'];
    await run({
      files: SHOP,
      selected,
      outdir,
      format: 'json',
      backend,
      progress: { write: () => undefined },
      keepEarlier: false,
    });
    const modules = [...readModules(outdir)].filter(([stack]) => !stack.startsWith('bootstrap-'));
    expect(modules.length).toBeGreaterThan(15);
    for (const [stack, module] of modules)
      expect({ stack, why: whyNotVetted(module, { ...CLOUD, backend: kind, stack }) }).toEqual({ stack, why: undefined });
  });

  const endpoint = '${data.terraform_remote_state.compute-kubernetes.outputs.endpoint}';
  const exec = (args: readonly string[], command = 'aws', host = endpoint) => ({
    ...good,
    terraform: { backend, required_providers: { kubernetes: { source: 'kubernetes' } } },
    resource: {},
    provider: { kubernetes: [{ host, exec: [{ api_version: 'v1beta1', command, args }] }] },
  });
  const token = ['eks', 'get-token', '--cluster-name', 'c', '--region', 'r', '--output', 'json'];

  it('may get the token of its cluster', () => expect(whyNotVetted(exec(token), S3)).toBeUndefined());

  const output = (value: string): RootModule => ({ ...good, output: { x: { value } } });

  const refused: readonly (readonly [string, RootModule, RegExp])[] = [
    [
      'another provider',
      { ...good, terraform: { backend, required_providers: { external: { source: 'hashicorp/external' } } } },
      /provider hashicorp\/external/,
    ],
    [
      'a provider under a known name',
      { ...good, terraform: { backend, required_providers: { aws: { source: 'evil/aws' } } } },
      /provider evil\/aws/,
    ],
    [
      'a data source whose provider is implied',
      { ...good, data: { external: { run: { program: ['sh'] } } } },
      /data source external/,
    ],
    ['a module', { ...good, module: { m: { source: './m' } } } as RootModule, /section "module"/],
    ['a credentials file', { ...good, provider: { aws: [{ shared_config_files: ['./x'] }] } }, /sets shared_config_files/],
    ['another server for AWS', { ...good, provider: { aws: [{ endpoints: [{ s3: 'https://evil' }] }] } }, /sets endpoints/],
    ['a program of a cluster', exec(token, 'sh'), /another program/],
    ['another command of aws', exec(['s3', 'cp']), /another program/],
    ['more words for aws', exec([...token, '--endpoint-url']), /another program/],
    ['a provider by expression', { ...good, provider: { helm: [{ kubernetes: '${jsondecode("{}")}' }] } }, /by an expression/],
    ['a file of the runner', { ...good, output: { x: { value: '${file("/proc/self/environ")}' } } }, /reads a file/],
    [
      'a template of the runner',
      { ...good, resource: { aws_s3_bucket: { o: { bucket: '${upper(templatefile("x", {}))}' } } } },
      /reads a file/,
    ],
    [
      'a state elsewhere',
      { ...good, terraform: { ...good.terraform, backend: { http: { address: 'https://evil' } } } },
      /in http/,
    ],
    [
      'the backend remote',
      { ...good, terraform: { ...good.terraform, backend: { remote: { organization: 'acme', workspaces: { name: 'x' } } } } },
      /of the kind remote/,
    ],
    [
      'a state with a profile',
      { ...good, terraform: { ...good.terraform, backend: { s3: { ...backend.s3, profile: 'x' } } } },
      /contain profile/,
    ],
    [
      'a remote state elsewhere',
      { ...good, data: { terraform_remote_state: { d: { backend: 'http', config: {} } } } },
      /in http/,
    ],
    [
      'the settings of a state by expression',
      { ...good, data: { terraform_remote_state: { d: { backend: 's3', config: '${{}}' } } } },
      /are an expression/,
    ],
    ['a workspace', { ...good, terraform: { ...good.terraform, cloud: {} } }, /not where its environment keeps states/],
    [
      'a program of a Helm release',
      { ...good, resource: { helm_release: { r: { postrender: { binary_path: 'sh' } } } } },
      /runs a program/,
    ],
    ['a cluster elsewhere, which would get the token', exec(token, 'aws', 'https://evil.example'), /sends the token/],
    [
      'an option where the name of a cluster belongs',
      exec([...token.slice(0, 3), '--endpoint-url=http://evil', ...token.slice(4)]),
      /another program/,
    ],
    ['a file in a directive', output('%{ if file("/proc/self/environ") != "" }a%{ endif }'), /reads a file/],
    ['a comment in front of the parenthesis', output('${file/**/("/proc/self/environ")}'), /reads a file/],
    ['a line comment in front of the parenthesis', output('${file # x\n("/proc/self/environ")}'), /reads a file/],
    ['lines around a function', output('${\nfile\n(\n"/proc/self/environ")}'), /reads a file/],
    ['a file in a key', { ...good, output: { x: { value: { '${file("/x")}': 1 } } } }, /reads a file/],
    ['a function of a provider', output('${provider::local::direxists("/x")}'), /reads a file/],
    ['a path of the home folder', output('${pathexpand("~")}'), /reads a file/],
    [
      'a secret read by a data source',
      { ...good, data: { aws_secretsmanager_secret_version: { s: { secret_id: 'prod' } } } },
      /data source aws_secretsmanager_secret_version/,
    ],
    ['a function that is called', { ...good, ephemeral: { aws_lambda_invocation: { f: {} } } }, /aws_lambda_invocation/],
    [
      'a provisioner',
      { ...good, resource: { aws_s3_bucket: { b: { provisioner: [{ 'local-exec': {} }] } } } },
      /sets provisioner/,
    ],
    ['an object out of a file', { ...good, resource: { aws_s3_object: { o: { source: '/proc/self/environ' } } } }, /sets source/],
    [
      'a key of a chart repository out of a file',
      { ...good, resource: { helm_release: { r: { repository_key_file: '/x' } } } },
      /repository_key_file/,
    ],
    ['several backends', { ...good, terraform: { backend: [{ s3: {} }, { local: {} }] } }, /several backends/],
    [
      'a workspace of a state',
      {
        ...good,
        data: { terraform_remote_state: { d: { backend: 's3', workspace: 'prod', config: { bucket: 'b', key: 'k' } } } },
      },
      /read with workspace/,
    ],
  ];

  it.each(refused)('is refused with %s', (_, module, why) => {
    expect(whyNotVetted(good, S3)).toBeUndefined();
    expect(whyNotVetted(module, S3)).toMatch(why);
  });

  const workspaces = { name: 'shop-test-data', project: 'shop' };
  const cloud = { hostname: 'app.terraform.io', organization: 'acme', workspaces };
  const remote = { hostname: 'app.terraform.io', organization: 'acme', workspaces: { name: 'shop-test-network' } };
  const inCloud = (changes: object = {}, config: object | string = remote): RootModule => ({
    ...good,
    terraform: { required_providers: good.terraform?.required_providers, cloud: { ...cloud, ...changes } },
    data: { terraform_remote_state: { network: { backend: 'remote', config } } },
  });

  it.each<readonly [string, RootModule, RegExp]>([
    ['a state in S3', good, /not where its environment keeps states/],
    ['both', { ...inCloud(), terraform: { ...inCloud().terraform, backend } }, /not where its environment keeps states/],
    [
      'a host that would get the token',
      inCloud({ hostname: 'evil.example' }),
      /evil\.example\/acme, which the variable TERRACE_CLOUD/,
    ],
    ['another organization', inCloud({ organization: 'evil' }), /app\.terraform\.io\/evil, which/],
    [
      'the workspace of another stack',
      inCloud({ workspaces: { name: 'shop-prod-data' } }),
      /is shop-prod-data and not shop-test-data/,
    ],
    ['workspaces by tag', inCloud({ workspaces: { tags: ['x'] } }), /not given by its name/],
    ['a token', inCloud({ token: 'x' }), /contain token/],
    ['a remote state at another host', inCloud({}, { ...remote, hostname: 'evil.example' }), /evil\.example/],
    ['a remote state by expression', inCloud({}, '${{}}'), /are an expression/],
  ])('in HCP Terraform is refused with %s', (_, module, why) => {
    expect(whyNotVetted(inCloud(), CLOUD)).toBeUndefined();
    expect(whyNotVetted(module, CLOUD)).toMatch(why);
  });
});

describe('an artifact', () => {
  const changed = (changes: object = {}) => ({
    environments: [
      {
        environment: 'shop-test',
        region: 'eu-west-1',
        protect: false,
        store: 'shop',
        delivery: deliverySchema.parse({}),
        stacks: ['shop-test-data'],
        ...changes,
      },
    ],
    byHand: [],
    gone: [],
  });
  const MODULE = { terraform: { backend: { s3: { bucket: 'b' } }, required_providers: { aws: { source: 'aws' } } } };

  const stack = 'cdktf.out/stacks/shop-test-data';

  function accept(files: Readonly<Record<string, unknown>>) {
    const checkout = mkdtempSync(join(scratch, 'checkout-'));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(checkout, 'artifact', name)), { recursive: true });
      writeFileSync(join(checkout, 'artifact', name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    // What was there before, for example from a job that was repeated.
    mkdirSync(join(checkout, stack), { recursive: true });
    writeFileSync(join(checkout, stack, 'earlier.tf'), '');
    process.chdir(checkout);
    const { io, printed } = capture({ TERRACE_ROLES: '{"shop":{"plan":"arn:plan"}}', TERRACE_CLOUD: 'app.terraform.io/acme' });
    const exitCode = acceptSynthesis('artifact', { output: 'cdktf.out' }, io);
    return { exitCode, checkout, ...printed() };
  }
  it('gives its modules, lock files and allowances, and nothing that Terraform would run or read besides', () => {
    const { checkout, stdout } = accept({
      'delivery/changes.json': changed(),
      'guard-allow.yaml': 'allow: []\n',
      [`${stack}/cdk.tf.json`]: MODULE,
      [`${stack}/.terraform.lock.hcl`]: 'lock',
      [`${stack}/more.tf`]: 'data "external" "x" {}',
      [`${stack}/terraform.tfvars`]: 'x = 1',
      [`${stack}/.terraform/providers/evil`]: 'binary',
      'cdktf.out/stacks/shop-other-data/cdk.tf.json': MODULE,
    });
    const at = (name: string) => existsSync(join(checkout, stack, name));
    expect([at('cdk.tf.json'), at('.terraform.lock.hcl')]).toEqual([true, true]);
    for (const name of ['more.tf', 'terraform.tfvars', '.terraform', 'earlier.tf']) expect(at(name)).toBe(false);
    expect(existsSync(join(checkout, 'cdktf.out/stacks/shop-other-data'))).toBe(false);
    expect(readFileSync(join(checkout, 'guard-allow.yaml'), 'utf8')).toBe('allow: []\n');
    expect(stdout).toContain('"role":"arn:plan"');
    expect(stdout).toContain('expected=shop-test\n');
  });

  it('gives what was vetted, where a key occurs twice: Terraform reads both', () => {
    const twice = JSON.stringify(MODULE).replace(/\}$/, ',"data":{"external":{"x":{"program":["sh"]}}},"data":{}}');
    const { checkout } = accept({ 'delivery/changes.json': changed(), [`${stack}/cdk.tf.json`]: twice });
    expect(readFileSync(join(checkout, stack, 'cdk.tf.json'), 'utf8')).not.toContain('external');
  });

  it('is refused with a module that Terraform must not read', () => {
    const module = { ...MODULE, data: { external: { x: {} } } };
    expect(() => accept({ 'delivery/changes.json': changed(), [`${stack}/cdk.tf.json`]: module })).toThrow(
      /shop-test-data is not planned: it reads the data source external/,
    );
  });

  it('of an environment in HCP Terraform is taken where the variable lists its organization, as it says', () => {
    const entry = { store: undefined, cloud: 'app.terraform.io/acme' };
    const settings = { hostname: 'app.terraform.io', organization: 'acme', workspaces: { name: 'shop-test-data' } };
    const module = { terraform: { cloud: settings, required_providers: { aws: { source: 'aws' } } } };
    const files = { 'delivery/changes.json': changed(entry), [`${stack}/cdk.tf.json`]: module };
    expect(accept(files).stdout).toContain('"backend":"cloud","role":""');
    // The environment says S3, and its module something else.
    expect(() => accept({ ...files, 'delivery/changes.json': changed() })).toThrow('not where its environment keeps states');
    const other = { ...files, 'delivery/changes.json': changed({ ...entry, cloud: 'evil.example/acme' }) };
    expect(accept(other).stdout).toContain('any=false');
  });

  it.each([
    ['a path for a stack', changed({ stacks: ['../../../etc'] })],
    ['an option for an environment', changed({ environment: '--help' })],
    ['an expression for a runner', changed({ delivery: { ...deliverySchema.parse({}), runner: ['${{ x }}'] } })],
    ['another field', { ...changed(), matrix: {} }],
  ])('is refused with %s', (_, content) => {
    expect(() => accept({ 'delivery/changes.json': content, [`${stack}/cdk.tf.json`]: MODULE })).toThrow('is not what');
  });

  it('leaves out what the environment does not plan for pull requests', () => {
    const delivery = { ...deliverySchema.parse({}), planInPullRequests: 'none' };
    const { stdout } = accept({ 'delivery/changes.json': changed({ delivery }) });
    expect(stdout).toContain('any=false');
    expect(stdout).toContain('shop-test-data is not planned for pull requests');
  });
});
