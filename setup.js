// Adds cdktf's matchers (toHaveResource, toHaveResourceWithProperties, ...) to jest's expect. The adapter alone: the whole of
// cdktf's testing loads ten times as long.
globalThis[Symbol.for('terrace.load-shared')]('cdktf/lib/testing/adapters/jest').setupJest();

// A bash whose input is a socket, as Node gives it, reads ~/.bashrc when no shell is above it. There, a PATH that a test has set
// can become another one. A test that gives a shell an environment of its own passes this on.
process.env.SHLVL = '2';
