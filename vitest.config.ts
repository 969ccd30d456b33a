import { configDefaults, defineConfig } from 'vitest/config';

const WITH_DAEMONS = 'tools/e2e/**/*.test.ts';

// A machine that is busy is slow, and breaks nothing.
const patience = {
  testTimeout: 20_000,
  hookTimeout: 20_000,
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', './tools/count-reporter.ts'],
    projects: [
      {
        test: {
          name: 'parts',
          include: ['{proto,packages,apps,tools}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, WITH_DAEMONS],
          ...patience,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        // One file at a time: these start daemons, kill them, and watch how long they take.
        test: {
          name: 'daemons',
          include: [WITH_DAEMONS],
          ...patience,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
