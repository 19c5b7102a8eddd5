/**
 * Bundles main.ts and everything it imports into dist/main.js, which starts several times faster than separate modules.
 * The bundle is kept while no input changes: dist/main.inputs.json holds the size and time of each.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
export const BUNDLE = join(ROOT, 'dist', 'main.js');
const INPUTS = join(ROOT, 'dist', 'main.inputs.json');

/** Inputs of every bundle besides its sources: this script and the installed packages. */
const ALWAYS = ['scripts/build.mjs', 'tsconfig.json', 'package.json', 'node_modules/.package-lock.json'];

/**
 * Loaded only where they are used: the parser of HCL for `--hcl`, which is WebAssembly next to its script, the TypeScript
 * compiler, a development dependency, for the reference pages, and the graph layout of the book's diagram (1.6 MB).
 */
const EXTERNAL = ['@cdktf/hcl2json', 'typescript', 'elkjs', '@inquirer/prompts'];

/** Bundles one entry point; the benchmark uses it for its generated environments. */
export async function bundle(entry, outfile) {
  const { build } = await import('esbuild').catch(() => {
    throw new Error('esbuild is not installed: run `npm ci` first');
  });
  return build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    // Scripts of the box's host, which are installed as they are; style and script of the book's pages.
    loader: { '.sh': 'text', '.sql': 'text', '.css': 'text', '.browser.js': 'text' },
    external: EXTERNAL,
    logLevel: 'error',
  });
}

/** Bundles the program unless the bundle is current. */
export async function buildIfNeeded({ quiet = false } = {}) {
  if (isFresh()) return;
  if (!quiet) process.stderr.write('Bundling the program …\n');
  const { metafile } = await bundle(join(ROOT, 'main.ts'), BUNDLE);
  const sources = Object.keys(metafile.inputs).filter((input) => !input.startsWith('node_modules/') && !input.startsWith('<'));
  const stamps = Object.fromEntries([...ALWAYS, ...sources].map((file) => [file, stamp(file)]));
  mkdirSync(dirname(INPUTS), { recursive: true });
  writeFileSync(INPUTS, JSON.stringify(stamps));
}

function isFresh() {
  try {
    statSync(BUNDLE);
    return Object.entries(JSON.parse(readFileSync(INPUTS, 'utf8'))).every(([file, known]) => stamp(file) === known);
  } catch {
    return false;
  }
}

function stamp(file) {
  const { mtimeMs, size } = statSync(join(ROOT, file), { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return `${mtimeMs} ${size}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildIfNeeded();
  process.stderr.write(`${relative(process.cwd(), BUNDLE)} is up to date.\n`);
}
