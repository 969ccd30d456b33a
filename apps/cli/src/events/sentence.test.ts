import { describe, expect, it } from 'vitest';
import pc from 'picocolors';
import { operator } from '@permafrost/proto';
import { eventLine } from './event-line.ts';
import { sentence, type AnyEvent } from './sentence.ts';

const direction = 'unfreeze';
const workflowId = '0b0a8c5e-6f0c-4f2a-9d1e-6a4c1f0e7b11';

describe('sentence', () => {
  it.each([
    [{ type: 'MainInitialized', name: 'main' }, 'the journal was set up'],
    [{ type: 'RegistryAccepted', name: 'lab' }, 'registry lab was asked for'],
    [{ type: 'RepoErrorSet', message: 'EIO' }, 'error: EIO'],
    [{ type: 'StorageStarted', direction, workflowId }, `unfreeze began, workflow ${workflowId}`],
    [
      { type: 'FilesCompleted', direction, status: { code: 0, message: '' } },
      'the files: unfrozen',
    ],
    [
      {
        type: 'FilesCompleted',
        direction: 'freeze',
        status: { code: 0, message: '' },
        commit: 'c0ffee',
      },
      'the files: frozen, recorded as commit c0ffee',
    ],
    [
      { type: 'WorkflowCompleted', direction, status: { code: 108, message: 'EIO' } },
      'registry and repo know: unfreeze failed with 108: EIO',
    ],
    [
      {
        type: 'RepoStorageCompleted',
        direction: 'freeze',
        repoId: 'r',
        workflowId,
        statusCode: 105,
      },
      'repo r: freeze failed with 105',
    ],
    [
      {
        type: 'WorkflowStarted',
        direction: 'freeze',
        start: { author: { name: 'A', email: 'a@x' }, repoGlobalPath: '/data', repair: true },
      },
      'A <a@x> asked to freeze /data again, as a repair',
    ],
    [
      { type: 'WorkflowIndexed', entry: { direction, globalPath: '/data', workflowId } },
      `unfreeze of /data began, workflow ${workflowId}`,
    ],
    [{ type: 'Unreadable', reason: 'cut off' }, 'an event that cannot be read: cut off'],
    [{ type: 'FromTheFuture' }, 'something newer than this program: FromTheFuture'],
  ])('%j', (event, words) => {
    expect(sentence(event as AnyEvent)).toBe(words);
  });
});

it('a line begins with the time', () => {
  const json = '{"type":"WorkflowCommitted","direction":"freeze"}';
  const event = operator.JournalEvent.fromPartial({ json, timeMs: 0 });
  expect(eventLine(event, pc.createColors(false))).toMatch(/^\d{4}-.* {2}the workflow has ended$/);
});
