import {
  Engine,
  JournalUnavailableError,
  mainCodec,
  nilUlid,
  NoVC,
  RetryNoVC,
  ulidSource,
  type StreamKind,
  type Vid,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { freezeRepoWorkflows, isFreezeRepoError } from '../freeze-repo/freeze-repo.ts';
import { author, eventId, exreg, idOf } from '../testing/names.ts';
import { isUnfreezeRepoError, unfreezeRepoWorkflows } from '../unfreeze-repo/unfreeze-repo.ts';
import { workflowIndex } from '../workflow-index/workflow-index.ts';
import { WorkflowError, type WorkflowErrorCode } from './errors.ts';
import type { Workflows } from './workflows.ts';

const id = idOf('workflow');
const start = {
  registryId: exreg,
  registryName: 'exreg',
  startRegistryVid: eventId(1),
  repoId: idOf('repo'),
  repoGlobalPath: '/example/data/run',
  startRepoVid: eventId(2),
  author,
};
const bad = { code: 105, message: 'disk trouble' };

describe.each([
  ['freeze', freezeRepoWorkflows, isFreezeRepoError, unfreezeRepoWorkflows, isUnfreezeRepoError],
  ['unfreeze', unfreezeRepoWorkflows, isUnfreezeRepoError, freezeRepoWorkflows, isFreezeRepoError],
] as const)('%s-repo', (direction, workflowsOf, isOurs, othersOf, isTheirs) => {
  let journal: MemoryJournal;
  let engine: Engine;
  let workflows: Workflows;

  beforeEach(() => {
    journal = new MemoryJournal();
    engine = new Engine({ journal, nextId: ulidSource() });
    workflows = workflowsOf(engine);
  });

  test('each command on its own leads from version to version', async () => {
    const vids: Vid[] = [];
    const note = async (told: Promise<Vid>): Promise<Vid> => {
      const vid = await told;
      vids.push(vid);
      expect((await workflows.findId(id)).vid).toBe(vid);
      return vid;
    };
    const codes: number[] = [];
    let vid = await note(workflows.init(id, start));
    for (const step of ['beginFiles', 'commitFiles', 'commit', 'end'] as const) {
      codes.push((await workflows.findId(id)).stateCode);
      vid = await note(workflows[step](id, vid));
    }
    expect([...codes, (await workflows.findId(id)).stateCode]).toEqual([1, 2, 3, 5, 7]);
    expect(new Set(vids).size).toBe(5);
  });

  test('what was found tells all about the workflow', async () => {
    let vid = await workflows.init(id, start);
    vid = await workflows.beginFiles(id, vid);
    vid = await workflows.abortFiles(id, vid, bad);
    expect(await workflows.findId(id)).toMatchObject({
      id,
      vid,
      registryId: exreg,
      registryName: 'exreg',
      repoId: start.repoId,
      repoGlobalPath: start.repoGlobalPath,
      author,
      status: 'files-failed',
      stateCode: 4,
      statusCode: 105,
      statusMessage: 'disk trouble',
    });
    const last = { code: 101, message: 'given up' };
    await workflows.abort(id, vid, last);
    expect(await workflows.findId(id)).toMatchObject({
      stateCode: 6,
      statusCode: 101,
      statusMessage: 'given up',
    });
  });

  test('a repeated command resolves to the version that is there, also with an old one (gap 2)', async () => {
    const first = await workflows.init(id, start);
    const vid = await workflows.beginFiles(id, first);
    expect(await workflows.beginFiles(id, first)).toBe(vid);
    expect(await workflows.init(id, start)).toBe(vid);
  });

  const codeOf = async (
    work: () => Promise<unknown>,
  ): Promise<WorkflowErrorCode | 'done' | 'other'> => {
    try {
      await work();
      return 'done';
    } catch (error) {
      expect(isOurs(error)).toBe(true);
      expect(isTheirs(error)).toBe(false);
      return error instanceof WorkflowError ? error.code : 'other';
    }
  };

  const store = async (kind: StreamKind, body: Uint8Array): Promise<void> => {
    await journal.commit([
      { do: 'append', history: id, kind, id: eventId(1), parent: nilUlid, body },
    ]);
  };

  it.each<[string, WorkflowErrorCode, () => Promise<unknown>]>([
    ['nothing begun', 'UNINITIALIZED', () => workflows.findId(id)],
    ['a command too early', 'STATE_CONFLICT', () => workflows.end(id, NoVC)],
    [
      'no author',
      'INVALID_COMMAND',
      () => workflows.init(id, { ...start, author: { name: '', email: '' } }),
    ],
    [
      'an abort that means success',
      'INVALID_COMMAND',
      async () => {
        await workflows.init(id, start);
        await workflows.abort(id, NoVC, { code: 0, message: '' });
      },
    ],
    [
      'an abort after the end',
      'ALREADY_TERMINATED',
      async () => {
        await workflows.init(id, start);
        await workflows.abort(id, NoVC, bad);
        await workflows.end(id, NoVC);
        await workflows.abort(id, NoVC, bad);
      },
    ],
    [
      'the same id for something else',
      'NOT_IDEMPOTENT',
      async () => {
        await workflows.init(id, start);
        await workflows.init(id, { ...start, repoGlobalPath: '/else' });
      },
    ],
    [
      'an old version',
      'NEW_EVENTS',
      async () => {
        const old = await workflows.init(id, start);
        await workflows.beginFiles(id, old);
        await workflows.commitFiles(id, old);
      },
    ],
    [
      'a lost race',
      'NEW_EVENTS',
      async () => {
        await workflows.init(id, start);
        await Promise.all([
          workflows.beginFiles(id, NoVC),
          workflowsOf(engine).abort(id, NoVC, bad),
        ]);
      },
    ],
    [
      'a journal that is down',
      'JOURNAL',
      () => {
        journal.head = () => Promise.reject(new JournalUnavailableError('disk is full'));
        return workflows.findId(id);
      },
    ],
    [
      'a workflow of the other direction',
      'EVENT_TYPE',
      async () => {
        await othersOf(engine).init(id, start);
        await workflows.findId(id);
      },
    ],
    [
      'a command to a workflow of the other direction',
      'EVENT_TYPE',
      async () => {
        await othersOf(engine).init(id, start);
        await workflows.beginFiles(id, NoVC);
      },
    ],
    [
      'an index',
      'EVENT_TYPE',
      async () => {
        const entry = {
          direction,
          workflowId: idOf('x'),
          startedEventId: eventId(3),
          globalPath: '/r',
        };
        await engine.tell(workflowIndex, id, NoVC, { type: 'BeginWorkflow', entry });
        await workflows.findId(id);
      },
    ],
    [
      'a workflow that is neither',
      'EVENT_TYPE',
      async () => {
        const body = mainCodec.encode(
          { type: 'MainInitialized', name: 'x' },
          { id: eventId(1), parent: nilUlid },
        );
        await store('workflow', body);
        await workflows.findId(id);
      },
    ],
    [
      'bytes that are no event',
      'EVENT_TYPE',
      async () => {
        await store('workflow', Uint8Array.of(255, 255));
        await workflows.findId(id);
      },
    ],
  ])('%s: %s', async (_, code, work) => {
    expect(await codeOf(work)).toBe(code);
  });

  test('with RetryNoVC a lost race is decided again', async () => {
    await workflows.init(id, start);
    await Promise.all([
      workflows.beginFiles(id, RetryNoVC),
      workflowsOf(engine).beginFiles(id, RetryNoVC),
    ]);
    expect((await workflows.findId(id)).stateCode).toBe(2);
  });

  test('only WorkflowErrors are ours', () => {
    expect(isOurs(new Error('x'))).toBe(false);
    expect(isOurs(undefined)).toBe(false);
  });
});
