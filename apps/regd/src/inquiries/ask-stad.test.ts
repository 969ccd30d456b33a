// A question and its answer through a real journal, from one connection to another.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeClock } from '@permafrost/daemon-kit';
import { randomUuid, type MessageType, type Subject } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { answerInquiries, responderTo } from '@permafrost/workflow-core';
import { silentLog } from '@permafrost/workflow-core/testing';
import { expect, test } from 'vitest';
import { askStad } from './ask-stad.ts';

const text: MessageType<string> = {
  encode: (message) => ({ finish: () => Buffer.from(message) }),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const spelling: Subject<string, string> = { kind: 'spell', question: text, item: text };
const ITEMS = 5000;

test('a long answer arrives whole, and nothing of it stays behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'permafrost-ask-'));
  const path = join(dir, 'journal.db');
  const [ours, theirs] = [await openSqliteJournal({ path }), await openSqliteJournal({ path })];
  const stop = new AbortController();
  const [instance, host, nowMs] = [randomUuid(), 'fs1', Date.now()];
  try {
    await theirs.announce({
      ...{ instance, daemon: 'stad', host, pid: 1, version: '0' },
      ...{ sinceMs: nowMs, heartbeatMs: nowMs },
    });
    const responder = responderTo(spelling, async function* (word) {
      for (let i = 0; i < ITEMS; i++) yield await Promise.resolve(`${word}${i}`);
    });
    const answering = answerInquiries(
      {
        journal: theirs,
        host,
        instance,
        responders: [responder],
        clock: nodeClock,
        log: silentLog,
      },
      stop.signal,
    );
    let next = 0;
    const context = { journal: ours, clock: nodeClock };
    for await (const item of askStad(context, spelling, { host, question: 'n' }, stop.signal))
      expect(item).toBe(`n${next++}`);
    expect(next).toBe(ITEMS);
    expect(await ours.inquiries.open(host)).toEqual([]);
    stop.abort();
    await answering;
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
    await rm(dir, { recursive: true });
  }
});
