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

/** One job. */
export interface MatrixEntry {
  readonly environment: string;
  /** Separated by spaces, in deploy order. */
  readonly stacks: string;
  readonly region: string;
  readonly protect: boolean;
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

/** The jobs of a change. Environments without a role are listed as skipped: bootstrap creates none for them, or not yet. */
export function matrixOf(
  { environments }: { readonly environments: readonly ChangedEnvironment[] },
  kind: 'plan' | 'apply',
  roles: Roles,
): Matrix {
  const skipped: string[] = [];
  const include = environments.flatMap((changed): MatrixEntry[] => {
    const role = roleOf(changed, kind, roles);
    if (typeof role === 'string') return [entry(changed, role)];
    skipped.push(`${changed.environment}: ${role.missing}`);
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

function entry({ environment, region, protect, delivery, stacks }: ChangedEnvironment, role: string): MatrixEntry {
  const { runner, approval } = delivery;
  return {
    environment,
    stacks: stacks.join(' '),
    region,
    protect,
    role,
    runner: JSON.stringify(runner),
    approval: approval.kind,
  };
}

function roleOf(
  { environment, store }: ChangedEnvironment,
  kind: 'plan' | 'apply',
  roles: Roles,
): string | { readonly missing: string } {
  if (store === undefined) return { missing: 'its state is in Terraform Cloud; the workflow terraform-cloud starts its runs' };
  if (kind === 'plan') {
    return roles[store]?.plan ?? { missing: `the variable ${ROLES_VARIABLE} has no plan role of the store ${store}` };
  }
  const missing = `the variable ${ROLES_VARIABLE} has no apply role of ${environment} in the store ${store}`;
  return roles[store]?.apply?.[environment] ?? { missing };
}
