import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { stateDirectory } from './state-directory.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function pathFor(uid: number, env: Readonly<Record<string, string>>, given?: string): string {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  return stateDirectory(given, env).path;
}

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
