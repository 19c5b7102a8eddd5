/** Who may do what: buckets only over TLS, and nothing for everybody. */
import { openStatements, statementsOf } from '../../../terraform/open-statements';
import { resourcesOf, type Block, type RootModule } from '../../../terraform/root-module';
import { isBlock } from './containers';
import type { Judgement, OwnRule } from './rule';

export const ACCESS_RULES: readonly OwnRule[] = [
  {
    id: 'OWN_BUCKET_TLS_ONLY',
    name: 'Every bucket refuses requests that do not come over TLS (FSBP S3.5)',
    heldAt: 'synth',
    judge: bucketsWithoutTls,
  },
  {
    id: 'OWN_PUBLIC_PRINCIPAL',
    name: 'No policy allows everybody',
    heldAt: 'synth',
    judge: publicPolicies,
  },
];

function bucketsWithoutTls(module: RootModule): readonly Judgement[] {
  const policies = Object.values(module.resource?.aws_s3_bucket_policy ?? {});
  return Object.entries(module.resource?.aws_s3_bucket ?? {}).map(([name, bucket]) => {
    const address = `aws_s3_bucket.${name}`;
    const own = policies.filter((policy) => isOf(policy, address, bucket));
    if (own.length === 0) return { address, problem: 'has no bucket policy, and so takes plain HTTP' };
    const refuses = own.some(({ policy }) => statementsOf(policy).some(refusesPlainHttp));
    return {
      address,
      problem: refuses ? undefined : 'its policy does not refuse plain HTTP, for the bucket and all its objects',
    };
  });
}

function isOf({ bucket: said }: Block, address: string, { bucket: name }: Block): boolean {
  if (typeof said !== 'string') return false;
  return said === name || said === `\${${address}.id}` || said === `\${${address}.bucket}`;
}

/** `Deny` to everybody, for everything, on the bucket and what is in it, when the transport is not secure. */
function refusesPlainHttp(statement: Block): boolean {
  const { Effect: effect, Principal: principal, Action: action, Resource: resource, Condition: condition } = statement;
  const everybody = principal === '*' || (isBlock(principal) && list(principal.AWS).includes('*'));
  const everything = list(action).some((name) => name === 's3:*' || name === '*');
  const resources = list(resource).map(String);
  const inside = resources.some((name) => name.endsWith('/*')) && resources.some((name) => !name.endsWith('/*'));
  return effect === 'Deny' && everybody && everything && (inside || resources.includes('*')) && onPlainHttp(condition);
}

/** Further conditions would let other plain requests pass. */
function onPlainHttp(condition: unknown): boolean {
  if (!isBlock(condition) || Object.keys(condition).length !== 1) return false;
  const { Bool: keys } = condition;
  if (!isBlock(keys) || Object.keys(keys).length !== 1) return false;
  return list(keys['aws:SecureTransport']).map(String).join() === 'false';
}

/** A network endpoint's policy says what may pass, not who: AWS writes `*` there, and only its own network reaches it. */
const NOT_PUBLIC: readonly string[] = ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'];

function publicPolicies(module: RootModule): readonly Judgement[] {
  return resourcesOf(module).flatMap(({ type, address, block }) => {
    const policies = Object.entries(block).filter(([, text]) => statementsOf(text).length > 0);
    if (policies.length === 0 || NOT_PUBLIC.includes(type)) return [];
    const open = policies.flatMap(([name, text]) =>
      openStatements(text).map((statement) => `${name} allows everybody ${statement.actions.join(', ')} (${statement.name})`),
    );
    return [{ address, problem: open.length === 0 ? undefined : open.join('; ') }];
  });
}

function list(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
