/** Which resource of a plan takes the place of another one, and what a resource belongs to. Pure. */
import type { Action, Attributes, Plan, ResourceChange } from './plan';
import { REMOVALS } from './weakening-rows';

export const APPLIED: readonly Action[] = ['create', 'update', 'replace'];

/** Attributes by which other resources name one. */
const NAMES: readonly string[] = ['id', 'arn', 'name', 'bucket', 'url', 'key_id', 'identifier', 'invoke_arn'];

const isOne = (attributes: Attributes | undefined, name: unknown): boolean =>
  attributes !== undefined && NAMES.some((attribute) => attributes[attribute] === name);

const isNamed = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The types that an attribute leads to: a sibling that names the same owner is not the owner. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  arn: ['aws_sns_topic'],
  backup_vault_name: ['aws_backup_vault'],
  bucket: ['aws_s3_bucket', 'aws_s3_directory_bucket'],
  file_system_id: ['aws_efs_file_system'],
  hosted_zone_id: ['aws_route53_zone'],
  key_id: ['aws_kms_key'],
  plan_id: ['aws_backup_plan'],
  queue_url: ['aws_sqs_queue'],
  repository: ['aws_ecr_repository'],
  restore_testing_plan_name: ['aws_backup_restore_testing_plan'],
  resource_arn: ['aws_lb', 'aws_wafv2_web_acl', 'aws_cloudfront_distribution', 'aws_api_gateway_stage', 'aws_cognito_user_pool'],
  secret_arn: ['aws_secretsmanager_secret'],
  secret_id: ['aws_secretsmanager_secret'],
  security_group_id: ['aws_security_group'],
  source_db_instance_arn: ['aws_db_instance'],
  source_file_system_id: ['aws_efs_file_system'],
  subnet_id: ['aws_subnet'],
  target_key_id: ['aws_kms_key'],
  topic_arn: ['aws_sns_topic'],
  user_pool_id: ['aws_cognito_user_pool'],
  volume_id: ['aws_ebs_volume'],
  vpc_endpoint_id: ['aws_vpc_endpoint'],
  vpc_id: ['aws_vpc'],
  zone_id: ['cloudflare_zone'],
};

const canOwn = ({ type }: ResourceChange, owner: string): boolean => OWNERS[owner]?.includes(type) === true;

/** Whether what a resource belongs to is deleted by the same plan. */
export function ownerGoes({ changes }: Plan, { before }: ResourceChange, owner: string): boolean {
  const name = before?.[owner];
  if (!isNamed(name)) return false;
  return changes.some(
    (other) => canOwn(other, owner) && ['delete', 'replace'].includes(other.action) && isOne(other.before, name),
  );
}

/** Whether what a resource belongs to is new in this plan, or not known before the apply. */
export function ownerIsNew({ changes }: Plan, { after, unknown }: ResourceChange, owner: string): boolean {
  const name = after?.[owner];
  if (unknown.has(owner) || !isNamed(name)) return true;
  return changes.some((other) => canOwn(other, owner) && other.action === 'create' && isOne(other.after, name));
}

/** The resource of the same type that has the same values afterwards, under another address. */
export function successorOf(
  { changes }: Plan,
  { type, address, before }: ResourceChange,
  attributes: readonly string[],
): ResourceChange | undefined {
  return changes.find(
    (other) =>
      other.type === type &&
      other.address !== address &&
      other.action !== 'delete' &&
      other.action !== 'forget' &&
      isNamed(before?.[attributes[0] ?? '']) &&
      attributes.every((name) => (other.after?.[name] ?? undefined) === (before?.[name] ?? undefined)),
  );
}

/** The attributes before a change; for a new resource those of the one whose place it takes. */
export function earlierAttributes(
  { changes }: Plan,
  change: ResourceChange,
  ...owner: readonly string[]
): Attributes | undefined {
  const { action, type, after, before } = change;
  const [first] = owner;
  if (action !== 'create' || first === undefined || !isNamed(after?.[first])) return before;
  return changes.find(
    (other) =>
      other.type === type &&
      ['delete', 'forget'].includes(other.action) &&
      owner.every((name) => (other.before?.[name] ?? undefined) === (after?.[name] ?? undefined)),
  )?.before;
}

/** The policy before; for a new resource that of the one whose place it takes. */
export function earlierPolicy(plan: Plan, change: ResourceChange): Attributes | undefined {
  const owner = REMOVALS.find(({ type }) => type === change.type)?.owner?.[0];
  return earlierAttributes(plan, change, ...(owner === undefined ? [] : [owner]));
}
