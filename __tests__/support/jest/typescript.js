/** Jest's transformer of TypeScript: swc, with the shared packages loaded by the environment, see `shared-packages.js`. */
const { createTransformer } = require('@swc/jest');
const { SHARED } = require('./shared-packages.js');

const swc = createTransformer({ jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } });

/** `require("cdktf")`, as swc writes it. */
const REQUIRED = new RegExp(`\\brequire\\("(${SHARED.source})"\\)`, 'g');

module.exports = {
  process(...file) {
    const result = swc.process(...file);
    return { ...result, code: result.code.replace(REQUIRED, `globalThis[Symbol.for('terrace.load-shared')]("$1")`) };
  },
  getCacheKey: (text, file, options) => `${swc.getCacheKey(text, file, options)}-${SHARED.source.replace(/[^a-z]/g, '')}`,
};
