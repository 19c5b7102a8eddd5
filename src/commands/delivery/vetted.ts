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

/**
 * Functions that read files of the runner, whose environment holds credentials, and those of providers. Comments may stand in
 * front of the parenthesis.
 */
const READS_FILES = /\b(?:file\w*|templatefile|fileset|abspath|pathexpand)\s*(?:\(|#|\/[/*])|\b(?:provider|core)\s*::/;

/** The data sources that Terrace reads: others read secrets and objects, or call functions. */
const DATA_SOURCES = new Set([
  'aws_caller_identity',
  'aws_ec2_managed_prefix_list',
  'aws_lb',
  'aws_route53_zone',
  'aws_ssm_parameter',
  'cloudflare_zone',
  'terraform_remote_state',
]);

const EPHEMERAL = new Set(['aws_secretsmanager_random_password', 'aws_secretsmanager_secret_version']);

/** Arguments of resources that run a program, or make a provider read a file of the runner. */
const RUNS_OR_READS = new Set(['provisioner', 'connection', 'postrender', 'filename']);

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
  if (
    textsOf(module)
      .map(withoutLiterals)
      .some((text) => /[$%]\{/.test(text) && READS_FILES.test(text))
  )
    return 'an expression reads a file of the runner';
  return whyNotBlocks(module) ?? whyNotProviders(module) ?? whyNotSettings(module) ?? whyNotStates(module, states);
}

/** Without the beginnings of literal `${` and `%{`, whose first character is doubled. Of three, one may begin an expression. */
function withoutLiterals(text: string): string {
  return text.replace(/(?<![$%])(\$\$|%%)\{/g, '_');
}

/** Every text, and every key, which Terraform reads as a template too. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]) : [];
}

function whyNotBlocks({ resource = {}, data = {}, ephemeral = {} }: RootModule): string | undefined {
  const source = Object.keys(data).find((type) => !DATA_SOURCES.has(type));
  if (source !== undefined) return `it reads the data source ${source}`;
  const opened = Object.keys(ephemeral).find((type) => !EPHEMERAL.has(type));
  if (opened !== undefined) return `it opens the ephemeral resource ${opened}`;
  for (const [type, named] of Object.entries(resource)) {
    for (const [name, block] of Object.entries(named)) {
      if (!isObject(block)) return `${type}.${name} is no single block`;
      const argument = Object.keys(block).find((key) => RUNS_OR_READS.has(key) || readsFile(type, key));
      if (argument !== undefined) return `${type}.${name} sets ${argument}, which runs a program or reads a file of the runner`;
    }
  }
  return undefined;
}

const readsFile = (type: string, argument: string): boolean =>
  (type === 'helm_release' && argument.endsWith('_file')) || (type.startsWith('aws_s3_') && argument === 'source');

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
      if (settings.host !== undefined && !isOwnEndpoint(settings.host))
        return `its provider ${name} sends the token of a cluster to an address that is no output of the stack of the cluster`;
      if (!getsToken(settings.exec)) return `its provider ${name} runs another program than \`aws eks get-token\``;
    }
  }
  return undefined;
}

/** The endpoint as the stack of a cluster publishes it: that stack is applied, so it was reviewed. */
function isOwnEndpoint(host: unknown): boolean {
  return typeof host === 'string' && /^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.endpoint\}$/.test(host);
}

/** A name or a reference, and no option of the program. */
const isArgument = (text: unknown): boolean => typeof text === 'string' && text !== '' && !text.startsWith('-');

/** Whether `exec` is absent, or exactly what the tier `kubernetes` writes. */
function getsToken(exec: unknown): boolean {
  if (exec === undefined) return true;
  const { command, args, api_version: _version, ...others } = settingsOf(exec) ?? {};
  const [service, verb, clusterFlag, cluster, regionFlag, region, outputFlag, format, ...more] = Array.isArray(args)
    ? (args as unknown[])
    : [];
  return (
    command === 'aws' &&
    Object.keys(others).length === 0 &&
    more.length === 0 &&
    isArgument(cluster) &&
    isArgument(region) &&
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
  const block = backend === undefined ? {} : settingsOf(backend);
  if (block === undefined) return 'it has several backends';
  const backends = isCloud
    ? [{ kind: 'cloud', config: cloud }]
    : Object.entries(block).map(([kind, config]) => ({ kind, config }));
  // A stack's own workspace is in a `cloud` block.
  if (backends.some(({ kind }) => kind === 'remote')) return 'its state is in a backend of the kind remote';
  const settingsOfRemotes = Object.values(data.terraform_remote_state ?? {}).flatMap((remote) => Object.keys(remote));
  const foreign = settingsOfRemotes.find((name) => name !== 'backend' && name !== 'config');
  if (foreign !== undefined) return `a state of another stack is read with ${foreign}`;
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
