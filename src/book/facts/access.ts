/** Who may read or write which secret and bucket, out of the policies of the synthesised roles. Pure. */
import { parse } from 'yaml';
import { statementsOf } from '../../terraform/open-statements';
import { isObject, type Block, type Modules } from '../../terraform/root-module';
import { allOf, blockAt, targetOf } from './references';

/** What a role may do with something. */
export interface Access {
  /** The workload, or the part of AWS, that has the role. */
  readonly who: string;
  /** `secret jwt`, `bucket uploads`. */
  readonly what: string;
  readonly kind: 'secret' | 'bucket';
  /** `read`, `write`, `list`, `manage`; `at start`: a secret that is injected into variables. Sorted. */
  readonly how: readonly string[];
  /** Where the permission covers a part only: `users/*`. */
  readonly part?: string;
}

export interface AccessTable {
  readonly accesses: readonly Access[];
  /** Policies that could not be read; their permissions are missing here. */
  readonly unreadable: readonly string[];
}

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Suffixes of the names of roles; what each says of who uses the role. */
const ROLES: readonly (readonly [suffix: RegExp, atStart: boolean])[] = [
  [/-execution$/, true],
  [/-(task|pod|run)$/, false],
];

export function accessOf(environment: string, modules: Modules): AccessTable {
  const unreadable: string[] = [];
  const found = new Map<string, Omit<Access, 'how'> & { how: Set<string> }>();
  for (const { stack, address, block } of allOf(modules, 'aws_iam_role_policy')) {
    const statements = permissionsIn(block.policy);
    if (statements === undefined) {
      unreadable.push(address);
      continue;
    }
    const { who, atStart } = holderOf(environment, modules, stack, block.role);
    for (const { actions, resources } of statements) {
      for (const kind of ['secret', 'bucket'] as const) {
        const how = waysOf(kind, actions, atStart);
        if (how.length === 0) continue;
        for (const resource of resources) {
          const thing = thingOf(environment, modules, { stack, kind, resource });
          if (thing === undefined) continue;
          const key = JSON.stringify([who, thing]);
          const one = found.get(key) ?? { who, ...thing, how: new Set<string>() };
          for (const each of how) one.how.add(each);
          found.set(key, one);
        }
      }
    }
  }
  const injected = externalSecrets(environment, modules);
  return {
    accesses: merged([...injected, ...[...found.values()].map((one) => ({ ...one, how: [...one.how].sort() }))]),
    unreadable,
  };
}

/** A bucket and its objects are two resources in a policy, and one thing for a reader. */
function merged(accesses: readonly Access[]): readonly Access[] {
  const whole = new Set(accesses.filter(({ part }) => part === undefined).map(({ who, what }) => `${who}\n${what}`));
  const kept = new Map<string, Access>();
  for (const access of accesses) {
    const isPart = access.part !== undefined && !(access.part === '*' && whole.has(`${access.who}\n${access.what}`));
    const part = isPart && access.part !== '*' ? access.part : undefined;
    const key = `${access.who}\n${access.what}\n${part ?? ''}`;
    const before = kept.get(key);
    kept.set(key, { ...access, part, how: [...new Set([...(before?.how ?? []), ...access.how])].sort() });
  }
  return [...kept.values()];
}

/** The statements that allow something; undefined for a policy that is not known yet, or that says what it leaves out. */
function permissionsIn(policy: unknown): readonly Statement[] | undefined {
  const statements = statementsOf(policy);
  if (statements.length === 0) return undefined;
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  if (allowed.some((statement) => 'NotAction' in statement || 'NotResource' in statement)) return undefined;
  return allowed.map(({ Action, Resource }) => ({ actions: texts(Action), resources: texts(Resource) }));
}

function texts(value: unknown): readonly string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

function holderOf(environment: string, modules: Modules, stack: string, role: unknown) {
  const target = targetOf(modules, stack, role);
  const name = (target && blockAt(modules, target)?.name) ?? target?.address ?? role;
  const short = String(name)
    .replace(`${environment}-`, '')
    .replace(/^platform-/, '');
  const suffix = ROLES.find(([pattern]) => pattern.test(short));
  return { who: suffix === undefined ? short : short.replace(suffix[0], ''), atStart: suffix?.[1] === true };
}

/** What actions of IAM mean for a reader. */
const WAYS: Readonly<Record<Access['kind'], Readonly<Record<string, string>>>> = {
  secret: {
    'secretsmanager:GetSecretValue': 'read',
    'secretsmanager:CreateSecret': 'manage',
    'secretsmanager:PutSecretValue': 'manage',
    'secretsmanager:UpdateSecret': 'manage',
    'secretsmanager:DeleteSecret': 'manage',
  },
  bucket: { 's3:GetObject': 'read', 's3:PutObject': 'write', 's3:DeleteObject': 'write', 's3:ListBucket': 'list' },
};

function waysOf(kind: Access['kind'], actions: readonly string[], atStart: boolean): readonly string[] {
  const ways = Object.entries(WAYS[kind]).flatMap(([action, way]) =>
    actions.some((pattern) => covers(pattern, action)) ? [way === 'read' && kind === 'secret' && atStart ? 'at start' : way] : [],
  );
  return [...new Set(ways)];
}

/** IAM's wildcards: `*` and `?`; case does not matter. */
function covers(pattern: string, action: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(action);
}

type Thing = Pick<Access, 'what' | 'kind' | 'part'>;

const PUBLISHED: readonly (readonly [pattern: RegExp, thing: (match: RegExpExecArray) => Thing])[] = [
  [/outputs\.secrets\.([A-Za-z0-9_-]+)\.arn\}/, ([, key = '']) => ({ kind: 'secret', what: key })],
  [/outputs\.database\.role_secret_arns\.([A-Za-z0-9_-]+)\}/, ([, role = '']) => ({ kind: 'secret', what: `login ${role}` })],
  [/outputs\.database\.master_secret_arn\}/, () => ({ kind: 'secret', what: 'database master' })],
  [/outputs\.buckets\.([A-Za-z0-9_-]+)\.arn\}(?:\/(.+))?$/, ([, key = '', part]) => ({ kind: 'bucket', what: key, part })],
  [/^arn:aws:s3:::([^/]+)(?:\/(.+))?$/, ([, name = '', part]) => ({ kind: 'bucket', what: name, part })],
  [/^arn:aws:secretsmanager:.*:secret:(.+)$/, ([, path = '']) => ({ kind: 'secret', what: path })],
];

interface Named {
  readonly stack: string;
  /** Of the actions. */
  readonly kind: Access['kind'];
  readonly resource: string;
}

/** Never undefined for a resource that may be of this kind: what cannot be named keeps its expression. */
function thingOf(environment: string, modules: Modules, { stack, kind, resource }: Named): Thing | undefined {
  if (resource === '*') return { kind, what: `every ${kind}` };
  for (const [pattern, thing] of PUBLISHED) {
    const match = pattern.exec(resource);
    if (match === null) continue;
    const found = thing(match);
    return found.kind === kind ? { ...found, what: found.what.replace(`${environment}-`, '') } : undefined;
  }
  if (resource.startsWith('arn:')) return undefined;
  const target = targetOf(modules, stack, resource);
  if (target === undefined) return { kind, what: resource };
  if (target.address.startsWith('aws_secretsmanager_secret.') !== (kind === 'secret')) return undefined;
  const { name, bucket } = blockAt(modules, target) ?? {};
  const known = [name, bucket].find((one) => typeof one === 'string');
  return { kind, what: (known ?? target.address).replace(`${environment}-`, ''), part: /\}\/(.+)$/.exec(resource)?.[1] };
}

/** Secrets that the operator external-secrets puts into the variables of pods: custom resources in a Helm release. */
function externalSecrets(environment: string, modules: Modules): readonly Access[] {
  return allOf(modules, 'helm_release').flatMap(({ stack, block }) =>
    texts(block.values)
      .flatMap(resourcesIn)
      .filter(({ kind }) => kind === 'ExternalSecret')
      .flatMap(({ metadata, spec }) => {
        const who = isObject(metadata) ? String(metadata.name) : '';
        const entries = isObject(spec) ? [spec.data].flat().filter(isObject) : [];
        const keys = entries.map(({ remoteRef }) => (isObject(remoteRef) ? String(remoteRef.key) : ''));
        const things = [...new Set(keys)].map((key) => thingOf(environment, modules, { stack, kind: 'secret', resource: key }));
        return things.flatMap((thing) => (thing === undefined ? [] : [{ who, ...thing, how: ['at start'] }]));
      }),
  );
}

function resourcesIn(yaml: string): readonly Block[] {
  const values: unknown = parse(yaml);
  return isObject(values) && isObject(values.resources) ? Object.values(values.resources).filter(isObject) : [];
}
