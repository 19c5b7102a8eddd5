/**
 * The runtime of jest for this repository: Jest's, but what a worker has compiled once it does not compile again for the next file
 * of tests.
 *
 * Each file still runs every module anew, with state of its own, but for the rooms of `shared-rooms.js`. What is kept is only the
 * function around a module's text, which V8 has by then compiled and made fast. All files of a worker run in one context, see
 * `shared-packages.js`, so it is the same function; in another context nothing of it is used.
 */
const { default: Runtime } = require('jest-runtime');
const { shareRooms } = require('./shared-rooms.js');

/** By context, then by file: the text that was compiled, and its function. */
const compiled = new WeakMap();

class KeptCode extends Runtime {
  constructor(config, environment, ...others) {
    super(config, environment, ...others);
    const { executor } = this;
    const context = environment.getVmContext();
    executor.compile = keeping(context, executor.compile.bind(executor));
    if (context !== null) shareRooms(this, context, config.rootDir);
  }
}

/** Compiles a text of a file in the context, unless that was done before. */
function keeping(context, compile) {
  // Without a context the environment has ended.
  if (context === null) return compile;
  const known = compiled.get(context) ?? new Map();
  compiled.set(context, known);
  return (text, file) => {
    const kept = known.get(file);
    if (kept?.text === text) return kept.code;
    const code = compile(text, file);
    known.set(file, { text, code });
    return code;
  };
}

module.exports = Object.assign(KeptCode, { keeping });
