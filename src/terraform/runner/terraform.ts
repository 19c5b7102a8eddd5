/** The one runner of the terraform binary: in a stack's folder, without prompts, with the providers that this machine has. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RequiredProviders } from '../root-module';
import { ApplyLog, type Applied } from './apply-log';
import { firstError } from './errors';
import { runCommand, type Ran, type RunCommandOptions } from './run-command';

type Environment = NonNullable<RunCommandOptions['env']>;

/** Where `terraform init` looks for providers before it asks the registry. */
export interface Plugins {
  /** Downloaded providers are kept here. */
  readonly cache: string;
  /** Used instead of the registry. */
  readonly folder?: string;
}

/** The settings of this machine: `TERRACE_PLUGIN_DIR`, `TF_PLUGIN_CACHE_DIR`. */
export function pluginsOf(env: Environment, cache = join('dist', 'terraform-plugins')): Plugins {
  return { cache: env.TF_PLUGIN_CACHE_DIR ?? cache, folder: env.TERRACE_PLUGIN_DIR };
}

export interface TerraformOptions {
  readonly env: Environment;
  /** @default as terraform is configured */
  readonly plugins?: Plugins;
  readonly signal?: AbortSignal;
}

export class Terraform {
  constructor(private readonly options: TerraformOptions) {}

  public init(folder: string, ...args: readonly string[]): Promise<Ran> {
    const { plugins } = this.options;
    const source = plugins?.folder === undefined ? [] : [`-plugin-dir=${plugins.folder}`];
    return this.run(folder, 'init', '-no-color', ...args, ...source);
  }

  /** Runs any other command. */
  public run(folder: string, ...args: readonly string[]): Promise<Ran> {
    return this.start(folder, args);
  }

  /** Applies a plan, and reports line by line what happens. */
  public async apply(folder: string, args: readonly string[], report: (line: string) => void): Promise<Ran & Applied> {
    const log = new ApplyLog(report);
    const ran = await this.start(folder, ['apply', '-json', ...args], log.listen);
    return { ...ran, ...log.end() };
  }

  private start(folder: string, args: readonly string[], listener?: RunCommandOptions['listener']): Promise<Ran> {
    const { env, plugins, signal } = this.options;
    return runCommand('terraform', args, {
      cwd: folder,
      signal,
      listener,
      env: { ...env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0', ...cacheSettings(plugins) },
    });
  }

  /**
   * Why the providers are unavailable; undefined when they are installed. Asks for nothing else, so that an error in a
   * stack cannot be taken for a missing network.
   * @param folder is created and initialised
   */
  public async whyNoProviders(folder: string, required: RequiredProviders): Promise<string | undefined> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
    const { code, stdout, stderr } = await this.init(folder);
    return code === 0 ? undefined : `the providers are unavailable: ${firstError(stderr || stdout)}`;
  }
}

/** Terraform refuses a cache folder that does not exist, and ignores the cache next to a folder of providers. */
function cacheSettings(plugins: Plugins | undefined): Environment {
  if (plugins === undefined || plugins.folder !== undefined) return {};
  mkdirSync(plugins.cache, { recursive: true });
  return { TF_PLUGIN_CACHE_DIR: resolve(plugins.cache) };
}
