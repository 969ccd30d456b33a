// Both daemons tell systemd how they fare, as its units with `Type=notify` wait for it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotifyReceiver } from '@permafrost/daemon-kit/testing';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { stateDirectory } from '@permafrost/events/state-directory';
import { expect, it } from 'vitest';
import { HOST, Installation } from '../harness/installation.ts';

const MINUTE_MS = 60_000;
const soon = { timeout: 10_000 };

it.for(['regd', 'stad'] as const)(
  '%s is ready, keeps its watchdog quiet, reloads, and stops',
  { timeout: MINUTE_MS },
  async (name) => {
    await using at = await Installation.create('simulated');
    using systemd = new NotifyReceiver(join(at.top, 'notify'));
    const env = { NOTIFY_SOCKET: systemd.name, WATCHDOG_USEC: '200000' };
    const daemon = await at.start(name, { env });
    await expect.poll(() => systemd.facts()[0], soon).toBe('READY=1');
    const serves = { regd: `serves unix:${join(at.state, 'regd.sock')}`, stad: `host ${HOST}` };
    expect(systemd.heard()[0]).toContain(serves[name]);
    const pings = (): number => systemd.facts().filter((fact) => fact === 'WATCHDOG=1').length;
    await expect.poll(pings, soon).toBeGreaterThan(2);

    daemon.signal('SIGHUP');
    const reload = ['READY=1', 'RELOADING=1', 'READY=1'];
    const others = (): readonly string[] => systemd.facts().filter((fact) => fact !== 'WATCHDOG=1');
    await expect.poll(others, soon).toEqual(reload);
    expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
    expect(others()).toEqual([...reload, 'STOPPING=1']);
  },
);

it.for(['regd', 'stad'])('a reload of %s first checks what a start would read', async (name) => {
  const file = new URL(`../../packaging/systemd/permafrost-${name}.service`, import.meta.url);
  const unit = await readFile(file, 'utf8');
  const commands = (key: string): readonly string[] =>
    [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, command = '']) => command);
  const [start = ''] = commands('ExecStart');
  const [check, ...rest] = commands('ExecReload');
  expect(check?.replace(/^\/usr\/bin\/env \S+ /, '')).toBe(`${start} --check-config`);
  expect(rest).toEqual(['/bin/kill -HUP $MAINPID']);
});

it(
  'regd does not quiet the watchdog while its heartbeat does not reach the journal',
  async () => {
    await using at = await Installation.create('simulated');
    using systemd = new NotifyReceiver(join(at.top, 'notify'));
    await at.start('regd', { env: { NOTIFY_SOCKET: systemd.name, WATCHDOG_USEC: '200000' } });
    await expect.poll(() => systemd.facts(), soon).toContain('WATCHDOG=1');
    const journal = await openSqliteJournal({ path: stateDirectory(at.state).journal });
    try {
      for (const { instance } of await journal.present()) await journal.withdraw(instance);
      const said = 'STATUS=cannot write to the journal';
      await expect.poll(() => systemd.facts(), soon).toContain(said);
      // Its next heartbeat tells that all is well again.
      await expect.poll(() => systemd.facts().at(-1), soon).toBe('WATCHDOG=1');
    } finally {
      await journal.close();
    }
  },
  MINUTE_MS,
);
