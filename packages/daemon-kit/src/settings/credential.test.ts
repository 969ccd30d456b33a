import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fileOrCredential } from './credential.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'permafrost-credentials-'));
  vi.stubEnv('CREDENTIALS_DIRECTORY', dir);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

test('a credential is the file that systemd has made of it, read-only as it is', () => {
  writeFileSync(join(dir, 'regd.pem'), 'secret', { mode: 0o400 });
  expect(fileOrCredential('credential:regd.pem')).toBe(join(dir, 'regd.pem'));
});

test.for(['regd.pem', '/etc/permafrost/regd.pem', './credential:x'])(
  '%s is a file like any other',
  (path) => {
    expect(fileOrCredential(path)).toBe(path);
  },
);

test('a credential that is not loaded is told with what to do', () => {
  const remedy = 'Put LoadCredential=regd.pem:/path/to/file into the unit, and restart it.';
  const ask = (): string => fileOrCredential('credential:regd.pem');
  expect(ask).toThrow(InvalidArgumentError);
  expect(ask).toThrow(`cannot read ${join(dir, 'regd.pem')} (ENOENT). ${remedy}`);
  vi.stubEnv('CREDENTIALS_DIRECTORY', '');
  expect(ask).toThrow(`systemd has loaded no credentials here. ${remedy}`);
});

test.for(['', '..', '.', '../regd.pem', 'a/b', 'a:b'])('%j is no name of a credential', (name) => {
  expect(() => fileOrCredential(`credential:${name}`)).toThrow('not credential:NAME');
});
