/**
 * `npm run test:terraform`: `terraform init -backend=false` and `terraform validate` on every stack, one after the other.
 *
 * Skips, and says why, where that cannot be done: no terraform, too old a one, or no way to the providers. A stack that
 * Terraform refuses fails. Plugins come from wherever terraform is configured to look (TF_CLI_CONFIG_FILE, a mirror, the
 * registry, or the folder TERRACE_PLUGIN_DIR) and are kept in dist/terraform-plugins.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = join(ROOT, 'dist', 'terraform-plugins');
const OLDEST = [1, 11];

const scratch = mkdtempSync(join(tmpdir(), 'terrace-validate-'));
try {
  process.exitCode = main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function main() {
  const version = terraformVersion();
  if (version === undefined) return skip('there is no terraform on the PATH');
  if (version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1])) {
    return skip(`terraform ${version.join('.')} is older than ${OLDEST.join('.')}, which write-only arguments need`);
  }
  const output = join(scratch, 'cdktf.out');
  const synth = spawnSync(process.execPath, [join(ROOT, 'scripts', 'terrace.mjs'), 'synth', '--output', output], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (synth.status !== 0) {
    process.stderr.write(synth.stderr);
    return 1;
  }
  const stacks = readdirSync(join(output, 'stacks')).sort();
  const unreachable = whyProvidersAreUnreachable(stacks.map((id) => join(output, 'stacks', id)));
  if (unreachable !== undefined) return skip(`the providers cannot be had here: ${unreachable}`);

  const failures = stacks.filter((id) => !isValid(id, join(output, 'stacks', id)));
  process.stdout.write(`terraform validate: ${stacks.length - failures.length} stacks passed, ${failures.length} failed\n`);
  return failures.length === 0 ? 0 : 1;
}

function skip(reason) {
  process.stdout.write(`terraform validate: skipped, because ${reason}\n`);
  return 0;
}

function terraform(args, cwd) {
  mkdirSync(CACHE, { recursive: true });
  const plugins = process.env.TERRACE_PLUGIN_DIR;
  const pluginDir = args[0] === 'init' && plugins !== undefined ? [`-plugin-dir=${plugins}`] : [];
  const env = {
    ...process.env,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    TF_PLUGIN_CACHE_DIR: process.env.TF_PLUGIN_CACHE_DIR ?? CACHE,
  };
  return spawnSync('terraform', [...args, ...pluginDir], { cwd, env, encoding: 'utf8' });
}

function terraformVersion() {
  const { status, stdout } = terraform(['version', '-json'], scratch);
  if (status !== 0) return undefined;
  return JSON.parse(stdout)
    .terraform_version.split('.')
    .map((part) => Number.parseInt(part, 10));
}

/** Asks for the providers of all stacks and nothing else, so that a fault of ours cannot look like a missing network. */
function whyProvidersAreUnreachable(folders) {
  const probe = join(scratch, 'probe');
  mkdirSync(probe);
  const required = Object.assign(
    {},
    ...folders.map((folder) => JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')).terraform.required_providers),
  );
  writeFileSync(join(probe, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
  const { status, stdout, stderr } = terraform(['init', '-backend=false', '-no-color', '-input=false'], probe);
  if (status === 0) return undefined;
  const lines = `${stderr}${stdout}`
    .split('\n')
    .map((line) => line.replace(/^[│╷╵\s]+/, ''))
    .filter((line) => line !== '');
  const error = lines.findIndex((line) => line.startsWith('Error:'));
  return lines.slice(Math.max(error, 0), Math.max(error, 0) + 3).join(' ');
}

function isValid(id, folder) {
  const module = join(scratch, id);
  mkdirSync(module);
  copyFileSync(join(folder, 'cdk.tf.json'), join(module, 'cdk.tf.json'));
  const init = terraform(['init', '-backend=false', '-no-color', '-input=false'], module);
  const validate = init.status === 0 ? terraform(['validate', '-no-color'], module) : init;
  process.stdout.write(`${validate.status === 0 ? 'valid  ' : 'INVALID'} ${id}\n`);
  if (validate.status !== 0) process.stdout.write(`${validate.stdout}${validate.stderr}\n`);
  rmSync(module, { recursive: true });
  return validate.status === 0;
}
