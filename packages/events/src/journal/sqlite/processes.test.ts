// The journal between real processes: nothing acknowledged is lost, and news travels by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { randomUuid, type Uuid } from '../../ids/uuid.ts';
import { bodies, Draft } from '../../testing/draft.ts';
import { WakeUps } from '../../testing/wake-ups.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const PROGRAM = fileURLToPath(new URL('appending-process.ts', import.meta.url));

interface Appending {
  path: string;
  history?: Uuid;
  count: number;
  pauseMs?: number;
}

/** Starts a process that appends to a history, and collects what it says was acknowledged. */
function appending({ path, history = randomUuid(), count, pauseMs = 0 }: Appending) {
  const args = [PROGRAM, path, history, count.toString(), pauseMs.toString()];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const acknowledged: string[] = [];
  const lines = createInterface(child.stdout).on('line', (id) => acknowledged.push(id));
  return { child, history, acknowledged, lines, ended: once(lines, 'close') };
}

test('two processes that create and fill a journal together lose nothing', async () => {
  const path = await temporaryPath();
  const shared = randomUuid();
  const both = [
    appending({ path, history: shared, count: 60 }),
    appending({ path, history: shared, count: 60 }),
  ];
  const alone = appending({ path, count: 60 });
  await Promise.all([...both, alone].map(({ ended }) => ended));

  const journal = await openUntilTestEnds({ path });
  const ids = async (history: Uuid) => (await journal.read(history)).map(({ id }) => id as string);
  expect(await ids(alone.history)).toEqual(alone.acknowledged);
  expect((await ids(shared)).sort()).toEqual(
    both.flatMap(({ acknowledged }) => acknowledged).sort(),
  );
  expect(await journal.end()).toBe(180);
  expect(await journal.checkIntegrity()).toEqual([]);
});

test('a killed process leaves every commit that was acknowledged', async () => {
  const path = await temporaryPath();
  for (const acknowledgedMin of [1, 10, 40]) {
    const writer = appending({ path, count: 1_000_000 });
    while (writer.acknowledged.length < acknowledgedMin) await once(writer.lines, 'line');
    writer.child.kill('SIGKILL');
    await writer.ended;

    const journal = await openUntilTestEnds({ path });
    const stored = (await journal.read(writer.history)).map(({ id }) => id as string);
    expect(stored.slice(0, writer.acknowledged.length)).toEqual(writer.acknowledged);
    // At most the commit under way may be there as well.
    expect(stored.length - writer.acknowledged.length).toBeLessThanOrEqual(1);
    expect(await journal.commit([new Draft().append()])).toBeGreaterThan(0);
    await journal.close();
  }
});

test('a commit of another process wakes a listener', async ({ annotate }) => {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const wakeUps = new WakeUps(journal);
  const count = 40;
  const writer = appending({ path, count, pauseMs: 5 });
  const latenciesMs: number[] = [];
  for (let position = 0; position < count;) {
    const woken = wakeUps.next();
    const events = await journal.readAll(position, 100);
    const nowMs = performance.timeOrigin + performance.now();
    latenciesMs.push(...bodies(events).map((beganMs) => nowMs - Number(beganMs)));
    position = events.at(-1)?.position ?? position;
    if (events.length === 0) await woken;
  }
  await writer.ended;
  expect(latenciesMs).toHaveLength(count);
  const median = latenciesMs.sort((a, b) => a - b)[count / 2] ?? NaN;
  await annotate(`from the begin of a commit to the reader: ${median.toFixed(2)} ms (median)`);
});
