/**
 * Runs a bundle from the machine code of an earlier run: compiling ten megabytes takes longer than most commands.
 *
 * The code is kept beside the bundle, a file for each command, because V8 compiles only the functions that a command calls. V8
 * itself refuses code of another version; the first line of a file names the bundle's size and time, because V8 does not look at
 * what the source says.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { packagesOf, stamp, writeWhole } from './build.mjs';

/** `import("elkjs")` of the bundle: in kept code Node finds no loader for it, so it becomes a call of a parameter of the wrapper. */
const DYNAMIC_IMPORT = /\bimport\((?="[^"\\\n]+"\))/g;

const [BEFORE, AFTER] = ['(function (exports, require, module, __filename, __dirname, __import) {', '\n})'];

/** The bundle of packages beside a bundle: scripts/build.mjs. */
const PACKAGES = /^\.\/[\w-]+\.packages\.js$/;

/**
 * Loads a bundle in the format of CommonJS.
 * @param command names the files of code; anything but a word of small letters keeps none
 * @param scripts what Node is called with to run it again, before the command
 */
export async function runBundle(bundle, command, scripts = [process.argv[1]]) {
  // A script of `vm` has no source map, which TERRACE_DEBUG is for.
  if (process.env.TERRACE_DEBUG === '1' || !/^[a-z][a-z:-]*$/.test(command ?? '')) {
    await import(pathToFileURL(bundle).href);
    return;
  }
  // src/cli/running-program.ts
  const program = [bundle, packagesOf(bundle)].map(stamp).join(', ');
  Object.assign(globalThis, { [Symbol.for('terrace.program')]: { program, folder: join(dirname(bundle), 'cache'), scripts } });
  load(bundle, command.replaceAll(':', '-'));
}

function load(bundle, name) {
  const version = Buffer.from(`${stamp(bundle)}\n`);
  const file = join(dirname(bundle), 'code', `${name}.bin`);
  const script = new vm.Script(`${BEFORE}${readFileSync(bundle, 'utf8').replace(DYNAMIC_IMPORT, '__import(')}${AFTER}`, {
    filename: bundle,
    columnOffset: -BEFORE.length,
    cachedData: readCode(file, version),
  });
  // Undefined without code, true with code of another version of V8.
  if (script.cachedDataRejected !== false)
    process.on('exit', (exitCode) => {
      if (exitCode === 0) writeCode(file, version, script.createCachedData());
    });
  const module = { exports: {} };
  const nodeRequire = createRequire(bundle);
  let packages;
  const required = (id) =>
    PACKAGES.test(id) ? (packages ??= load(join(dirname(bundle), id), `${name}.packages`)) : nodeRequire(id);
  const imported = (id) => import(id.startsWith('.') ? pathToFileURL(join(dirname(bundle), id)).href : id);
  script.runInThisContext()(module.exports, required, module, bundle, dirname(bundle), imported);
  return module.exports;
}

/** Undefined where there is none of this bundle. */
function readCode(file, version) {
  try {
    const kept = readFileSync(file);
    return kept.subarray(0, version.length).equals(version) ? kept.subarray(version.length) : undefined;
  } catch {
    return undefined;
  }
}

/** A folder that cannot be written costs only time. */
function writeCode(file, version, code) {
  try {
    writeWhole(file, Buffer.concat([version, code]));
  } catch {
    // As the next run: without code.
  }
}
