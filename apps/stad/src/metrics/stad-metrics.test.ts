import { randomUuid } from '@permafrost/events';
import { FilesFault, type ImmutableTree, type Watch } from '@permafrost/workflow-core';
import { FakeLock } from '@permafrost/workflow-core/testing';
import { expect, test } from 'vitest';
import { StadMetrics } from './stad-metrics.ts';

const watch: Watch = { signal: new AbortController().signal, onStep: () => undefined };

const failing = (code: 'FILES_IO' | 'FILES_CANCELLED'): ImmutableTree => ({
  examine: () => Promise.resolve(undefined),
  apply: () => Promise.reject(new FilesFault(code, 'no', { retry: 'later' })),
});

test('a walk that failed is told apart from one that was cancelled, and adds no entries', async () => {
  const metrics = new StadMetrics();
  for (const code of ['FILES_IO', 'FILES_CANCELLED'] as const)
    await expect(metrics.tree(failing(code)).apply('freeze', '/d', watch)).rejects.toThrow('no');
  const text = await metrics.text();
  expect(text).toContain('permafrost_tree_walks_total{kind="freeze",outcome="fault"} 1\n');
  expect(text).toContain('permafrost_tree_walks_total{kind="freeze",outcome="cancelled"} 1\n');
  expect(text).toContain('permafrost_tree_entries_seen_total{kind="freeze"} 0\n');
});

test('a repo is at work while its lock is held, also when the work fails', async () => {
  const metrics = new StadMetrics();
  const during = metrics.lock(new FakeLock()).hold(randomUuid(), watch.signal, async () => {
    expect(await metrics.text()).toContain('permafrost_repos_at_work 1\n');
    throw new Error('over');
  });
  await expect(during).rejects.toThrow('over');
  expect(await metrics.text()).toContain('permafrost_repos_at_work 0\n');
});
