/** The matrix of a workflow's jobs: one entry for each environment, with the role that its job assumes. Pure. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import type { ChangedEnvironment, Changes } from './changed';

/** The repository variable that holds `{ "<store>": { "plan": "<role ARN>", "apply": "<role ARN>" } }`. */
export const ROLES_VARIABLE = 'TERRACE_ROLES';

const rolesSchema = z.record(z.string(), z.object({ plan: z.string().optional(), apply: z.string().optional() }));

export type Roles = z.output<typeof rolesSchema>;

/** @throws CommandError for any other content of the variable */
export function parseRoles(text: string | undefined): Roles {
  if (text === undefined || text.trim() === '') return {};
  try {
    return rolesSchema.parse(JSON.parse(text));
  } catch {
    throw new CommandError(`${ROLES_VARIABLE} is invalid: write {"h2o":{"plan":"arn:aws:iam::…","apply":"arn:aws:iam::…"}}`, 2);
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
}

export interface Matrix {
  readonly include: readonly MatrixEntry[];
  /** The environments without a job, and why. */
  readonly skipped: readonly string[];
}

/** The jobs of a change. Environments whose state store has no role are listed as skipped: their store is not deployed yet. */
export function matrixOf({ environments }: Pick<Changes, 'environments'>, kind: 'plan' | 'apply', roles: Roles): Matrix {
  const skipped: string[] = [];
  const include = environments.flatMap((changed): MatrixEntry[] => {
    const role = roleOf(changed, kind, roles);
    if (typeof role === 'string') return [entry(changed, role)];
    skipped.push(`${changed.environment}: ${role.missing}`);
    return [];
  });
  return { include, skipped };
}

function entry({ environment, region, protect, stacks }: ChangedEnvironment, role: string): MatrixEntry {
  return { environment, stacks: stacks.join(' '), region, protect, role };
}

function roleOf({ store }: ChangedEnvironment, kind: 'plan' | 'apply', roles: Roles): string | { readonly missing: string } {
  if (store === undefined) return { missing: 'its state is in Terraform Cloud; the workflow terraform-cloud starts its runs' };
  const role = roles[store]?.[kind];
  return role ?? { missing: `the variable ${ROLES_VARIABLE} has no ${kind} role of the store ${store}` };
}
