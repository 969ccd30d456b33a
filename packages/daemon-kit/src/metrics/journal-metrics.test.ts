import { JournalConflictError, JournalUnavailableError, nilUlid } from '@permafrost/events';
import { Draft, journalSuite, MemoryJournal } from '@permafrost/events/testing';
import { expect, test } from 'vitest';
import { JournalMetrics } from './journal-metrics.ts';
import { Metrics } from './metrics.ts';

// All of it passes through, and works as before.
journalSuite('measured', () => {
  const { registry } = new Metrics({ daemon: 'test', version: '0' });
  const journal = new JournalMetrics(registry).measured(new MemoryJournal());
  return Promise.resolve({ journal, close: () => journal.close() });
});

test('counts commits by their end, and the events of those that succeeded', async () => {
  const metrics = new Metrics({ daemon: 'test', version: '0' });
  const inner = new MemoryJournal();
  const batches: number[] = [];
  const journal = new JournalMetrics(metrics.registry).measured(inner, (batch) => {
    batches.push(batch.length);
  });
  const draft = new Draft('registry');
  const first = draft.append('one');
  await journal.commit([first, draft.append('two')]);
  const late = { do: 'expect', history: first.history, head: nilUlid } as const;
  await expect(journal.commit([late])).rejects.toThrow(JournalConflictError);
  inner.commit = () => Promise.reject(new JournalUnavailableError('disk full'));
  await expect(journal.commit([])).rejects.toThrow('disk full');

  const text = await metrics.text();
  for (const outcome of ['ok', 'conflict', 'fault'])
    expect(text).toContain(`permafrost_journal_commits_total{outcome="${outcome}"} 1\n`);
  expect(text).toContain('permafrost_journal_events_appended_total 2\n');
  expect(text).toContain('permafrost_journal_commit_duration_seconds_count 3\n');
  expect(batches).toEqual([2]);
});
