// The journal as a table: what was written down, where, in the one order that all daemons see.
import { codecs, ulidTimeMs, type Journal, type StoredEvent } from '@permafrost/events';

const columns = ['registry', 'repo', 'workflow', 'index'] as const;
const WIDTH = 27;

export async function timeline(journal: Journal): Promise<string> {
  const events = await journal.readAll(0, 1000);
  const startMs = events[0] ? ulidTimeMs(events[0].id) : 0;
  const head = ['       ms', ...columns.map((name) => name.padEnd(WIDTH))].join('  ');
  return [head, ...events.map((event) => row(event, startMs))].join('\n');
}

function row(event: StoredEvent, startMs: number): string {
  const { type, ...rest } = codecs[event.kind].decode(event.body).event;
  const direction = directionOf(rest);
  const words = `${type}${direction ? ` (${direction})` : ''}`;
  const time = String(ulidTimeMs(event.id) - startMs).padStart(9);
  if (event.kind === 'main') return `${time}  main: ${words}`;
  const column = columns.indexOf(event.kind);
  return `${time}  ${' '.repeat(column * (WIDTH + 2))}${words}`;
}

function directionOf(fields: object): string {
  if ('direction' in fields) return String(fields.direction);
  return 'entry' in fields ? directionOf(fields.entry as object) : '';
}
