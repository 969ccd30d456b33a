import { expect, test } from 'vitest';
import { Draft } from '../testing/draft.ts';
import { inquiriesSuite } from '../testing/inquiries-suite.ts';
import { journalSuite } from '../testing/journal-suite.ts';
import { noticeboardSuite } from '../testing/noticeboard-suite.ts';
import { tracesSuite } from '../testing/traces-suite.ts';
import { MemoryJournal } from './memory-journal.ts';

function open() {
  const journal = new MemoryJournal();
  return Promise.resolve({ journal, noticeboard: journal, close: () => journal.close() });
}

journalSuite('memory', open);
noticeboardSuite('memory', open);
inquiriesSuite('memory', open);
tracesSuite('memory', open);

test('a simulator decides when listeners are woken', async () => {
  const due: (() => void)[] = [];
  const journal = new MemoryJournal({ schedule: (run) => due.push(run) });
  let wakeUps = 0;
  journal.subscribe(() => wakeUps++);
  await journal.commit([new Draft().append()]);
  await journal.commit([new Draft().append()]);
  expect(wakeUps).toBe(0);
  while (due.length > 0) due.shift()?.();
  expect(wakeUps).toBe(1);
});
