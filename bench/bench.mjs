/**
 * `npm run bench`: processor time and peak memory of Terrace, compared with two programs of cdktf's own.
 *
 * - floor: `node -e 'require("cdktf")'`, the cost of any cdktf program before its first line;
 * - stock: the program of `cdktf init --template=typescript`, copied from the installed CLI, run under ts-node as its
 *   cdktf.json does, with one empty stack.
 *
 * Processor time is that of the whole process with its children, in user and system mode: unlike the time on the clock, it hardly
 * depends on what else the machine does. Every round runs each case once, so that load affects all cases alike; medians are
 * printed. `--rounds 9` sets the number of rounds, `--largest 1000` that of environments in the largest case. Nothing fails by
 * being slow.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, buildIfNeeded } from '../scripts/build.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const WORK = join(ROOT, 'dist', 'bench');
const TEMPLATE = join(ROOT, 'node_modules', 'cdktf-cli', 'bundle', 'templates', 'typescript');
const GNU_TIME = '/usr/bin/time';

const ROUNDS = numberOf('--rounds', 5);
const LARGEST = numberOf('--largest', 300);
const outputs = mkdtempSync(join(tmpdir(), 'terrace-bench-'));

try {
  await buildIfNeeded();
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  await main();
} finally {
  rmSync(outputs, { recursive: true, force: true });
}

async function main() {
  const generated = join(WORK, 'generated.js');
  await bundle(join(ROOT, 'bench', 'generated.ts'), generated);
  const stock = writeStockTemplate();
  const node = process.execPath;
  const terrace = join(ROOT, 'scripts', 'terrace.mjs');
  const many = (count) => ({
    name: `program, ${count} generated ${count === 1 ? 'environment' : 'environments'}`,
    command: [node, join(ROOT, 'bench', 'run-generated.mjs'), generated, String(count)],
    environments: count,
  });
  const cases = [
    { name: 'floor: require("cdktf")', command: [node, '-e', 'require("cdktf")'] },
    {
      name: 'stock template under ts-node',
      command: [node, join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js'), 'main.ts'],
      cwd: stock,
    },
    { name: 'program, all environments', command: [node, terrace, 'synth'], environments: 'all' },
    { name: 'npm run synth, all environments', command: ['npm', 'run', 'synth', '--'], environments: 'all' },
    ...[1, 25, 100, LARGEST].map(many),
  ].flatMap((each) => (each.environments === undefined ? [each] : [builtAgain(each), unchanged(each)]));
  // Compiles, and writes the code that later runs start from; keeps the groups of every case.
  for (const each of cases.filter(
    ({ environments, isBuilt }) => environments !== undefined && (isBuilt !== true || environments === 1),
  ))
    measure(each, join(outputs, 'first'));
  const results = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
    cases.forEach((each, index) => results[index].push(measure(each, join(outputs, String(index)))));
  }
  print(cases, results);
}

/** Every stack is built, as after a change of the program. */
function builtAgain(each) {
  return { ...each, name: `${each.name}, built`, command: [...each.command, '--no-cache'], isBuilt: true };
}

/** Nothing has changed since the last run. The output folder is empty all the same. */
function unchanged(each) {
  return { ...each, name: `${each.name}, unchanged`, isBuilt: false };
}

/** The template as `cdktf init` writes it, next to our node_modules. */
function writeStockTemplate() {
  const folder = join(WORK, 'stock');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.ts'), readFileSync(join(TEMPLATE, 'main.ts'), 'utf8').replace('{{ $base }}', 'stock'));
  copyFileSync(join(TEMPLATE, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  return folder;
}

/** One run: seconds of processor time, peak MB, and the number of stacks. */
function measure({ name, command, cwd = ROOT, environments }, output) {
  rmSync(output, { recursive: true, force: true });
  const args = environments === undefined ? command : [...command, '--output', output];
  const usageFile = join(outputs, 'usage');
  const measured = existsSync(GNU_TIME)
    ? [GNU_TIME, '-f', '%U %S %M', '-o', usageFile, ...args]
    : [args[0], ...(args[0] === process.execPath ? ['--require', join(ROOT, 'bench', 'usage.cjs')] : []), ...args.slice(1)];
  const env = { ...process.env, BENCH_USAGE_FILE: usageFile };
  const { status, stderr } = spawnSync(measured[0], measured.slice(1), { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
  const used = existsSync(usageFile) ? readFileSync(usageFile, 'utf8').split(' ').map(Number) : [];
  rmSync(usageFile, { force: true });
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = used;
  const stacks = environments === undefined ? 0 : readdirSync(join(output, 'stacks')).length;
  return { seconds: user + system, megabytes: kilobytes / 1024, stacks };
}

function numberOf(option, otherwise) {
  const at = process.argv.indexOf(option);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function print(cases, results) {
  const rows = cases.map(({ name }, index) => ({
    name,
    seconds: median(results[index].map(({ seconds }) => seconds)),
    megabytes: median(results[index].map(({ megabytes }) => megabytes)),
    stacks: results[index][0].stacks,
  }));
  const [floor, stock] = rows;
  const oneOf = (isBuilt) => rows[cases.findIndex((each) => each.environments === 1 && each.isBuilt === isBuilt)];
  const table = [
    ['case', 'seconds', '× floor', '× stock', 'peak MB', 'stacks', 'ms for each further stack'],
    ['---', '--:', '--:', '--:', '--:', '--:', '--:'],
    ...rows.map(({ name, seconds, megabytes, stacks }, index) => [
      name,
      text(seconds, 2),
      text(seconds / floor.seconds, 1),
      text(seconds / stock.seconds, 2),
      text(megabytes, 0),
      stacks === 0 ? '' : String(stacks),
      // Equal figures in this column: the time grows in proportion to the number of environments.
      cases[index].environments > 1 ? furtherStack({ seconds, stacks }, oneOf(cases[index].isBuilt)) : '',
    ]),
  ];
  process.stdout.write(
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, medians of ${ROUNDS}\n\n`,
  );
  process.stdout.write(`${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`);
}

/** Milliseconds. */
function furtherStack({ seconds, stacks }, one) {
  return text(((seconds - one.seconds) * 1000) / (stacks - one.stacks), 1);
}

function text(number, digits) {
  return Number.isNaN(number) ? '' : number.toFixed(digits);
}
