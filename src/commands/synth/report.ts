/** The report of a synthesis. Pure. */
import { join } from 'node:path';
import type { ResolvedEnvironment } from '../../config';
import { bootstrapStackId } from '../../config/names';
import type { Removal } from '../../synthesis/output-folder';
import type { Group } from '../../synthesis/run';

/** One group: its stacks with resource counts and paths, then its notes and warnings, and what it costs. */
export function reportGroup({ name, about, stacks, refused, warnings, notes, summary }: Group, outdir: string): string {
  const width = Math.max(...stacks.map(({ id }) => id.length), 0);
  return [
    `${name}  (${about})`,
    ...stacks.map(
      ({ id, resources, manifest }) =>
        `  ${id.padEnd(width)}  ${count(resources)}  ${join(outdir, manifest.synthesizedStackPath)}`,
    ),
    ...refused.map(({ id, reason }) => `  ${id}  not written as HCL: ${reason}\n    for its JSON, run again without --hcl`),
    ...notes.map((note) => `  ${note}`),
    ...warnings.flatMap(({ rule, path, message, accept }) => [
      `  warning  ${path}: ${message}  [${rule}]`,
      `           or accept it: ${accept}`,
    ]),
    ...(summary === undefined ? [] : [`  ${summary}`]),
  ].join('\n');
}

function count(resources: number): string {
  return `${String(resources).padStart(3)} ${resources === 1 ? 'resource ' : 'resources'}`;
}

/** Stacks that are no longer described, and totals. */
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
  return [
    `${id} is no longer described. What was deployed of it stays in AWS, running and billed, until you run in a checkout that still has it:`,
    `  npx cdktf destroy ${id} --ignore-missing-stack-dependencies`,
    ...(left.length === 0 ? [] : [`  its folder keeps other files: ${left.join(', ')}`]),
  ].join('\n');
}

/**
 * What to do next, with one of the environments as the example.
 * @param isTrial whether `TERRACE_BACKEND` is set: without it, later commands would use another state
 */
export function reportNextSteps(environment: ResolvedEnvironment, outdir: string, isTrial: boolean): string {
  const { environment: name } = environment.identity;
  const shared = [
    ...(environment.backend.kind === 's3' ? [bootstrapStackId(environment.backend.store.name)] : []),
    ...(environment.domain?.kind === 'shared' ? [environment.domain.stacks.zone] : []),
  ];
  const before = shared.map((stack) => `npm run deploy -- ${stack}, then `).join('');
  const folder = join(outdir, 'stacks', `${name}-network`);
  const plan = `cd ${folder} && terraform init && terraform plan`;
  const steps = isTrial
    ? [
        `  plan    ${plan}`,
        `  deploy  TERRACE_BACKEND=local npm run deploy -- ${name}   (state in local files; omit TERRACE_BACKEND to use the environment's backend)`,
      ]
    : [
        `  try     TERRACE_BACKEND=local npm run synth -- ${name}   (its state in local files), then`,
        `          ${plan}`,
        `  deploy  ${before}npm run deploy -- ${name}   (docs/deploy.md)`,
      ];
  return ['Next', '  look    each path above is a complete Terraform root module', ...steps].join('\n');
}
