import tseslint from 'typescript-eslint';
import importDirection from './scripts/import-direction.mjs';

/** Loading a provider's root costs half a gigabyte and a second; its folders cost next to nothing. */
const PROVIDER_ROOTS = ['aws', 'cloudflare', 'helm', 'kubernetes'].map((provider) => ({
  name: `@cdktf/provider-${provider}`,
  message: `Import the one resource: '@cdktf/provider-${provider}/lib/<resource>'.`,
}));

/** Packages that a part of the repository does without. */
const withoutPackages = (files, patterns) => ({
  files,
  ignores: ['environments/**/*.test.ts'],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: PROVIDER_ROOTS, patterns }] },
});

export default tseslint.config(
  { ignores: ['dist/', 'cdktf.out/', '.gen/', 'coverage/', 'node_modules/', '.terrace/', '__tests__/architecture/toy-tier/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A construct registers itself with its scope: making one and dropping it is how cdktf works.
      'no-new': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'environments/**/*.ts', 'main.ts'],
    ignores: ['environments/**/*.test.ts'],
    plugins: { terrace: { rules: { 'import-direction': importDirection } } },
    rules: { 'terrace/import-direction': 'error' },
  },
  withoutPackages(['**/*.ts'], []),
  withoutPackages(
    ['src/config/**/*.ts'],
    [{ regex: '^(cdktf|constructs|@cdktf/.*)$', message: 'src/config is pure: it knows nothing of Terraform.' }],
  ),
  withoutPackages(
    ['environments/**/*.ts'],
    [{ regex: '^(?!\\.\\.?/)', message: 'An environment imports src/config and its own system, nothing else.' }],
  ),
  // Constructs of a team are in files of this name: descriptions stay data (docs/extending.md).
  withoutPackages(
    ['environments/**/extensions.ts'],
    [
      {
        regex: '^(?!\\.\\.?/|cdktf$|constructs$|@cdktf/provider-[a-z0-9]+/lib/|node:)',
        message: 'Extensions import src/extend, cdktf, constructs and resources of providers, nothing else.',
      },
    ],
  ),
  {
    files: ['__tests__/**/*.ts', 'environments/**/*.test.ts'],
    rules: {
      // Tests read synthesised JSON, which has no type.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
