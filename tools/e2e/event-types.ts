import { join } from 'node:path';
import { codecs, type StoredEvent } from '@permafrost/events';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import type { Installation } from '../harness/installation.ts';

/** What stands in the journal: kind, type and direction of each event, in the global order. */
export async function eventTypes({ state }: Installation): Promise<readonly string[]> {
  const journal = await openSqliteJournal({ path: join(state, 'journal.db') });
  try {
    return (await journal.readAll(0, 10_000)).map(describe);
  } finally {
    await journal.close();
  }
}

function describe({ kind, body }: StoredEvent): string {
  const { event } = codecs[kind].decode(body);
  const fields = 'entry' in event ? event.entry : event;
  return [kind, event.type, ...('direction' in fields ? [fields.direction] : [])].join(' ');
}
