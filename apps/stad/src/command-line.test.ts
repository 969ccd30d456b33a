import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin/permafrost-stad.js', import.meta.url));

it.each([
  [['--fast'], 2],
  [[], 2],
  [['--host', 'files1', '--driver', 'magic'], 2],
  [['--host', ''], 2],
  [['--host', 'files1', '--state', ''], 2],
  [['--host', 'files1', '--root', ''], 2],
  [['--version'], 0],
])('%j ends with %i', (args, code) => {
  expect(spawnSync(process.execPath, [bin, ...args]).status).toBe(code);
});

it('ends with 2 for settings that cannot be used, so that its unit does not start it again', () => {
  const dir = mkdtempSync(join(tmpdir(), 'permafrost-stad-'));
  try {
    const file = join(dir, 'stad.toml');
    writeFileSync(file, 'jobs = "many"\n');
    const args = [bin, '--host', 'files1', '--state', dir, '--config', file];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${file}:1: jobs`)]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
