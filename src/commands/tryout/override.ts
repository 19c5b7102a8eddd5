/**
 * What a work copy needs before it can talk to an emulator and be destroyed again, as a Terraform override file: the
 * synthesised module itself stays as it is. Pure.
 */
import { blocksOf, isObject, type Json, type RootModule } from './module-json';

/** Terraform reads files of this ending last, and merges them into the rest. */
export const OVERRIDE_FILE = 'tryout_override.tf.json';

/** The provider's names of the services that stacks have resources of. `AWS_ENDPOINT_URL` catches whatever is missing here. */
export const EMULATED_SERVICES = [
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
  'sfn',
  'sns',
  'sqs',
  'ssm',
  'sts',
  'wafv2',
] as const;

/** What keeps a person from losing data by mistake, and would keep the try-out from cleaning up: attribute to its value here. */
const PROTECTIONS: Readonly<Record<string, unknown>> = {
  deletion_protection: false,
  deletion_protection_enabled: false,
  enable_deletion_protection: false,
  disable_api_termination: false,
  force_destroy: true,
  force_delete: true,
  skip_final_snapshot: true,
};

/** Versions of providers to use in place of those that the module pins: provider to version. */
export type ProviderVersions = Readonly<Record<string, string>>;

/** The override file of one module. */
export function overrideFor(module: RootModule, endpoint: string, versions: ProviderVersions = {}): Json {
  const aliases = (module.provider?.aws ?? [{}]).map(({ alias }) => alias);
  const required = Object.entries(module.terraform.required_providers ?? {}).filter(([name]) => name in versions);
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

/** One retry: a fault of an emulator does not go away. No account is allowed or forbidden: the emulator's is made up. */
function providerSettings(endpoint: string): Json {
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

function unprotected({ resource }: RootModule): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const changed: Record<string, Record<string, Json>> = {};
  for (const { type, name, block } of blocksOf(resource)) {
    const attributes = Object.fromEntries(Object.entries(PROTECTIONS).filter(([attribute]) => attribute in block));
    const kept = isObject(block.lifecycle) && block.lifecycle.prevent_destroy === true;
    const lifecycle = kept ? { lifecycle: { prevent_destroy: false } } : {};
    if (Object.keys(attributes).length === 0 && !kept) continue;
    changed[type] = { ...changed[type], [name]: { ...attributes, ...lifecycle } };
  }
  return changed;
}
