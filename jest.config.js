/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/__tests__/support/jest/shared-packages.js',
  // Tests of a system are in its folder, so that they go with it.
  testMatch: ['<rootDir>/__tests__/**/*.test.ts', '<rootDir>/environments/**/*.test.ts'],
  setupFilesAfterEnv: ['<rootDir>/setup.js'],
  transform: {
    '^.+\\.ts$': '<rootDir>/__tests__/support/jest/typescript.js',
    '\\.(sh|sql|css|browser\\.js)$': '<rootDir>/__tests__/support/import-text.js',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/'],
  testTimeout: 60_000,
  // The suites are bound by the processor, and jest leaves one core idle by itself.
  maxWorkers: '100%',
};
