/**
 * The environment of jest for this repository: Node's, but the packages below are loaded once for all test files of a worker.
 *
 * Jest loads every module again for every test file, and cdktf, its providers and zod take longer to load than most files of tests
 * to run. Only packages are shared, never a module of this repository: each file has its own of those, as always. Packages and
 * tests have to be in one context, so that they mean the same by `Error` and `Object`: all files of a worker run in the same, and
 * what the last one left in it is removed.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { readFileSync } = require('node:fs');
const { createRequire, isBuiltin, wrap } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/** What is imported from the shared packages: none of their modules keeps anything of a test but what `tidy` removes. */
const SHARED = /(?:@cdktf\/provider-[a-z]+|cdktf|constructs|zod)(?:\/[^"]+)?/;

/** What an import of them becomes, see `typescript.js`. */
const LOAD = Symbol.for('terrace.load-shared');

/** How `kubernetes-client.js` and `prettier.js` load a package with modules in their own format, which jest cannot. */
const LOAD_MODULE = Symbol.for('terrace.load-module');

/** The environment of the worker's first file. */
let first;

/** The storages that run code of the file. */
const storages = new Set();

/**
 * Jest runs each file's tests in a new storage of asynchronous context, and never ends it. Before Node 24, Node then asks every
 * storage about every promise that is made, so that each file slows down all later ones of the worker.
 */
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
  storages.add(this);
  return run.apply(this, args);
};

class SharedPackages extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    if (first === undefined) {
      first = this;
      const load = loaderIn(this.context);
      this.global[LOAD] = (id) => load(require.resolve(id));
      this.global[LOAD_MODULE] = require;
    } else {
      const { context: shared, global, fakeTimers, fakeTimersModern, moduleMocker } = first;
      Object.assign(this, { context: shared, global, fakeTimers, fakeTimersModern, moduleMocker });
      tidy(global);
    }
  }

  /** The context stays for the next file. */
  async teardown() {
    this.fakeTimers.useRealTimers();
    this.fakeTimersModern.useRealTimers();
    for (const storage of storages) storage.disable();
    storages.clear();
  }
}

/** Removes what a file has left: cdktf's tokens, which hold every construct, changes of the environment, and matchers. */
function tidy(global) {
  for (const tokens of Object.values(global.__cdktfTokenMap ?? {})) if (typeof tokens.clear === 'function') tokens.clear();
  const { env } = global.process;
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, process.env);
  global.process.exitCode = undefined;
  const expected = global[Symbol.for('$$jest-matchers-object')];
  if (expected === undefined) return;
  for (const name of Object.keys(expected.matchers)) delete expected.matchers[name];
  expected.customEqualityTesters.length = 0;
}

/** Loads modules in the format of CommonJS, each once. */
function loaderIn(context) {
  const loaded = new Map();
  return function load(file) {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {}, filename: file, id: file };
    loaded.set(file, module);
    const find = createRequire(file);
    const require = (id) => (isBuiltin(id) ? find(id) : load(find.resolve(id)));
    require.resolve = find.resolve;
    const text = readFileSync(file, 'utf8');
    const source = file.endsWith('.json') ? `module.exports = ${text}` : text;
    new Script(wrap(source), { filename: file }).runInContext(context)(module.exports, require, module, file, dirname(file));
    return module.exports;
  };
}

module.exports = Object.assign(SharedPackages, { SHARED });
