/**
 * `npm run bench`: time and peak memory of Terrace, compared with two programs of cdktf's own.
 *
 * - floor: `node -e 'require("cdktf")'`, the cost of any cdktf program before its first line;
 * - stock: the program of `cdktf init --template=typescript`, copied from the installed CLI, run under ts-node as its
 *   cdktf.json does, with one empty stack.
 *
 * Every round runs each case once, so that load on the machine affects all cases alike; medians are printed. `--rounds 9`
 * sets the number of rounds. Nothing fails by being slow.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLE, bundle, buildIfNeeded } from '../scripts/build.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const WORK = join(ROOT, 'dist', 'bench');
const TEMPLATE = join(ROOT, 'node_modules', 'cdktf-cli', 'bundle', 'templates', 'typescript');
const GNU_TIME = '/usr/bin/time';

const roundsAt = process.argv.indexOf('--rounds');
const ROUNDS = roundsAt === -1 ? 5 : Number(process.argv[roundsAt + 1]);
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
  const many = (count) => ({
    name: `program, ${count} generated ${count === 1 ? 'environment' : 'environments'}`,
    command: [node, generated, String(count)],
    generated: true,
  });
  const cases = [
    { name: 'floor: require("cdktf")', command: [node, '-e', 'require("cdktf")'] },
    {
      name: 'stock template under ts-node',
      command: [node, join(ROOT, 'node_modules', 'ts-node', 'dist', 'bin.js'), 'main.ts'],
      cwd: stock,
    },
    { name: 'program, all environments', command: [node, BUNDLE, 'synth'] },
    many(1),
    { name: 'npm run synth, all environments', command: ['npm', 'run', 'synth', '--'] },
    many(25),
    many(50),
    many(100),
  ];
  const results = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
    cases.forEach((each, index) => results[index].push(measure(each, join(outputs, String(index)))));
  }
  print(cases, results);
}

/** The template as `cdktf init` writes it, next to our node_modules. */
function writeStockTemplate() {
  const folder = join(WORK, 'stock');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.ts'), readFileSync(join(TEMPLATE, 'main.ts'), 'utf8').replace('{{ $base }}', 'stock'));
  copyFileSync(join(TEMPLATE, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  return folder;
}

/** One run: seconds, peak MB, and the number of stacks. */
function measure({ name, command, cwd = ROOT, generated }, output) {
  rmSync(output, { recursive: true, force: true });
  const isSynth = generated || command.includes('synth');
  const args = isSynth ? [...command, '--output', output] : command;
  const memoryFile = join(outputs, 'memory');
  const measured = existsSync(GNU_TIME)
    ? [GNU_TIME, '-f', '%M', '-o', memoryFile, ...args]
    : [args[0], ...(args[0] === process.execPath ? ['--require', join(ROOT, 'bench', 'peak-memory.cjs')] : []), ...args.slice(1)];
  const began = process.hrtime.bigint();
  const env = { ...process.env, BENCH_MEMORY_FILE: memoryFile };
  const { status, stderr } = spawnSync(measured[0], measured.slice(1), { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
  const kilobytes = existsSync(memoryFile) ? Number(readFileSync(memoryFile, 'utf8')) : Number.NaN;
  rmSync(memoryFile, { force: true });
  return { seconds, megabytes: kilobytes / 1024, stacks: isSynth ? readdirSync(join(output, 'stacks')).length : 0 };
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
  const table = [
    ['case', 'seconds', '× floor', '× stock', 'peak MB', 'stacks', 'ms a stack above the floor'],
    ['---', '--:', '--:', '--:', '--:', '--:', '--:'],
    ...rows.map(({ name, seconds, megabytes, stacks }) => [
      name,
      seconds.toFixed(2),
      (seconds / floor.seconds).toFixed(1),
      (seconds / stock.seconds).toFixed(2),
      Number.isNaN(megabytes) ? '' : megabytes.toFixed(0),
      stacks === 0 ? '' : String(stacks),
      stacks === 0 ? '' : (((seconds - floor.seconds) * 1000) / stacks).toFixed(1),
    ]),
  ];
  process.stdout.write(
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, medians of ${ROUNDS}\n\n`,
  );
  process.stdout.write(`${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`);
}
