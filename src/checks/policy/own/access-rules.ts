/** Rules about access: resource policies, and the keys that buckets accept. */
import { listOf, namesEveryone, openStatements, statementsOf } from '../../../terraform/open-statements';
import { isObject, resourcesOf, type Block, type RootModule } from '../../../terraform/root-module';
import type { Judgement, OwnRule } from './rule';

export const ACCESS_RULES: readonly OwnRule[] = [
  {
    id: 'OWN_BUCKET_TLS_ONLY',
    name: 'Every bucket denies requests without TLS (FSBP S3.5)',
    heldAt: 'synth',
    judge: bucketsWithoutTls,
  },
  {
    id: 'OWN_BUCKET_SSE_C_BLOCKED',
    name: 'Every bucket states its encryption and blocks customer-provided keys (SSE-C)',
    heldAt: 'synth',
    judge: bucketsThatAllowSseC,
  },
  {
    id: 'OWN_PUBLIC_PRINCIPAL',
    name: 'No policy allows everyone',
    heldAt: 'synth',
    judge: publicPolicies,
  },
];

function bucketsWithoutTls(module: RootModule): readonly Judgement[] {
  const policies = Object.values(module.resource?.aws_s3_bucket_policy ?? {});
  return Object.entries(module.resource?.aws_s3_bucket ?? {}).map(([name, bucket]) => {
    const address = `aws_s3_bucket.${name}`;
    const own = policies.filter((policy) => isOf(policy, address, bucket));
    if (own.length === 0) return { address, problem: 'has no bucket policy, and so accepts plain HTTP' };
    const denies = own.some(({ policy }) => statementsOf(policy).some(refusesPlainHttp));
    return {
      address,
      problem: denies ? undefined : 'its policy does not deny plain HTTP for the bucket and all its objects',
    };
  });
}

/**
 * Left out, `blocked_encryption_types` differs at every plan of provider versions before 6.40, because S3 blocks SSE-C by
 * itself on new buckets; and an apply removes the block.
 */
function bucketsThatAllowSseC(module: RootModule): readonly Judgement[] {
  const type = 'aws_s3_bucket_server_side_encryption_configuration';
  const encryptions = Object.entries(module.resource?.[type] ?? {});
  const judged = encryptions.map(([name, { rule }]) => ({
    address: `${type}.${name}`,
    problem: listOf(rule).some(blocksSseC) ? undefined : 'blocked_encryption_types does not list SSE-C',
  }));
  const undeclared = Object.entries(module.resource?.aws_s3_bucket ?? {}).flatMap(([name, bucket]) => {
    const address = `aws_s3_bucket.${name}`;
    const declared = encryptions.some(([, encryption]) => isOf(encryption, address, bucket));
    return declared ? [] : [{ address, problem: 'has no encryption configuration, and so does not block SSE-C' }];
  });
  return [...judged, ...undeclared];
}

function blocksSseC(rule: unknown): boolean {
  return isObject(rule) && listOf(rule.blocked_encryption_types).includes('SSE-C');
}

function isOf({ bucket }: Block, address: string, { bucket: name }: Block): boolean {
  if (typeof bucket !== 'string') return false;
  return bucket === name || bucket === `\${${address}.id}` || bucket === `\${${address}.bucket}`;
}

/** `Deny` to everyone, for every action, on the bucket and its objects, when the transport is not secure. */
function refusesPlainHttp(statement: Block): boolean {
  const { Effect: effect, Action: action, Resource: resource, Condition: condition, NotPrincipal: except } = statement;
  const everyone = except === undefined && namesEveryone(statement);
  const everything = listOf(action).some((name) => name === 's3:*' || name === '*');
  const resources = listOf(resource).map(String);
  const inside = resources.some((name) => name.endsWith('/*')) && resources.some((name) => !name.endsWith('/*'));
  return effect === 'Deny' && everyone && everything && (inside || resources.includes('*')) && onPlainHttp(condition);
}

/** Any further condition would exempt some plain requests. */
function onPlainHttp(condition: unknown): boolean {
  if (!isObject(condition) || Object.keys(condition).length !== 1) return false;
  const { Bool: keys } = condition;
  if (!isObject(keys) || Object.keys(keys).length !== 1) return false;
  return listOf(keys['aws:SecureTransport']).map(String).join() === 'false';
}

/** A VPC endpoint is reachable only from its own network; its policy limits requests, and `*` is AWS's default. */
const NOT_PUBLIC: readonly string[] = ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'];

function publicPolicies(module: RootModule): readonly Judgement[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    const policies = Object.entries(block).filter(([, text]) => statementsOf(text).length > 0);
    if (policies.length === 0 || NOT_PUBLIC.includes(type)) return [];
    const open = policies.flatMap(([name, text]) =>
      openStatements(text).map((statement) => `${name} allows everyone ${statement.actions.join(', ')} (${statement.name})`),
    );
    return [{ address, problem: open.length === 0 ? undefined : open.join('; ') }];
  });
}
