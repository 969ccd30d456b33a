// A process of the tests: appends to one history, as fast as it can or with pauses, and says on
// stdout which event the journal has acknowledged, one id a line. Arguments: the journal's path,
// the history, how many events, and the pause between them in milliseconds.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { nilUlid, ulidSource } from '../../ids/ulid.ts';
import { parseUuid } from '../../ids/uuid.ts';
import { JournalConflictError } from '../errors.ts';
import { openSqliteJournal } from './open-sqlite-journal.ts';

const [path = '', name = '', count = '0', pauseMs = '0'] = process.argv.slice(2);
const history = parseUuid(name);
const nextId = ulidSource();
const journal = await openSqliteJournal({ path });

for (let done = 0; done < Number(count);) {
  const id = nextId();
  const parent = (await journal.head(history))?.vid ?? nilUlid;
  // The body tells when the commit began, so that the other side can tell how long news takes.
  const body = new TextEncoder().encode((performance.timeOrigin + performance.now()).toString());
  try {
    await journal.commit([{ do: 'append', history, kind: 'workflow', id, parent, body }]);
  } catch (error) {
    if (error instanceof JournalConflictError) continue;
    throw error;
  }
  // Not buffered: what was said must be out before a kill.
  writeSync(process.stdout.fd, `${id}\n`);
  done++;
  if (Number(pauseMs) > 0) await sleep(Number(pauseMs));
}
await journal.close();
