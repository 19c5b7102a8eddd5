/** The formatter imports modules while it runs: it is loaded by Node itself, outside of jest's own context. */
module.exports = globalThis[Symbol.for('terrace.load-module')]('prettier');
