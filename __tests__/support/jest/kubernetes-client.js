/** The client of Kubernetes is in the format of modules: it is loaded by Node itself, outside of jest's own context. */
module.exports = globalThis[Symbol.for('terrace.load-module')]('@kubernetes/client-node');
