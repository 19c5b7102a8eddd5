/**
 * The real terraform against moto, for commands that synthesise by themselves: a program in front of terraform makes a work copy
 * of each stack right before `init`, as `npm run tryout` does.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { InstalledProvider, RunningProvider } from './running-provider';

/** The folder of providers of this machine, and the version of the one for AWS in it. */
export function awsProvider(): InstalledProvider | undefined {
  const folder = process.env.TERRACE_PLUGIN_DIR;
  if (folder === undefined) return undefined;
  try {
    const [version] = readdirSync(join(folder, 'registry.terraform.io/hashicorp/aws')).sort().reverse();
    return version === undefined ? undefined : { folder, version };
  } catch {
    return undefined;
  }
}

const real = (): string => spawnSync('sh', ['-c', 'command -v terraform'], { encoding: 'utf8' }).stdout.trim();

/**
 * @param plans a folder that gets what `terraform show` prints of each plan; then protections of data stay as they are synthesised
 * @returns the folder to put first on the PATH
 */
export function emulatedTerraform(
  scratch: string,
  endpoint: string,
  { version }: InstalledProvider,
  running: RunningProvider,
  { plans }: { readonly plans?: string } = {},
): string {
  const bin = join(scratch, 'bin');
  const schemas = join(scratch, 'schemas.json');
  const program = join(scratch, 'work-copy.cjs');
  mkdirSync(bin, { recursive: true });
  writeSchemas(join(scratch, 'providers'), schemas, version, running.env);
  const source = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    import { OVERRIDE_FILE } from ${JSON.stringify(join(__dirname, '../../src/commands/tryout/override'))};
    import { MODULE_FILE } from ${JSON.stringify(join(__dirname, '../../src/terraform/root-module'))};
    import { EMULATORS } from ${JSON.stringify(join(__dirname, '../../src/commands/tryout/known-gaps'))};
    import { readSchemas } from ${JSON.stringify(join(__dirname, '../../src/commands/tryout/prune'))};
    import { prepareWorkCopy } from ${JSON.stringify(join(__dirname, '../../src/commands/tryout/work-copy'))};
    const keepsPlans = ${String(plans !== undefined)};
    // What the emulator fails to create would end an apply, as it ends no try-out. It obeys policies that ask for TLS, which it has not.
    const policies = { type: 'aws_s3_bucket_policy', kind: 'unsupported', reason: 'the emulator has no TLS' };
    const gaps = keepsPlans
      ? [...EMULATORS.moto.gaps.map((gap) => (gap.kind === 'create' ? { ...gap, kind: 'unsupported' } : gap)), policies]
      : EMULATORS.moto.gaps;
    prepareWorkCopy(process.cwd(), {
      endpoint: ${JSON.stringify(endpoint)},
      emulator: { ...EMULATORS.moto, gaps },
      versions: { aws: ${JSON.stringify(version)} },
      schemas: readSchemas(readFileSync(${JSON.stringify(schemas)}, 'utf8')),
    });
    if (keepsPlans && existsSync(OVERRIDE_FILE)) {
      // The emulator neither keeps these settings of an instance nor lets them be changed.
      const module = JSON.parse(readFileSync(MODULE_FILE, 'utf8'));
      for (const instance of Object.values(module.resource?.aws_instance ?? {})) {
        delete instance.maintenance_options;
        delete instance.credit_specification;
      }
      writeFileSync(MODULE_FILE, JSON.stringify(module));
      const { resource: _protections, ...override } = JSON.parse(readFileSync(OVERRIDE_FILE, 'utf8'));
      // An answer that is lost on a busy machine would leave a key half made, which protection then keeps from being replaced.
      for (const settings of override.provider.aws) settings.max_retries = 5;
      writeFileSync(OVERRIDE_FILE, JSON.stringify(override));
    }`;
  buildSync({
    stdin: { contents: source, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: program,
    logLevel: 'error',
  });
  const file = join(bin, 'terraform');
  const lines = [
    '#!/bin/sh',
    ...running.lines(scratch),
    `[ "$1" != init ] || '${process.execPath}' '${program}' || exit`,
    ...(plans === undefined ? [] : [keeping(plans)]),
    `exec '${real()}' "$@"`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o755);
  return bin;
}

/** A line of shell: what `terraform show` prints is kept, under the time and the stack. */
const keeping = (folder: string): string =>
  `[ "$1" != show ] || { kept='${folder}'/"$(date +%s%N)-\${PWD##*/}.json"; '${real()}' "$@" > "$kept" && exec cat "$kept"; exit 1; }`;

function writeSchemas(work: string, file: string, version: string, env: RunningProvider['env']): void {
  mkdirSync(work, { recursive: true });
  const required_providers = { aws: { source: 'aws', version } };
  writeFileSync(join(work, 'main.tf.json'), JSON.stringify({ terraform: { required_providers } }));
  const run = (...args: readonly string[]): string => {
    const ran = spawnSync(real(), args, {
      cwd: work,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env },
    });
    if (ran.status !== 0) throw new Error(`terraform ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  run('init');
  writeFileSync(file, run('providers', 'schema', '-json'));
}
