// Adds cdktf's matchers (toHaveResource, toHaveResourceWithProperties, ...) to jest's expect. The adapter alone: the whole of
// cdktf's testing loads ten times as long.
globalThis[Symbol.for('terrace.load-shared')]('cdktf/lib/testing/adapters/jest').setupJest();
