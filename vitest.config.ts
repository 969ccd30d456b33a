import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{proto,packages,apps,tools}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', './tools/count-reporter.ts'],
  },
});
