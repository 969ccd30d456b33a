import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, mainId, NoVC, ulidSource, workflowIndexId, randomUuid } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { stateDirectory } from '@permafrost/events/state-directory';
import { initMain, main, workflowIndex } from '@permafrost/workflow-core';
import { silentLog } from '@permafrost/workflow-core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serve } from './stad.ts';

const patience = { timeout: 10_000 };

const settings = {
  host: 'localhost',
  driver: 'simulated',
  log: silentLog,
  roots: [],
  jobsMax: 1,
  retryForMs: 0,
} as const;

test('stad saves the states that it has read at its start, for the next one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'permafrost-stad-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const state = stateDirectory(dir);
  const journal = await openSqliteJournal({ path: state.journal });
  const nextId = ulidSource();
  const engine = new Engine({ journal, nextId });
  const index = workflowIndexId('exreg');
  await initMain(engine);
  await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'exreg' });
  await engine.transact(async (tx) => {
    for (let i = 0; i < 500; i++) {
      const workflowId = randomUuid();
      const entry = { direction: 'freeze', workflowId, startedEventId: nextId() } as const;
      const begun = { ...entry, globalPath: '/example/data/foo' };
      await tx.tell(workflowIndex, index, { type: 'BeginWorkflow', entry: begun });
      await tx.tell(workflowIndex, index, {
        type: 'CommitWorkflow',
        workflowId,
        completedEventId: nextId(),
      });
    }
  });
  const stopping = new AbortController();
  const served = serve({ journal, state, ...settings }, stopping.signal);
  await vi.waitUntil(() => journal.loadState(index), patience);
  stopping.abort();
  await served;
  await journal.close();
});

test('a defect ends all of stad: nobody waits for one that works no more', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'permafrost-stad-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const state = stateDirectory(dir);
  const journal = await openSqliteJournal({ path: state.journal });
  onTestFinished(() => journal.close());
  vi.spyOn(journal, 'readAll').mockImplementation(async () => {
    await vi.waitUntil(async () => (await journal.present()).length > 0, patience);
    throw new Error('a bug');
  });
  const { signal } = new AbortController();
  await expect(serve({ journal, state, ...settings }, signal)).rejects.toThrow('a bug');
  expect(await journal.present()).toEqual([]);
});
