/** The names in AWS and at Cloudflare that an environment takes, and within which bounds nobody else can have them. Pure. */
import { auditBucketName, seedSecretName } from '../../names';
import type { ResolvedEnvironment } from '../../resolved/environment';
import { originsOf } from './origins';

/** Where a name can exist once: in all of AWS, in all of Cloudflare, or in one account and region. */
export type NameScope = 'everywhere' | 'account and region';

/** A name that an environment, or the state store of several, takes. */
export interface NameClaim {
  /** Such as `the S3 bucket shop-prod-uploads`. */
  readonly thing: string;
  readonly scope: NameScope;
  readonly name: string;
  /** The field that decides the name. */
  readonly path: string;
  readonly fix: string;
}

const BUCKET_FIX = 'omit the name for <environment>-<bucket>, or choose another: it is unique in all of S3';

/** The names that a container takes are decided by its section and key. */
function containersOf({ workloads }: ResolvedEnvironment) {
  return (['services', 'workers', 'jobs'] as const).flatMap((section) =>
    workloads[section].map((container) => ({ path: `${section}.${container.key}`, container })),
  );
}

const bucket = (name: string, path: string, fix: string): NameClaim => ({
  thing: `the S3 bucket ${name}`,
  scope: 'everywhere',
  name,
  path,
  fix,
});

function bucketClaims({ data, edge, tier, nextTier }: ResolvedEnvironment): readonly NameClaim[] {
  return [
    ...data.buckets.map(({ key, name }) => bucket(name, `buckets.${key}.name`, BUCKET_FIX)),
    ...originsOf(edge).flatMap((origin) =>
      origin.kind === 'static-site'
        ? [bucket(origin.frontend.bucketName, `frontends.${origin.frontend.key}`, 'rename the frontend, or the other bucket')]
        : [],
    ),
    ...[tier, nextTier].flatMap((one) =>
      one?.kind === 'box' ? [bucket(one.box.configurationBucket, 'box', 'rename the other bucket')] : [],
    ),
  ];
}

function secretClaims({ data: { secrets, database } }: ResolvedEnvironment): readonly NameClaim[] {
  const claim = (name: string, path: string): NameClaim => ({
    thing: `the secret ${name}`,
    scope: 'account and region',
    name,
    path,
    fix: 'omit the name for one that begins with system and environment, or choose another',
  });
  const credentials = database?.placement === 'managed' ? database.credentials : undefined;
  const masters = credentials?.kind === 'rotated-secret' ? [credentials.secretName, seedSecretName(credentials.secretName)] : [];
  return [
    ...secrets.map(({ key, name }) => claim(name, `secrets.${key}.name`)),
    ...(database?.roles ?? []).map(({ name, secretName }) => claim(secretName, `database.roles.${name}.secretName`)),
    ...masters.map((name) => claim(name, 'database.credentials.secretName')),
  ];
}

function logClaims(environment: ResolvedEnvironment): readonly NameClaim[] {
  const { logs, logGroups } = environment.data;
  return logGroups.map(({ name }) => {
    const writer = containersOf(environment).find(({ container }) => container.logs.group === name);
    return {
      thing: `the log group ${name}`,
      scope: 'account and region',
      name,
      path: logs.group === name || writer === undefined ? 'logs.group' : `${writer.path}.logGroup`,
      fix: 'omit it for a group that begins with system and environment, or choose another',
    };
  });
}

function tierClaims(environment: ResolvedEnvironment): readonly NameClaim[] {
  const claim = (kind: string, name: string, path: string): NameClaim => ({
    thing: `the ${kind} ${name}`,
    scope: 'account and region',
    name,
    path,
    fix: 'omit it for a name that begins with the environment, or choose another',
  });
  return [environment.tier, environment.nextTier].flatMap((tier) => {
    switch (tier?.kind) {
      case 'fargate':
        return [
          claim('ECS cluster', tier.clusterName, 'fargate.clusterName'),
          ...containersOf(environment).map(({ path, container: { name } }) => claim('ECS task family', name, `${path}.name`)),
        ];
      case 'kubernetes':
        return [claim('EKS cluster', tier.kubernetes.clusterName, 'kubernetes.clusterName')];
      default:
        return [];
    }
  });
}

function pagesClaims({ edge: { pages } }: ResolvedEnvironment): readonly NameClaim[] {
  return pages.map(({ key, project }) => ({
    thing: `the Cloudflare Pages project ${project}`,
    scope: 'everywhere',
    name: project,
    path: `frontends.${key}.project`,
    fix: 'choose another: it is unique at Cloudflare',
  }));
}

/**
 * The names that a person can choose, with those that are derived where nobody chose. What is only ever derived begins with the
 * name of the environment, and the rule `environment-names` keeps these apart.
 */
export function claimsOfEnvironment(environment: ResolvedEnvironment): readonly NameClaim[] {
  return [bucketClaims, secretClaims, logClaims, tierClaims, pagesClaims].flatMap((claims) => claims(environment));
}

/** The buckets of the state store of an environment; the rules of state stores compare them with each other. */
export function claimsOfStore({ backend }: ResolvedEnvironment): readonly NameClaim[] {
  if (backend.kind !== 's3') return [];
  const { bucket: name, singletons } = backend.store;
  const names = singletons.cloudTrail === 'create' ? [name, auditBucketName(name)] : [name];
  return names.map((one) => bucket(one, 'backend.store.bucket', 'name the bucket of the state after the store'));
}
