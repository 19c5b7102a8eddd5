/**
 * Which synthesised modules may be planned, with the plan role or in HCP Terraform, although code of a pull request wrote them.
 * `terraform plan` runs programs: providers, `exec` plugins, modules. A module that names others than Terrace's own is refused. Pure.
 */
import { isObject, providerOf, requiredProviders, type Block, type RootModule } from '../../terraform/root-module';

/** The local names and sources of the providers that Terrace uses. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  aws: ['aws', 'hashicorp/aws'],
  cloudflare: ['cloudflare/cloudflare'],
  helm: ['helm', 'hashicorp/helm'],
  kubernetes: ['kubernetes', 'hashicorp/kubernetes'],
};

/** What Terrace writes into a module; `module` downloads and runs code of others, `provider_meta` and the like do not occur. */
const SECTIONS = new Set([
  '//',
  'terraform',
  'provider',
  'resource',
  'data',
  'ephemeral',
  'output',
  'moved',
  'removed',
  'import',
]);

/** Settings of the AWS provider that name no file, no program and no other server. */
const AWS_SETTINGS = new Set(['alias', 'region', 'default_tags', 'allowed_account_ids', 'max_retries']);

const CLUSTER_SETTINGS = new Set(['host', 'cluster_ca_certificate', 'exec', 'alias']);

/** Settings of a state in S3, here and in `terraform_remote_state`. */
const STATE_SETTINGS = new Set([
  'bucket',
  'key',
  'region',
  'encrypt',
  'kms_key_id',
  'dynamodb_table',
  'use_lockfile',
  'allowed_account_ids',
]);

/** Functions that read files of the runner: its environment holds credentials. */
const READS_FILES = /\$\{[^]*?\b(?:file\w*|templatefile|fileset|abspath)\s*\(/;

/** Settings of a workspace in a `cloud` block, and in `terraform_remote_state`. */
const CLOUD_SETTINGS = new Set(['hostname', 'organization', 'workspaces']);

/** Where a module may have its state, and read others. */
export interface AllowedStates {
  /** The id of the stack, after which its workspace is named. */
  readonly stack: string;
  /** Where the job expects the state of the stack. */
  readonly backend: 's3' | 'cloud';
  /** Host and organization of workspaces, such as `app.terraform.io/acme`. */
  readonly clouds: readonly string[];
}

/** @returns why the module is not planned; undefined when it may be */
export function whyNotVetted(module: RootModule, states: AllowedStates): string | undefined {
  const section = Object.keys(module).find((name) => !SECTIONS.has(name));
  if (section !== undefined) return `it has a section "${section}"`;
  if (JSON.stringify(module.resource ?? {}).includes('"postrender"')) return 'a Helm release runs a program of its own';
  if (READS_FILES.test(JSON.stringify({ ...module, '//': undefined }))) return 'an expression reads a file of the runner';
  return whyNotProviders(module) ?? whyNotSettings(module) ?? whyNotStates(module, states);
}

function whyNotProviders(module: RootModule): string | undefined {
  for (const [name, { source = name }] of Object.entries(requiredProviders(module)))
    if (PROVIDERS[name]?.includes(source) !== true) return `it requires the provider ${source}`;
  const types = [module.resource, module.data, module.ephemeral].flatMap((blocks) => Object.keys(blocks ?? {}));
  const foreign = types.find((type) => !(providerOf(type) in PROVIDERS) && type !== 'terraform_remote_state');
  return foreign === undefined ? undefined : `it has a block of the type ${foreign}`;
}

function whyNotSettings({ provider = {} }: RootModule): string | undefined {
  for (const [name, blocks] of Object.entries(provider)) {
    for (const block of blocks) {
      const settings = name === 'helm' ? settingsOf(block.kubernetes) : block;
      if (settings === undefined) return `its provider ${name} is configured by an expression`;
      const known = name === 'aws' ? AWS_SETTINGS : name === 'cloudflare' ? new Set(['alias']) : CLUSTER_SETTINGS;
      if (name === 'helm' && Object.keys(block).some((key) => key !== 'kubernetes'))
        return 'its provider helm has other settings';
      const other = Object.keys(settings).find((key) => !known.has(key));
      if (other !== undefined) return `its provider ${name} sets ${other}`;
      if (!getsToken(settings.exec)) return `its provider ${name} runs another program than \`aws eks get-token\``;
    }
  }
  return undefined;
}

/** Whether `exec` is absent, or exactly what the tier `kubernetes` writes. */
function getsToken(exec: unknown): boolean {
  if (exec === undefined) return true;
  const { command, args, api_version: _version, ...others } = settingsOf(exec) ?? {};
  const [service, verb, clusterFlag, , regionFlag, , outputFlag, format, ...more] = Array.isArray(args)
    ? (args as unknown[])
    : [];
  return (
    command === 'aws' &&
    Object.keys(others).length === 0 &&
    more.length === 0 &&
    JSON.stringify([service, verb, clusterFlag, regionFlag, outputFlag, format]) ===
      JSON.stringify(['eks', 'get-token', '--cluster-name', '--region', '--output', 'json'])
  );
}

function whyNotStates({ terraform = {}, data = {} }: RootModule, states: AllowedStates): string | undefined {
  const { backend, cloud, ...settings } = terraform;
  const unknown = Object.keys(settings).find((key) => key !== 'required_providers' && key !== 'required_version');
  if (unknown !== undefined) return `its terraform block sets ${unknown}`;
  const isCloud = cloud !== undefined;
  if (isCloud !== (states.backend === 'cloud') || (isCloud && backend !== undefined))
    return 'its state is not where its environment keeps states';
  const backends = isCloud
    ? [{ kind: 'cloud', config: cloud }]
    : Object.entries(settingsOf(backend) ?? {}).map(([kind, config]) => ({ kind, config }));
  // A stack's own workspace is in a `cloud` block.
  if (backends.some(({ kind }) => kind === 'remote')) return 'its state is in a backend of the kind remote';
  const remotes = Object.values(data.terraform_remote_state ?? {}).map(({ backend: kind, config }) => ({ kind, config }));
  for (const { kind, config } of [...backends, ...remotes]) {
    const given = settingsOf(config);
    if (given === undefined) return 'the settings of a state are an expression';
    const problem = kind === 's3' ? whyNotBucket(given) : whyNotWorkspace(kind, given, states);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function whyNotBucket(given: Block): string | undefined {
  const other = Object.keys(given).find((key) => !STATE_SETTINGS.has(key));
  return other === undefined ? undefined : `the settings of a state contain ${other}`;
}

/** The token is sent to the host, and the run has the credentials of the workspace. */
function whyNotWorkspace(kind: unknown, given: Block, { stack, clouds }: AllowedStates): string | undefined {
  if (kind !== 'cloud' && kind !== 'remote') return `its state is neither in S3 nor in HCP Terraform but in ${String(kind)}`;
  const other = Object.keys(given).find((key) => !CLOUD_SETTINGS.has(key));
  if (other !== undefined) return `the settings of a state contain ${other}`;
  const place = `${String(given.hostname)}/${String(given.organization)}`;
  if (!clouds.includes(place)) return `its state is in ${place}, which the variable TERRACE_CLOUD does not list`;
  const { name, project: _project, ...more } = settingsOf(given.workspaces) ?? {};
  if (typeof name !== 'string' || Object.keys(more).length > 0) return 'a workspace is not given by its name';
  return kind === 'cloud' && name !== stack ? `its workspace is ${name} and not ${stack}` : undefined;
}

/** Of an argument that is one block, possibly in a list; undefined for anything else, such as an expression. */
function settingsOf(value: unknown): Block | undefined {
  const [block, ...more] = Array.isArray(value) ? (value as unknown[]) : [value];
  return isObject(block) && more.length === 0 ? block : undefined;
}
