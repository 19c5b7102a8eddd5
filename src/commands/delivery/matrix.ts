/** The matrices of a workflow's jobs: one entry for each environment, with the role that its job assumes. Pure. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { kindOf } from '../../contracts/stack-kinds';
import type { ChangedEnvironment, Changes } from './changes-file';

/**
 * The repository variable that holds the roles of each state store, as bootstrap's output `github_roles` prints them:
 * `{ "<store>": { "plan": "<role ARN>", "apply": { "<environment or shared zone>": "<role ARN>" } } }`.
 */
export const ROLES_VARIABLE = 'TERRACE_ROLES';

/** The repository variable with the organizations of HCP Terraform that a token may be sent to. */
export const CLOUD_VARIABLE = 'TERRACE_CLOUD';

const rolesSchema = z.record(
  z.string(),
  z.object({ plan: z.string().optional(), apply: z.record(z.string(), z.string()).optional() }),
);

/** Store to its plan role, and to its apply role or the apply role of each environment. */
export type Roles = z.output<typeof rolesSchema>;

/** @throws CommandError for any other content of the variable */
export function parseRoles(text: string | undefined): Roles {
  if (text === undefined || text.trim() === '') return {};
  try {
    return rolesSchema.parse(JSON.parse(text));
  } catch {
    const example = '{"h2o":{"plan":"arn:aws:iam::…","apply":{"h2o-prod":"arn:aws:iam::…"}}}';
    throw new CommandError(
      `${ROLES_VARIABLE} is invalid: set it to what \`terraform output -json github_roles\` prints in bootstrap's folder, such as ${example}`,
      2,
    );
  }
}

/**
 * Host and organization of each place where workspaces may be, such as `app.terraform.io/acme`. A module names its own place, and
 * a pull request writes modules: without this list it could choose who gets the token.
 * @throws CommandError for any other content of the variable
 */
export function parseClouds(text: string | undefined): readonly string[] {
  const places = (text ?? '').split(/[\s,]+/).filter((place) => place !== '');
  const invalid = places.find((place) => !/^[a-z0-9.-]+(:\d+)?\/[A-Za-z0-9_-]+$/.test(place));
  if (invalid !== undefined)
    throw new CommandError(`${CLOUD_VARIABLE} is invalid: write app.terraform.io/<organization>, not ${invalid}`, 2);
  return places;
}

/** What a job needs to reach states. */
export interface Access {
  readonly roles: Roles;
  readonly clouds: readonly string[];
}

/** From the variables of the repository. */
export function accessOf(env: Readonly<Record<string, string | undefined>>): Access {
  return { roles: parseRoles(env[ROLES_VARIABLE]), clouds: parseClouds(env[CLOUD_VARIABLE]) };
}

/** One job. */
export interface MatrixEntry {
  readonly environment: string;
  /** Separated by spaces, in deploy order. */
  readonly stacks: string;
  readonly region: string;
  readonly protect: boolean;
  /** Where its states are: jobs of `s3` log in to AWS and run Terraform, those of `cloud` start runs in HCP Terraform. */
  readonly backend: 's3' | 'cloud';
  /** Empty with `cloud`, whose workers assume roles. */
  readonly role: string;
  /** Labels of its runner, as JSON. */
  readonly runner: string;
  /** Who approves what was not reviewed. */
  readonly approval: 'reviewers' | 'dispatch';
}

export interface Matrix {
  readonly include: readonly MatrixEntry[];
  /** The environments without a job, and why. */
  readonly skipped: readonly string[];
}

/**
 * The jobs of a change. Environments that a job cannot reach are listed as skipped: bootstrap creates no role for them, or not
 * yet, or their organization is not in the variable.
 */
export function matrixOf(
  { environments }: { readonly environments: readonly ChangedEnvironment[] },
  kind: 'plan' | 'apply',
  access: Access,
): Matrix {
  const skipped: string[] = [];
  const include = environments.flatMap((changed): MatrixEntry[] => {
    const reached = reach(changed, kind, access);
    if (!('missing' in reached)) return [entry(changed, reached)];
    skipped.push(`${changed.environment}: ${reached.missing}`);
    return [];
  });
  return { include, skipped };
}

/** The matrices of a deployment, one after the other: environments read their zone, and its names read the environments. */
export const PHASES = ['zones', 'environments', 'names'] as const;

export function phasesOf(include: readonly MatrixEntry[]): Readonly<Record<(typeof PHASES)[number], readonly MatrixEntry[]>> {
  const only = (isWanted: (id: string) => boolean): readonly MatrixEntry[] =>
    include.flatMap((job) => {
      const stacks = job.stacks.split(' ').filter(isWanted);
      return stacks.length === 0 ? [] : [{ ...job, stacks: stacks.join(' ') }];
    });
  return {
    zones: only((id) => kindOf(id) === 'zone'),
    environments: only((id) => kindOf(id) !== 'zone' && kindOf(id) !== 'names'),
    names: only((id) => kindOf(id) === 'names'),
  };
}

/** What a pull request plans of a change, by each environment's `delivery.planInPullRequests`. */
export function plannedInPullRequest({ environments }: Pick<Changes, 'environments'>): {
  readonly environments: readonly ChangedEnvironment[];
  readonly left: readonly string[];
} {
  const isPlanned = ({ delivery: { planInPullRequests } }: ChangedEnvironment, stack: string): boolean => {
    if (planInPullRequests !== 'without-cluster') return planInPullRequests === 'all';
    return kindOf(stack) !== 'platform' && kindOf(stack) !== 'workloads';
  };
  return {
    environments: environments.flatMap((changed) => {
      const stacks = changed.stacks.filter((stack) => isPlanned(changed, stack));
      return stacks.length === 0 ? [] : [{ ...changed, stacks }];
    }),
    left: environments.flatMap((changed) => changed.stacks.filter((stack) => !isPlanned(changed, stack))),
  };
}

type Reached = Pick<MatrixEntry, 'backend' | 'role'>;

function entry({ environment, region, protect, delivery, stacks }: ChangedEnvironment, reached: Reached): MatrixEntry {
  const { runner, approval } = delivery;
  return {
    environment,
    stacks: stacks.join(' '),
    region,
    protect,
    ...reached,
    runner: JSON.stringify(runner),
    approval: approval.kind,
  };
}

function reach(
  { environment, store, cloud }: ChangedEnvironment,
  kind: 'plan' | 'apply',
  { roles, clouds }: Access,
): Reached | { readonly missing: string } {
  if (cloud !== undefined)
    return clouds.includes(cloud)
      ? { backend: 'cloud', role: '' }
      : { missing: `the variable ${CLOUD_VARIABLE} does not list ${cloud}` };
  if (store === undefined) return { missing: 'its states are local files' };
  if (kind === 'plan') {
    const role = roles[store]?.plan;
    return role === undefined
      ? { missing: `the variable ${ROLES_VARIABLE} has no plan role of the store ${store}` }
      : { backend: 's3', role };
  }
  const role = roles[store]?.apply?.[environment];
  return role === undefined
    ? { missing: `the variable ${ROLES_VARIABLE} has no apply role of ${environment} in the store ${store}` }
    : { backend: 's3', role };
}
