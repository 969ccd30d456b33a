// The tests that a changed line has to fail. The simulation is left out: it takes seconds a run, and
// what it alone notices deserves a test that says what is wrong.
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    include: ['packages/workflow-core/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/simulation.test.ts'],
  },
};

export default config;
