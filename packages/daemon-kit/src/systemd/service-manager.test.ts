import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@permafrost/workflow-core';
import { FakeClock, settled, silentLog } from '@permafrost/workflow-core/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NotifyReceiver } from '../testing/notify-receiver.ts';
import { ServiceManager } from './service-manager.ts';

let receiver: NotifyReceiver;
beforeEach(() => {
  receiver = new NotifyReceiver(`@permafrost-${randomUUID()}`);
});
afterEach(() => receiver[Symbol.dispose]());

const connect = (more: Record<string, string> = {}): Promise<ServiceManager> =>
  ServiceManager.connect(silentLog, { NOTIFY_SOCKET: receiver.name, ...more });

test('tells when a daemon is ready, reloads and stops, with a line for people', async () => {
  const manager = await connect();
  manager.ready('serves\nall');
  await manager.reloading(() => {
    expect(receiver.facts()).toEqual(['READY=1', 'RELOADING=1']);
    return Promise.resolve();
  });
  manager.stopping();
  expect(receiver.heard()).toEqual([
    'READY=1\nSTATUS=serves all',
    expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
    'READY=1',
    'STOPPING=1\nSTATUS=ends the work under way',
  ]);
});

test('a reload calls no daemon ready that starts or stops', async () => {
  const manager = await connect();
  const reload = (): Promise<void> => manager.reloading(() => Promise.resolve());
  await reload();
  manager.stopping();
  await reload();
  manager.ready('too late');
  expect(receiver.facts()).toEqual(['STOPPING=1']);
});

test('speaks to a socket with a path, too', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'permafrost-notify-'));
  try {
    using atPath = new NotifyReceiver(join(dir, 'notify'));
    (await ServiceManager.connect(silentLog, { NOTIFY_SOCKET: atPath.name })).ready('ok');
    expect(atPath.facts()).toEqual(['READY=1']);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('keeps the watchdog quiet as long as the daemon is well, and says why it does not', async () => {
  const manager = await connect({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: `${process.pid}` });
  const clock = new FakeClock();
  const stop = new AbortController();
  let isWell = true;
  manager.ready('ok');
  const watched = { isWell: () => Promise.resolve(isWell), clock };
  const keeping = manager.keepWatched(watched, stop.signal);
  await clock.advance(29_999);
  expect(receiver.facts()).toEqual(['READY=1']);
  await clock.advance(1);
  isWell = false;
  await clock.advance(30_000);
  isWell = true;
  await clock.advance(30_000);
  await settled();
  expect(receiver.heard().slice(1)).toEqual([
    'WATCHDOG=1\nSTATUS=ok',
    'STATUS=cannot write to the journal',
    'WATCHDOG=1\nSTATUS=ok',
  ]);
  stop.abort();
  await keeping;
});

test.for([{}, { WATCHDOG_USEC: '0' }, { WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }])(
  'tells no watchdog that does not ask for it: %j',
  async (env) => {
    const manager = await connect(env);
    // Ends at once, since it has nothing to do.
    await manager.keepWatched({ clock: new FakeClock() }, new AbortController().signal);
    expect(receiver.facts()).toEqual([]);
  },
);

test('leaves nothing of it to the processes that the daemon starts', async () => {
  const env = { NOTIFY_SOCKET: receiver.name, WATCHDOG_USEC: '1', WATCHDOG_PID: '1', PATH: '/bin' };
  await ServiceManager.connect(silentLog, env);
  expect(env).toEqual({ PATH: '/bin' });
});

test.for(['vsock:2:1234', '/nobody/listens', `@${'x'.repeat(200)}`])(
  'says that nobody can be told at %s, and lets the daemon run',
  async (name) => {
    const warn = vi.fn<Log['warn']>();
    const manager = await ServiceManager.connect({ ...silentLog, warn }, { NOTIFY_SOCKET: name });
    manager.ready('ok');
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]['err']).toMatchObject({ code: 'NOTIFY_SOCKET_UNUSABLE' });
  },
);
