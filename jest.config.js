/** What all kinds of tests have in common. */
const common = {
  // Jest lists every file below these when it starts: without them, those of all packages too.
  roots: ['<rootDir>/__tests__', '<rootDir>/environments', '<rootDir>/src'],
  testEnvironment: '<rootDir>/__tests__/support/jest/shared-packages.js',
  runtime: '<rootDir>/__tests__/support/jest/kept-code.js',
  setupFilesAfterEnv: ['<rootDir>/setup.js'],
  transform: {
    '^.+\\.ts$': '<rootDir>/__tests__/support/jest/typescript.js',
    '\\.(sh|sql|css|browser\\.js)$': '<rootDir>/__tests__/support/import-text.js',
  },
  moduleNameMapper: {
    '^@kubernetes/client-node$': '<rootDir>/__tests__/support/jest/kubernetes-client.js',
    '^prettier$': '<rootDir>/__tests__/support/jest/prettier.js',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/'],
};

/** Tests of a system are in its folder, so that they go with it. */
const testsNamed = (end) => [`<rootDir>/__tests__/**/*${end}`, `<rootDir>/environments/**/*${end}`];

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'code',
      testMatch: testsNamed('.test.ts'),
      testPathIgnorePatterns: ['/node_modules/', '\\.(exhaustive|process|long)\\.test\\.ts$'],
    },
    // What goes over everything there is: every stack, every field, every moment of an interruption, hours of a simulation.
    { ...common, displayName: 'exhaustive', testMatch: testsNamed('.exhaustive.test.ts') },
    // What runs programs that take seconds: the program itself, Terraform or a stub of it, git, servers, a browser, a compiler.
    { ...common, displayName: 'processes', testMatch: testsNamed('.process.test.ts') },
    // What plays a whole release, move or deployment against servers, and takes more than half a minute: once a week, and by hand.
    { ...common, displayName: 'long', testMatch: testsNamed('.long.test.ts') },
  ],
  testTimeout: 60_000,
  // The suites are bound by the processor, and jest leaves one core idle by itself.
  maxWorkers: '100%',
};
