/**
 * Rules about the permissions of containers and builders: exact names, no action by which an intruder gains more, and nothing
 * that belongs to Terraform or to others. The policy gate judges the generated policies again (src/checks/policy/own/iam).
 */
import { gainsOf, whyUnscoped } from '../calculations/iam-actions';
import { managed } from '../calculations/placement';
import { arnsOverlap, matchesPattern } from '../calculations/wildcards';
import { auditBucketName, environmentPath, lockTableName, loginSecretName, MASTER_LOGIN, type EnvironmentName } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { valueFinding } from './finding';
import { CONTAINER_SECTIONS, containersOf, located, permissionsOf, type Located, type Permission } from './located';
import { defineRule, type Finding, type Rule } from './rule';

type Holders = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number] | 'builders'>;
type Actions = Extract<Permission, { actions: unknown }>;
type Identity = Pick<ParsedEnvironment, 'system' | 'name' | 'region' | 'account'>;
type Data = Pick<ParsedEnvironment, 'backend' | 'database'>;

const HOLDER_SECTIONS = [...CONTAINER_SECTIONS, 'builders'] as const;

function permissionsIn({ builders, ...workloads }: Holders): readonly Located<Permission>[] {
  return [...containersOf(workloads), ...located('builders', builders)].flatMap(permissionsOf);
}

/** A policy variable has any value, too. */
const isWildcard = (text: string): boolean => /[*?]|\$\{/.test(text);

const grantsExact = defineRule({
  id: 'task-role-wildcard',
  severity: 'risk',
  summary: "A container's role has exact actions and resources.",
  reads: [],
  also: HOLDER_SECTIONS,
  check: (environment) =>
    permissionsIn(environment).flatMap(({ path, value }) => {
      if ('secretPath' in value) {
        return isWildcard(value.secretPath) ? [inexact(`${path}.secretPath`, value.secretPath)] : [];
      }
      return 'actions' in value ? wildcardsOf(path, value) : [];
    }),
});

function wildcardsOf(path: string, { actions, resources }: Actions): readonly Finding[] {
  const unscoped = actions.every((action) => whyUnscoped(action)?.condition === undefined && whyUnscoped(action) !== undefined);
  return [
    ...actions.flatMap((action, index) =>
      isWildcard(action) ? [inexact(`${path}.actions[${index}]`, `${action} on ${resources.join(', ')}`)] : [],
    ),
    ...resources.flatMap((resource, index) =>
      isWildcard(resource) && !unscoped ? [inexact(`${path}.resources[${index}]`, `${resource} for ${actions.join(', ')}`)] : [],
    ),
  ];
}

function inexact(path: string, text: string): Finding {
  return valueFinding(path, text, 'exact names, without *, ? or variables', 'list what is needed one by one');
}

const noEscalation = defineRule({
  id: 'task-role-escalation',
  severity: 'risk',
  summary: "A container's role has no action by which an intruder in the container gains further permissions.",
  reads: ['system', 'name', 'region', 'account'],
  also: HOLDER_SECTIONS,
  check: ({ system, name, region, account, ...holders }) =>
    permissionsIn(holders).flatMap(({ path, value }) => ('actions' in value ? escalations(path, value, { name, account }) : [])),
});

function escalations(
  path: string,
  { actions, resources }: Actions,
  identity: Pick<Identity, 'name' | 'account'>,
): readonly Finding[] {
  return actions.flatMap((action, index) => {
    const gains = gainsOf(action);
    const toOwnRoles = /^sts:AssumeRole$/i.test(action) && resources.every((role) => isOwnRole(role, identity));
    if (gains.length === 0 || toOwnRoles) return [];
    return [
      valueFinding(
        `${path}.actions[${index}]`,
        `${action} on ${resources.join(', ')}`,
        `no action by which an intruder can ${gains.join(', or ')}`,
        'remove it, and leave such work to a pipeline or to a separate account',
      ),
    ];
  });
}

/** An exact role of the environment itself. */
function isOwnRole(arn: string, { name, account }: Pick<Identity, 'name' | 'account'>): boolean {
  const owner = /^arn:aws[a-z-]*:iam::(?<owner>\{account\}|\d{12}):role\/(?<role>[\w+=,.@/-]+)$/.exec(arn)?.groups;
  return (
    owner !== undefined &&
    (owner.owner === '{account}' || owner.owner === account) &&
    (owner.role ?? '').startsWith(`${name}-`) &&
    !isWildcard(arn)
  );
}

const nothingReserved = defineRule({
  id: 'task-role-reserved',
  severity: 'risk',
  summary:
    "A container's role does not reach Terraform's state, its roles, the master login of the database, or secrets of others.",
  reads: ['system', 'name', 'region', 'account', 'backend', 'database'],
  also: HOLDER_SECTIONS,
  check: ({ system, name, region, account, backend, database, ...holders }) => {
    const identity = { system, name, region, account };
    const reserved = reservedResources(identity, { backend, database });
    return permissionsIn(holders).flatMap(({ path, value }) =>
      requestsOf(path, value, identity).flatMap((request) => judge(request, reserved, identity)),
    );
  },
});

/** One resource of a permission. */
interface Request {
  readonly path: string;
  /** As it is written. */
  readonly text: string;
  readonly actions: readonly string[];
  /** With account and region. */
  readonly arn: string;
}

interface Reserved {
  readonly what: string;
  /** The services whose actions reach it. */
  readonly services: readonly string[];
  readonly arns: readonly string[];
}

function requestsOf(path: string, permission: Permission, identity: Identity): readonly Request[] {
  if ('secretPath' in permission) {
    const { secretPath: text } = permission;
    const name = text.startsWith('/') ? text : `${environmentPath(identity)}/${text}`;
    const arn = `${secretsArn(identity)}${name.endsWith('*') ? name : `${name}-??????`}`;
    return [{ path: `${path}.secretPath`, text, actions: ['secretsmanager:GetSecretValue'], arn }];
  }
  if (!('actions' in permission)) return [];
  const { actions, resources } = permission;
  return resources.map((text, index) => ({
    path: `${path}.resources[${index}]`,
    text,
    actions,
    arn: text
      .replace(/\$\{[^}]*\}/g, '*')
      .replaceAll('{account}', identity.account ?? '*')
      .replaceAll('{region}', identity.region),
  }));
}

function secretsArn({ region, account = '*' }: Pick<Identity, 'region' | 'account'>): string {
  return `arn:aws:secretsmanager:${region}:${account}:secret:`;
}

function reservedResources(environment: EnvironmentName, { backend, database }: Data): readonly Reserved[] {
  const credentials = managed(database)?.credentials;
  const given = credentials?.kind === 'rotated-secret' ? credentials.secretName : undefined;
  const master = loginSecretName(environment, MASTER_LOGIN, given);
  return [
    ...(backend.kind === 's3' ? storeResources(backend.store) : []),
    {
      what: "Terraform's roles, or their boundary",
      services: ['iam', 'sts'],
      arns: ['role/*-terraform-plan', 'role/*-terraform-apply', 'policy/*-terraform-boundary'].map(
        (path) => `arn:aws:iam::*:${path}`,
      ),
    },
    {
      what: 'the master login of the database',
      services: ['secretsmanager'],
      // With the secret of its first password. RDS's own names begin with "rds!".
      arns: ['rds!*', `${master}-*`].map((name) => `arn:aws:secretsmanager:*:*:secret:${name}`),
    },
  ];
}

function storeResources(store: Extract<ParsedEnvironment['backend'], { kind: 's3' }>['store']): readonly Reserved[] {
  const { name, bucket, lockTable = lockTableName(name) } = store;
  return [
    {
      what: "Terraform's state, or the audit trail",
      services: ['s3', 's3-object-lambda'],
      arns: [bucket, auditBucketName(bucket)]
        .flatMap((name) => [name, `${name}/*`])
        .map((path) => `arn:aws:s3:::${path}`)
        // An access point may be one of the bucket's: its name does not say.
        .concat('arn:aws:s3:*:*:accesspoint/*'),
    },
    {
      what: "Terraform's locks",
      services: ['dynamodb'],
      arns: ['', '/*'].map((part) => `arn:aws:dynamodb:*:*:table/${lockTable}${part}`),
    },
  ];
}

function judge({ path, text, actions, arn }: Request, reserved: readonly Reserved[], identity: Identity): readonly Finding[] {
  const services = actions.map((action) => (action.split(':')[0] ?? '').toLowerCase());
  const found = reserved
    .filter((one) => one.services.some((service) => services.includes(service)))
    .filter(({ arns }) => arns.some((pattern) => arnsOverlap(pattern, arn)))
    .map(({ what }) => what);
  const foreign = services.includes('secretsmanager') && !isOwnSecret(arn, identity) ? ['secrets of others'] : [];
  if (found.length + foreign.length === 0) return [];
  return [
    valueFinding(
      path,
      `${text} for ${actions.join(', ')}`,
      `nothing that includes ${[...found, ...foreign].join(', or ')}`,
      'name what the container itself owns; it gets declared secrets and logins by `environment`',
    ),
  ];
}

/** A secret below the path of the environment. */
function isOwnSecret(arn: string, identity: Identity): boolean {
  const [, name = ''] = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+)$/s.exec(arn) ?? [];
  return matchesPattern(`${environmentPath(identity)}/*`, name);
}

export const PERMISSION_RULES: readonly Rule[] = [grantsExact, noEscalation, nothingReserved];
