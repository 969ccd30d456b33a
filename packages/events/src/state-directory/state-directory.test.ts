import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { makeStateDirectory, stateDirectory, StateDirectoryError } from './state-directory.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function pathFor(uid: number, env: Readonly<Record<string, string>>, given?: string): string {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  return stateDirectory(given, env).path;
}

test('cannot be made where a file lies, which says what to do', () => {
  const dir = mkdtempSync(join(tmpdir(), 'permafrost-state-'));
  try {
    writeFileSync(join(dir, 'file'), '');
    for (const path of [join(dir, 'file'), join(dir, 'file', 'below')]) {
      const words = `cannot make the state directory ${path} (a file is in its place): name another`;
      const make = (): void => makeStateDirectory(stateDirectory(path));
      expect(make).toThrow(StateDirectoryError);
      expect(make).toThrow(words);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

describe('the state directory', () => {
  test('is the one that is given, else that of the environment', () => {
    const env = { PERMAFROST_STATE: '/srv/state', XDG_STATE_HOME: '/xdg' };
    expect(pathFor(1000, env, 'here')).toBe(resolve('here'));
    expect(pathFor(0, env)).toBe('/srv/state');
  });

  test('of root is that of the system', () => {
    expect(pathFor(0, { PERMAFROST_STATE: '', XDG_STATE_HOME: '/xdg' })).toBe(
      '/var/lib/permafrost',
    );
  });

  test.each([
    [{ XDG_STATE_HOME: '/xdg' }, '/xdg/permafrost'],
    [{}, join(homedir(), '.local/state/permafrost')],
    [{ XDG_STATE_HOME: '' }, join(homedir(), '.local/state/permafrost')],
    [{ XDG_STATE_HOME: 'xdg' }, join(homedir(), '.local/state/permafrost')],
  ])('of others follows %j', (env, path) => {
    expect(pathFor(1000, env)).toBe(path);
  });
});
