// Ends a test run with one plain line of real counts, which CI and scripts can read.
import type { Reporter, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      // A file that does not even load has no tests to count, yet it has failed.
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0)
        count.failed++;
      for (const test of module.children.allTests()) count[test.result().state]++;
    }
    const { passed, failed, skipped, pending } = count;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped + pending} skipped`);
  }
}
