/**
 * Proves that Terrace runs on each supported Node: installs the newest release of each from npm, synthesises every environment
 * with it, compares all files byte by byte with those of the running Node, and lists the stacks by the cdktf command line.
 *
 *   npm run test:runtimes                      every version
 *   npm run test:runtimes -- 24                one
 *
 * Exit codes: 0 all equal, 1 not, 3 npm cannot reach the packages. The workflow `compatibility` runs the whole of the tests on each.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './checkout-copy.mjs';

const VERSIONS = ['20', '22', '24', '26'];

const log = (line) => process.stdout.write(`${line}\n`);
const versions = process.argv.length > 2 ? process.argv.slice(2) : VERSIONS;
mkdirSync(join(ROOT, '.terrace'), { recursive: true });
const work = mkdtempSync(join(ROOT, '.terrace', 'runtimes-'));
try {
  process.exitCode = prove();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function prove() {
  const expected = join(work, 'expected');
  const synthesis = run('node', ['scripts/terrace.mjs', 'synth', '--output', expected]);
  if (synthesis.status !== 0) return fail(`Node ${process.versions.node}: the synthesis fails`, synthesis);
  let exitCode = 0;
  for (const version of versions) {
    const program = install(version);
    if (program === undefined) {
      log(`test:runtimes cannot run: npm does not reach Node ${version}`);
      return 3;
    }
    exitCode = Math.max(exitCode, proveVersion(version, program, expected));
  }
  return exitCode;
}

/** The folder of the Node binary, or undefined where npm does not reach the package. */
function install(version) {
  const folder = join(work, `node-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--prefer-offline'];
  // The package `node` fetches its binary by an install script; the packages of the platforms are the binary.
  const { platform, arch } = process;
  const name = `node-${platform}-${arch}`;
  const { status } = spawnSync('npm', ['install', ...options, `${name}@${version}`], { cwd: folder, stdio: 'ignore' });
  return status === 0 ? join(folder, 'node_modules', name, 'bin') : undefined;
}

function proveVersion(version, program, expected) {
  const output = join(work, `output-${version}`);
  const synthesis = run('node', ['scripts/terrace.mjs', 'synth', '--output', output], program);
  if (synthesis.status !== 0) return fail(`Node ${version}: the synthesis fails`, synthesis);
  if (/DeprecationWarning/.test(synthesis.stderr)) return fail(`Node ${version}: the synthesis prints a warning`, synthesis);
  const different = filesOf(expected).filter((file) => contentOf(expected, file) !== contentOf(output, file));
  if (different.length > 0 || filesOf(output).length !== filesOf(expected).length)
    return fail(`Node ${version}: ${different.length} files differ, the first is ${different[0]}`, synthesis);
  const list = run('node', ['node_modules/cdktf-cli/bundle/bin/cdktf', 'list'], program);
  if (list.status !== 0) return fail(`Node ${version}: cdktf list fails`, list);
  log(`Node ${version}: ${filesOf(output).length} files are equal, and cdktf lists the stacks`);
  return 0;
}

function run(command, args, program) {
  const path = program === undefined ? process.env.PATH : `${program}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH: path, CHECKPOINT_DISABLE: '1' };
  return spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', env, maxBuffer: 1 << 28 });
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

/** Undefined for a file that does not exist. */
function contentOf(folder, file) {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return undefined;
  }
}

function fail(sentence, { stdout, stderr }) {
  process.stderr.write(`${sentence}\n${`${stdout}${stderr}`.trimEnd().split('\n').slice(-15).join('\n')}\n`);
  return 1;
}
