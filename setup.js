// Adds cdktf's matchers (toHaveResource, toHaveResourceWithProperties, ...) to jest's expect.
require('cdktf/lib/testing').Testing.setupJest();
