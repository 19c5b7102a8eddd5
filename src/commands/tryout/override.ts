/**
 * What a work copy needs to use an emulator and to be destroyed again, as a Terraform override file: the synthesised module
 * itself is unchanged. Pure.
 */
import { blocksOf, isObject, type Block, type Blocks, type RootModule } from '../../terraform/root-module';

/** Terraform reads files with this ending last, and merges them into the others. */
export const OVERRIDE_FILE = 'tryout_override.tf.json';

/** The services in use, as the provider names them. `AWS_ENDPOINT_URL` covers any other. */
const EMULATED_SERVICES = [
  'acm',
  'amplify',
  'appautoscaling',
  'autoscaling',
  'backup',
  'budgets',
  'cloudfront',
  'cloudtrail',
  'cloudwatch',
  'codebuild',
  'dlm',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'efs',
  'eks',
  'elasticache',
  'elbv2',
  'events',
  'iam',
  'kms',
  'lambda',
  'logs',
  'rds',
  'route53',
  's3',
  's3control',
  'scheduler',
  'secretsmanager',
  'serverlessrepo',
  'servicediscovery',
  'sfn',
  'sns',
  'sqs',
  'ssm',
  'sts',
  'wafv2',
] as const;

/** Protection against the loss of data, which would keep the try-out from cleaning up: attribute to its value here. */
const PROTECTIONS: Readonly<Record<string, unknown>> = {
  deletion_protection: false,
  deletion_protection_enabled: false,
  enable_deletion_protection: false,
  disable_api_termination: false,
  force_destroy: true,
  force_delete: true,
  skip_final_snapshot: true,
};

/** Versions that replace those pinned by the module: provider to version. */
export type ProviderVersions = Readonly<Record<string, string>>;

/** The override file of one module. */
export function overrideFor(module: RootModule, endpoint: string, versions: ProviderVersions = {}): Block {
  const aliases = (module.provider?.aws ?? [{}]).map(({ alias }) => alias);
  const required = Object.entries(module.terraform?.required_providers ?? {}).filter(([name]) => name in versions);
  const resource = unprotected(module);
  return {
    provider: { aws: aliases.map((alias) => ({ ...(alias === undefined ? {} : { alias }), ...providerSettings(endpoint) })) },
    ...(required.length === 0
      ? {}
      : {
          terraform: {
            required_providers: Object.fromEntries(required.map(([name, pin]) => [name, { ...pin, version: versions[name] }])),
          },
        }),
    ...(Object.keys(resource).length === 0 ? {} : { resource }),
  };
}

/** One retry: an error of an emulator is permanent. No account is allowed or forbidden: the emulator's is invented. */
function providerSettings(endpoint: string): Block {
  return {
    access_key: 'test',
    secret_key: 'test',
    allowed_account_ids: [],
    endpoints: [Object.fromEntries(EMULATED_SERVICES.map((service) => [service, endpoint]))],
    max_retries: 1,
    s3_use_path_style: true,
    skip_credentials_validation: true,
    skip_metadata_api_check: 'true',
    skip_requesting_account_id: false,
  };
}

function unprotected({ resource }: RootModule): Blocks {
  const changed: Record<string, Record<string, Block>> = {};
  for (const { type, name, block } of blocksOf(resource)) {
    const attributes = Object.fromEntries(Object.entries(PROTECTIONS).filter(([attribute]) => attribute in block));
    const kept = isObject(block.lifecycle) && block.lifecycle.prevent_destroy === true;
    const lifecycle = kept ? { lifecycle: { prevent_destroy: false } } : {};
    if (Object.keys(attributes).length === 0 && !kept) continue;
    changed[type] = { ...changed[type], [name]: { ...attributes, ...lifecycle } };
  }
  return changed;
}
