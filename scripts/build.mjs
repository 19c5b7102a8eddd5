/**
 * Bundles the program into dist/main.js, which starts several times faster than separate modules, and each environment's file into
 * a bundle of its own below dist/environments, so that a mistake in one of them concerns that environment only. What builds stacks,
 * cdktf and its providers, is three quarters of all code and a third bundle, dist/main.packages.js: it is read only when stacks are
 * built, and bundled only when an import or an installed package has changed.
 *
 * A bundle is kept while none of its inputs changes: a file beside it holds the size and time of each.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
export const BUNDLE = join(ROOT, 'dist', 'main.js');

/** The list of environments, which imports each file when it is asked for. */
const LIST = join(ROOT, 'environments', 'index.ts');

/** Inputs of every bundle besides its sources: this script and the installed packages. */
const ALWAYS = ['scripts/build.mjs', 'tsconfig.json', 'package.json', 'node_modules/.package-lock.json'];

/**
 * Loaded only where they are used: the parser of HCL for `--hcl`, which is WebAssembly next to its script, the TypeScript
 * compiler and the formatter, development dependencies, for the reference pages, the lines of problems and new descriptions, the
 * graph layout of the book's diagram (1.6 MB), and the clients of AWS and Kubernetes for commands on what is deployed.
 */
const EXTERNAL = [
  '@cdktf/hcl2json',
  'typescript',
  'prettier',
  'elkjs',
  '@inquirer/prompts',
  '@aws-sdk/*',
  '@smithy/*',
  '@kubernetes/client-node',
  'ws',
];

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  // Scripts of the box's host, which are installed as they are; style and script of the book's pages.
  loader: { '.sh': 'text', '.sql': 'text', '.css': 'text', '.browser.js': 'text' },
};

/** Bundles a program, and its packages apart; the benchmark uses it for its generated environments. */
export async function bundle(entry, outfile, plugins = []) {
  const found = new Set();
  const result = await bundleOne({ entryPoints: [entry], outfile, plugins: [...plugins, packagesApart(outfile, found)] });
  await buildPackages(packagesOf(outfile), [...found].sort());
  return result;
}

async function bundleOne(options) {
  const { build } = await esbuild();
  return build({ ...COMMON, format: 'cjs', external: EXTERNAL, logLevel: 'error', ...options });
}

/** Each package is evaluated when it is first asked for. */
async function buildPackages(outfile, packages) {
  const record = readRecord(outfile);
  if (isFresh(record) && record.packages.join() === packages.join()) return;
  const loaders = packages.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)})`);
  const contents = `module.exports = {\n${loaders.join(',\n')}\n};`;
  await bundleOne({ stdin: { contents, resolveDir: ROOT }, outfile, sourcemap: false });
  writeRecord(outfile, [], { packages });
}

/** The bundle of packages of a bundle. */
export const packagesOf = (outfile) => outfile.replace(/\.js$/, '.packages.js');

/** cdktf, its successor under the names of that, and the bindings of providers. */
const PACKAGE = /^(?:cdkt[fn]|constructs|@cdkt[fn]\/provider-[a-z]+\/lib\/.+)$/;

/** Replaces the packages by calls into their bundle. */
function packagesApart(outfile, found) {
  const place = `./${basename(packagesOf(outfile))}`;
  return {
    name: 'packages-apart',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: PACKAGE }, ({ path }) => ({ path, namespace: 'packages' }));
      onResolve({ filter: /\.packages\.js$/ }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /.*/, namespace: 'packages' }, ({ path }) => {
        found.add(path);
        return { contents: `module.exports = require(${JSON.stringify(place)})[${JSON.stringify(path)}]();` };
      });
    },
  };
}

/** Bundles the program and the environments, except what is current. */
export async function buildIfNeeded({ quiet = false } = {}) {
  const program = readRecord(BUNDLE);
  const isCurrent = isFresh(program) && existsSync(packagesOf(BUNDLE));
  const files = isCurrent ? program.environments : await buildProgram(quiet);
  const stale = isCurrent ? files.filter((file) => !isFresh(readRecord(bundleOf(file)))) : files;
  if (stale.length > 0) await buildEnvironments(stale);
}

/** @returns the files that the list of environments imports, relative to the checkout */
async function buildProgram(quiet) {
  if (!quiet) process.stderr.write('Bundling the program …\n');
  const environments = new Set();
  const { metafile } = await bundle(join(ROOT, 'main.ts'), BUNDLE, [environmentsApart(environments)]);
  writeRecord(BUNDLE, Object.keys(metafile.inputs), { environments: [...environments] });
  return [...environments];
}

/** Leaves what the list of environments imports out of the program. */
function environmentsApart(found) {
  return {
    name: 'environments-apart',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\.?\// }, ({ path, importer, kind, resolveDir }) => {
        if (kind !== 'dynamic-import' || importer !== LIST) return undefined;
        const file = relative(ROOT, resolve(resolveDir, path));
        found.add(file);
        return { path: `./${relative(dirname(BUNDLE), bundleOf(file))}`, external: true };
      }),
  };
}

/** All at once, and one by one when that fails, so that a file with a mistake does not stop the others. */
async function buildEnvironments(files) {
  try {
    await bundleEnvironments(files);
  } catch (error) {
    if (!('errors' in error)) throw error;
    if (files.length > 1) await Promise.all(files.map((file) => buildEnvironments([file])));
    else await writeUncompiled(files[0], error.errors);
  }
}

async function bundleEnvironments(files) {
  const { build } = await esbuild();
  const { metafile } = await build({
    ...COMMON,
    entryPoints: files.map((file) => ({ in: join(ROOT, file), out: withoutExtension(file) })),
    outdir: join(ROOT, 'dist'),
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    logLevel: 'silent',
    plugins: [sharedModules, descriptionsOnly],
  });
  for (const [output, { entryPoint, inputs }] of Object.entries(metafile.outputs))
    if (entryPoint !== undefined) writeRecord(join(ROOT, output), Object.keys(inputs));
}

/** What extensions import of the program itself: src/extend/shared-modules.ts. */
const sharedModules = {
  name: 'shared-modules',
  setup: ({ onResolve, onLoad }) => {
    const extend = join(ROOT, 'src', 'extend');
    onResolve({ filter: /^(?:cdktf|constructs)$/ }, ({ path }) => ({ path, namespace: 'shared' }));
    onResolve({ filter: /\/src\/extend(?:\/index(?:\.ts)?)?$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path).startsWith(extend) ? { path: 'src/extend', namespace: 'shared' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
      contents: `module.exports = globalThis[Symbol.for('terrace.shared-modules')][${JSON.stringify(path)}];`,
    }));
  },
};

/** Of the product, a description uses a function or two that return their argument: everything else is left out. */
const descriptionsOnly = {
  name: 'descriptions-only',
  setup: ({ onResolve, resolve: find }) =>
    onResolve({ filter: /^\.\.?\// }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === 'found') return undefined;
      const found = await find(path, { importer, kind, resolveDir, pluginData: 'found' });
      return { ...found, sideEffects: !found.path.startsWith(join(ROOT, 'src')) };
    }),
};

/** A bundle that says why there is none. It has no record, so the next run tries again. */
async function writeUncompiled(file, errors) {
  const { formatMessages } = await esbuild();
  const [{ location }] = errors;
  const place = location === null ? file : `${location.file}:${location.line}`;
  const details = (await formatMessages(errors, { kind: 'error', color: false })).join('').trimEnd();
  const message = `does not compile  (${place})\n\n${details.replace(/^/gm, '  ').replace(/ +$/gm, '')}`;
  const outfile = bundleOf(file);
  rmSync(recordOf(outfile), { force: true });
  // `describeFault` shows only the message of an error with this name.
  writeWhole(outfile, `throw Object.assign(new Error(${JSON.stringify(message)}), { name: 'DoesNotCompile' });\n`);
}

async function esbuild() {
  return import('esbuild').catch(() => {
    throw new Error('esbuild is not installed: run `npm ci` first');
  });
}

const withoutExtension = (file) => file.replace(/\.[cm]?ts$/, '');

const bundleOf = (file) => join(ROOT, 'dist', `${withoutExtension(file)}.mjs`);

const recordOf = (outfile) => `${outfile.replace(/\.m?js$/, '')}.inputs.json`;

function writeRecord(outfile, inputs, more = {}) {
  const sources = inputs.filter((input) => !/^(?:node_modules\/|<|packages:)/.test(input));
  const stamps = Object.fromEntries([...ALWAYS, ...sources].map((file) => [file, stamp(file)]));
  writeWhole(recordOf(outfile), JSON.stringify({ stamps, ...more }));
}

/** What was written beside a bundle; undefined without one. */
function readRecord(outfile) {
  try {
    statSync(outfile);
    return JSON.parse(readFileSync(recordOf(outfile), 'utf8'));
  } catch {
    return undefined;
  }
}

function isFresh(record) {
  return record?.stamps !== undefined && Object.entries(record.stamps).every(([file, known]) => stamp(file) === known);
}

/** Another one for every version of a file, whose path may be relative to the checkout. */
export function stamp(file) {
  const { mtimeMs, size } = statSync(resolve(ROOT, file), { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return `${mtimeMs} ${size}`;
}

/** Never half of it, also when two runs write at once. */
export function writeWhole(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, content);
  renameSync(beside, file);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildIfNeeded();
    process.stderr.write(`${relative(process.cwd(), BUNDLE)} is up to date.\n`);
  } catch (error) {
    // esbuild has already printed errors in sources.
    if (!('errors' in error)) process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
