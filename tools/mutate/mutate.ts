// `npm run mutate`: changes the core in small ways, one at a time, and tells which changes no test
// notices. Slow, and so a tool for people and not a check of each commit.
import { Stryker } from '@stryker-mutator/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const CORE = 'packages/workflow-core/src';
const USAGE = `usage: npm run mutate -- [FOLDER]... [--incremental]
  FOLDER          what to change, below ${CORE} (default: all of it)
  --incremental   run again only what the last such run did not find, or what has changed since`;

const top = join(import.meta.dirname, '../..');
const out = 'dist/mutate';
const { folders, incremental } = readArguments();
process.chdir(top);

await new Stryker({
  mutate: [
    ...folders.map((folder) => join(CORE, folder, '**/*.ts')),
    `!${CORE}/**/*.test.ts`,
    `!${CORE}/testing/**`,
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'tools/mutate/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  // Run once for all tests, as constants are, and so nothing to learn about a single test.
  ignoreStatic: true,
  // A change may make a loop endless; the machine may be busy with other work.
  timeoutMS: 20_000,
  concurrency: 2,
  thresholds: { high: 90, low: 85, break: 85 },
  incremental,
  incrementalFile: join(out, 'incremental.json'),
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false },
  jsonReporter: { fileName: join(out, 'report.json') },
  htmlReporter: { fileName: join(out, 'report.html') },
  tempDirName: join(out, 'sandbox'),
  ignorePatterns: ['dist', '.nx'],
}).runMutationTest();

function readArguments(): { folders: readonly string[]; incremental: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { incremental: { type: 'boolean', default: false } },
    });
    const missing = positionals.find((folder) => !existsSync(join(top, CORE, folder)));
    if (missing !== undefined) throw new Error(`no folder ${missing} in ${CORE}`);
    return { folders: positionals.length > 0 ? positionals : ['.'], ...values };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}
