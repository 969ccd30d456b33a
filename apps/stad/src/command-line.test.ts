import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin/permafrost-stad.js', import.meta.url));

it.each([
  [['--fast'], 2],
  [[], 2],
  [['--host', 'files1', '--driver', 'magic'], 2],
  [['--version'], 0],
])('%j ends with %i', (args, code) => {
  expect(spawnSync(process.execPath, [bin, ...args]).status).toBe(code);
});
