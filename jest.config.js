/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Tests of a system are in its folder, so that they go with it.
  testMatch: ['<rootDir>/__tests__/**/*.test.ts', '<rootDir>/environments/**/*.test.ts'],
  setupFilesAfterEnv: ['<rootDir>/setup.js'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
    '\\.(sh|sql|css|browser\\.js)$': '<rootDir>/__tests__/support/import-text.js',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/'],
  testTimeout: 60_000,
  // The suites are bound by the processor, and jest leaves one core idle by itself.
  maxWorkers: '100%',
};
