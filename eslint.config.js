// Lint: strict and type-aware. The module boundaries of ARCHITECTURE.md are enforced here.
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const may = (sourceTag, ...onlyDependOnLibsWithTags) => ({ sourceTag, onlyDependOnLibsWithTags });

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'proto/gen/**', '**/dist/**', '.nx/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // Programs tell the version of the checkout.
          allow: ['../../../package.json'],
          depConstraints: [
            may('layer:proto'),
            may('layer:events', 'layer:proto'),
            may('layer:core', 'layer:events'),
            may('layer:kit', 'layer:core', 'layer:events'),
            may('app:regd', 'layer:kit', 'layer:core', 'layer:events', 'layer:proto'),
            may('app:stad', 'layer:kit', 'layer:core', 'layer:events'),
            may('app:cli', 'layer:kit', 'layer:events', 'layer:proto'),
            may('layer:tools', '*'),
          ],
        },
      ],
    },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    ignores: ['apps/*/src/version.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/package.json'], message: 'All programs have one version.' }] },
      ],
    },
  },
  {
    // The core decides; clock, ids, files and databases come in through its ports.
    files: ['packages/workflow-core/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', '@permafrost/events/sqlite', '@permafrost/proto'] }] },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
    },
  },
  prettier,
);
