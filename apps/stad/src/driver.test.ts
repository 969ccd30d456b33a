import { tmpdir } from 'node:os';
import { stateDirectory } from '@permafrost/events/state-directory';
import type { Log } from '@permafrost/workflow-core';
import { expect, it } from 'vitest';
import { openDriver } from './driver.ts';
import { ChattrDriver } from './tree/drivers/chattr.ts';
import { NativeDriver } from './tree/drivers/native.ts';

it.each([
  ['chattr', ChattrDriver, []],
  ['native', NativeDriver, []],
  ['auto', NativeDriver, ['driver chosen']],
] as const)('%s opens its driver, and tells when it had a choice', async (driver, kind, told) => {
  const heard: string[] = [];
  const log = logTo(heard);
  expect(await openDriver({ driver, state: stateDirectory(tmpdir()), log })).toBeInstanceOf(kind);
  expect(heard).toEqual(told);
});

function logTo(heard: string[]): Log {
  const hear = (_: unknown, message: string): void => void heard.push(message);
  return { info: hear, warn: hear, error: hear };
}
