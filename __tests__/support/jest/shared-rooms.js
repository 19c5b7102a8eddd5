/**
 * Rooms of `src` whose modules are loaded once for all files of tests of a worker, instead of for each file: descriptions are
 * parsed by every other test, and V8 makes fast only what stays loaded.
 *
 * These rooms keep nothing but what their inputs say: no test can see what an earlier file did
 * (`__tests__/architecture/shared-packages.test.ts`). What a test replaces with `jest.mock` is in other rooms.
 */
const { statSync } = require('node:fs');
const { join, sep } = require('node:path');

const ROOMS = ['config', 'contracts'];

/** By context: the modules, the time of each one's file, and the runtime of the file of tests that is running. */
const shared = new WeakMap();

/** Shares the rooms' modules of a runtime with those of the files before and after it. */
function shareRooms(runtime, context, rootDir) {
  const isShared = (file) => ROOMS.some((room) => file.startsWith(join(rootDir, 'src', room) + sep));
  const known = shared.get(context) ?? { modules: new Map(), times: new Map() };
  shared.set(context, known);
  known.runtime = runtime;
  forgetChanged(known);
  runtime.registries.moduleRegistry = new ModulesWithShared(known, isShared);
  const { requireBuilder } = runtime;
  const builtFor = requireBuilder.for.bind(requireBuilder);
  // A module that imports another one later does so in the file that is running then.
  requireBuilder.for = (from, options) => {
    const own = builtFor(from, options);
    if (!isShared(from.filename)) return own;
    return Object.assign((name) => known.runtime.requireModuleOrMock(from.filename, name), own);
  };
}

/** While tests are watched, a worker sees files change. */
function forgetChanged({ modules, times }) {
  if ([...times].every(([file, time]) => timeOf(file) === time)) return;
  modules.clear();
  times.clear();
}

const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** The modules of a file of tests: its own, and those that are shared. */
class ModulesWithShared extends Map {
  constructor(known, isShared) {
    super();
    this.known = known;
    this.isShared = isShared;
  }

  get(file) {
    return super.get(file) ?? this.known.modules.get(file);
  }

  has(file) {
    return super.has(file) || this.known.modules.has(file);
  }

  set(file, module) {
    if (!this.isShared(file)) return super.set(file, module);
    this.known.modules.set(file, module);
    this.known.times.set(file, timeOf(file));
    return this;
  }

  /** Of a module that could not be loaded. */
  delete(file) {
    this.known.times.delete(file);
    return super.delete(file) || this.known.modules.delete(file);
  }
}

module.exports = { ROOMS, shareRooms };
