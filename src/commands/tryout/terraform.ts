/** Terraform against an emulator, with its machine-readable output by resource. */
import { join } from 'node:path';
import { eventsIn } from '../../terraform/runner/events';
import { firstError } from '../../terraform/runner/errors';
import type { Ran } from '../../terraform/runner/run-command';
import { Terraform, type TerraformOptions } from '../../terraform/runner/terraform';

/** An error that terraform reports, with its resource where terraform knows one. */
export interface Fault {
  readonly address?: string;
  readonly message: string;
}

/** A resource that a plan would change. */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
}

/** The result of a terraform command. */
export interface Outcome {
  readonly code: number;
  readonly created: readonly string[];
  readonly destroyed: readonly string[];
  readonly planned: readonly PlannedChange[];
  readonly faults: readonly Fault[];
}

/**
 * Terraform that can reach only the emulator: none of the caller's AWS settings are passed on.
 * @param scratch for what terraform and the SDK would write to the home folder
 */
export function isolatedTerraform(endpoint: string, scratch: string, options: TerraformOptions): Terraform {
  const own = Object.entries(options.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'TF_CLI_ARGS');
  return new Terraform({
    ...options,
    env: {
      ...Object.fromEntries(own),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: join(scratch, 'no-aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(scratch, 'no-aws-credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: endpoint,
    },
  });
}

export async function plan(terraform: Terraform, folder: string, file: string): Promise<Outcome> {
  return outcomeOf(await terraform.run(folder, 'plan', '-json', `-out=${file}`));
}

export async function apply(terraform: Terraform, folder: string, file: string): Promise<Outcome> {
  return outcomeOf(await terraform.run(folder, 'apply', '-json', file));
}

/** By the state alone: a resource that the emulator cannot read back would keep everything else from being destroyed. */
export async function destroy(terraform: Terraform, folder: string): Promise<Outcome> {
  return outcomeOf(await terraform.run(folder, 'destroy', '-json', '-auto-approve', '-refresh=false'));
}

const UNCHANGED: ReadonlySet<string> = new Set(['noop', 'read']);

function outcomeOf({ code, stdout, stderr }: Ran): Outcome {
  const events = eventsIn(stdout);
  const done = (action: string): string[] =>
    events.flatMap(({ type, hook }) =>
      type === 'apply_complete' && hook?.action === action && hook.resource?.addr !== undefined ? [hook.resource.addr] : [],
    );
  const faults = events.flatMap(({ type, diagnostic }): Fault[] =>
    type === 'diagnostic' && diagnostic?.severity === 'error'
      ? [
          {
            address: diagnostic.address,
            message: `${diagnostic.summary ?? ''} ${diagnostic.detail ?? ''}`.replace(/\s+/g, ' ').trim(),
          },
        ]
      : [],
  );
  const planned = events.flatMap(({ type, change }): PlannedChange[] =>
    type === 'planned_change' &&
    change?.resource?.addr !== undefined &&
    change.action !== undefined &&
    !UNCHANGED.has(change.action)
      ? [{ address: change.resource.addr, action: change.action }]
      : [],
  );
  const silent = code !== 0 && faults.length === 0;
  return {
    code,
    created: done('create'),
    destroyed: done('delete'),
    planned,
    faults: silent ? [{ message: firstError(stderr) }] : faults,
  };
}
