// Adds cdktf's matchers (toHaveResource, toHaveResourceWithProperties, ...) to jest's expect. The adapter alone: the whole of
// cdktf's testing loads ten times as long, in every test file.
require('cdktf/lib/testing/adapters/jest').setupJest();
