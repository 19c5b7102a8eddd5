/** What a person reads after a synthesis. Pure. */
import { join } from 'node:path';
import type { ResolvedEnvironment } from '../../config';
import type { Removal } from '../../synthesis/output-folder';
import type { RefusedStack, WrittenStack } from '../../synthesis/synthesise';

/** An environment, or a state store, with what was written for it. */
export interface Group {
  readonly name: string;
  /** Tier and region, or what a store is for. */
  readonly about: string;
  readonly stacks: readonly WrittenStack[];
  readonly refused: readonly RefusedStack[];
  readonly warnings: ResolvedEnvironment['warnings'];
  /** What else was written, and where. */
  readonly notes: readonly string[];
}

/** The line under an environment's name. */
export function describeEnvironment({ tier, nextTier, identity }: ResolvedEnvironment): string {
  const next = nextTier === undefined ? '' : `, ${nextTier.kind} beside it`;
  return `${tier.kind}${next}, ${identity.region}`;
}

/** One group: its stacks with counts and paths, then its warnings. */
export function reportGroup({ name, about, stacks, refused, warnings, notes }: Group, outdir: string): string {
  const width = Math.max(...stacks.map(({ id }) => id.length), 0);
  return [
    `${name}  (${about})`,
    ...stacks.map(
      ({ id, resources, manifest }) =>
        `  ${id.padEnd(width)}  ${count(resources)}  ${join(outdir, manifest.synthesizedStackPath)}`,
    ),
    ...refused.map(({ id, reason }) => `  ${id}  not written as HCL: ${reason}\n    use its JSON: run again without --hcl`),
    ...notes.map((note) => `  ${note}`),
    ...warnings.map(({ rule, path, message }) => `  warning  ${path}: ${message}  [${rule}]`),
  ].join('\n');
}

function count(resources: number): string {
  return `${String(resources).padStart(3)} ${resources === 1 ? 'resource ' : 'resources'}`;
}

/** The last lines: how much there is, and how to go on. */
export function reportTotals(groups: readonly Group[], removals: readonly Removal[], seconds: number): string {
  const stacks = groups.flatMap((group) => group.stacks);
  const resources = stacks.reduce((sum, stack) => sum + stack.resources, 0);
  const warnings = groups.reduce((sum, group) => sum + group.warnings.length, 0);
  return [
    ...removals.map(reportRemoval),
    `${plural(stacks.length, 'stack')}, ${plural(resources, 'resource')}, ${plural(warnings, 'warning')}, in ${seconds.toFixed(1)} s`,
  ].join('\n');
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function reportRemoval({ id, left }: Removal): string {
  return left.length === 0
    ? `removed ${id}: there is no such stack any more`
    : `removed ${id}, but not what else is in its folder: ${left.join(', ')}`;
}

/**
 * What a newcomer can do now, with an environment of their own as the example.
 * @param isTrial whether `TERRACE_BACKEND` was set: later commands need it too, or they mean another state
 */
export function reportNextSteps(environment: ResolvedEnvironment, outdir: string, isTrial: boolean): string {
  const { environment: name } = environment.identity;
  const bootstrap =
    environment.backend.kind === 's3' ? `npx cdktf deploy ${environment.backend.store.name}-bootstrap, then ` : '';
  const folder = join(outdir, 'stacks', `${name}-network`);
  const plan = `cd ${folder} && terraform init && terraform plan`;
  const steps = isTrial
    ? [
        `  plan    ${plan}`,
        `  deploy  TERRACE_BACKEND=local npx cdktf deploy '${name}-*'   (state in files here; leave TERRACE_BACKEND away for its own)`,
      ]
    : [
        `  try     TERRACE_BACKEND=local npm run synth -- ${name}   (its state in a file here), then`,
        `          ${plan}`,
        `  deploy  ${bootstrap}npx cdktf deploy '${name}-*'   (docs/deploy.md)`,
      ];
  return ['Next', '  look    each path above is a whole Terraform root module', ...steps].join('\n');
}
