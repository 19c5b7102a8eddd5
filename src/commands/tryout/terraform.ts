/** Terraform as the try-out drives it: machine-readable, told apart by resource. */
import { join } from 'node:path';
import { runCommand, type Ran } from '../../terraform/runner/run-command';
import { firstError } from '../../terraform/runner/errors';

/** A fault that terraform reports, with the resource it belongs to when terraform knows one. */
export interface Fault {
  readonly address?: string;
  readonly message: string;
}

/** A resource that a plan would touch. */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
}

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly created: readonly string[];
  readonly destroyed: readonly string[];
  readonly planned: readonly PlannedChange[];
  readonly faults: readonly Fault[];
}

interface Event {
  readonly type?: string;
  readonly hook?: { readonly resource?: { readonly addr?: string }; readonly action?: string };
  readonly change?: { readonly resource?: { readonly addr?: string }; readonly action?: string };
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

export interface TerraformOptions {
  readonly endpoint: string;
  /** Where terraform and the SDK may write what they keep. */
  readonly scratch: string;
  /** Where providers that were once fetched are kept. */
  readonly pluginCache: string;
  /** A folder of providers to take instead of the registry. */
  readonly pluginDir?: string;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs terraform in the folders of stacks. */
export class Terraform {
  constructor(private readonly options: TerraformOptions) {}

  public init(folder: string): Promise<Ran> {
    const { pluginDir } = this.options;
    return this.run(folder, ['init', '-no-color', ...(pluginDir === undefined ? [] : [`-plugin-dir=${pluginDir}`])]);
  }

  public async plan(folder: string, file: string): Promise<Outcome> {
    return outcomeOf(await this.run(folder, ['plan', '-json', `-out=${file}`]));
  }

  public async apply(folder: string, file: string): Promise<Outcome> {
    return outcomeOf(await this.run(folder, ['apply', '-json', file]));
  }

  /** By the state alone: an emulator that cannot read back what it made would keep everything else from going too. */
  public async destroy(folder: string): Promise<Outcome> {
    return outcomeOf(await this.run(folder, ['destroy', '-json', '-auto-approve', '-refresh=false']));
  }

  /** A saved plan, or the schemas of providers, as JSON. */
  public show(folder: string, file: string): Promise<Ran> {
    return this.run(folder, ['show', '-json', file]);
  }

  public schemas(folder: string): Promise<Ran> {
    return this.run(folder, ['providers', 'schema', '-json']);
  }

  /** Nothing of the person's own AWS set-up reaches terraform, so that nothing of theirs can be touched. */
  private run(folder: string, args: readonly string[]): Promise<Ran> {
    const { endpoint, scratch, pluginCache, pluginDir, signal, env } = this.options;
    const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_') && name !== 'TF_CLI_ARGS'));
    return runCommand('terraform', args, {
      cwd: folder,
      signal,
      env: {
        ...own,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_CONFIG_FILE: join(scratch, 'no-aws-config'),
        AWS_SHARED_CREDENTIALS_FILE: join(scratch, 'no-aws-credentials'),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ENDPOINT_URL: endpoint,
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
        TF_INPUT: '0',
        ...(pluginDir === undefined ? { TF_PLUGIN_CACHE_DIR: pluginCache } : {}),
      },
    });
  }
}

/** Terraform's machine-readable output, one JSON object a line; other lines are passed over. */
function outcomeOf({ code, stdout, stderr }: Ran): Outcome {
  const events = stdout.split('\n').flatMap((line): Event[] => {
    try {
      return [JSON.parse(line) as Event];
    } catch {
      return [];
    }
  });
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
    !UNTOUCHED.has(change.action)
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

const UNTOUCHED: ReadonlySet<string> = new Set(['noop', 'read']);
