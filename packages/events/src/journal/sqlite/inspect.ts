// Looks at every page and every row of a journal's file. Takes seconds for a large one, and therefore
// runs in a thread of its own; everything here is synchronous.
import type { Database } from 'better-sqlite3';
import { JournalUnusableError } from '../errors.ts';
import type { Position } from '../journal.ts';
import { addChecksumFunction } from './checksum.ts';
import { isSqliteError } from './faults.ts';
import { identify, schemaVersion } from './migrate.ts';

/** What a journal's file holds, and what is wrong with it. Nothing is counted where pages are damaged. */
export type Inspection = Readonly<{
  schemaVersion: number;
  /** Those that were deleted are not counted. */
  histories: number;
  events: number;
  /** The position of the last event. */
  end: Position;
  /** One line each; none if the file is sound. Only so many of each kind are listed. */
  defects: readonly string[];
}>;

/** `pages`: only what SQLite itself can tell soon, and nothing of what the rows say. */
export type Thoroughness = 'rows' | 'pages';

const DEFECTS_MAX = 100;

/** The first schema with checksums. */
const CHECKSUMS_SINCE = 3;

/** Each finds what SQLite cannot know to be wrong; the first column says where. */
const CHECKS: readonly { since: number; sql: string; what: string }[] = [
  {
    since: CHECKSUMS_SINCE,
    sql: 'SELECT hex(id) FROM events WHERE checksum <> crc32(body)',
    what: 'has another body than was stored',
  },
  {
    since: 1,
    sql: `SELECT hex(id) FROM (
            SELECT id, parent, lag(id, 1, zeroblob(16)) OVER (PARTITION BY hid ORDER BY position) AS previous
            FROM events)
          WHERE parent <> previous`,
    what: 'does not follow its parent',
  },
  {
    since: 1,
    sql: `SELECT hex(histories.id) FROM histories WHERE deleted_ms IS NULL AND head IS NOT (
            SELECT events.id FROM events WHERE hid = histories.hid ORDER BY position DESC LIMIT 1)`,
    what: 'does not end with its latest event',
  },
  {
    since: 1,
    sql: `SELECT hex(id) FROM histories
          WHERE deleted_ms IS NOT NULL AND hid IN (SELECT hid FROM events)`,
    what: 'is deleted, but has events',
  },
  {
    since: 1,
    sql: `SELECT hex(id) FROM histories
          WHERE kind NOT IN ('main', 'registry', 'repo', 'workflow', 'index')`,
    what: 'is of an unknown kind',
  },
];

/** Throws {@link JournalUnusableError} for a file that is no journal, or of a newer program. */
export function inspect(db: Database, thoroughness: Thoroughness): Inspection {
  identify(db);
  addChecksumFunction(db);
  const version = schemaVersion(db);
  if (version === 0) throw new JournalUnusableError(`${db.name} is empty: it is no journal yet`);
  const count = (sql: string): number => db.prepare<[], number>(sql).pluck().get() ?? 0;
  const lines = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all();
  const pragma = { rows: 'integrity_check', pages: 'quick_check' }[thoroughness];
  const damage = damageIn(db, pragma);
  if (damage.length > 0) {
    return { schemaVersion: version, histories: 0, events: 0, end: 0, defects: damage };
  }
  // One transaction: all statements see the same moment, while others go on writing.
  return db.transaction((): Inspection => {
    const checks = thoroughness === 'rows' ? CHECKS : [];
    const wrong = checks
      .filter(({ since }) => since <= version)
      .flatMap(({ sql, what }) =>
        lines(`${sql} LIMIT ${DEFECTS_MAX}`).map((id) => `${id.toLowerCase()} ${what}`),
      );
    return {
      schemaVersion: version,
      histories: count('SELECT count(*) FROM histories WHERE deleted_ms IS NULL'),
      events: count('SELECT count(*) FROM events'),
      end: count("SELECT seq FROM sqlite_sequence WHERE name = 'events'"),
      defects: wrong,
    };
  })();
}

/** What SQLite tells of its pages. Throws its error if that comes before the first line. */
function damageIn(db: Database, pragma: string): readonly string[] {
  const told: string[] = [];
  try {
    const lines = db.prepare<[], string>(`PRAGMA ${pragma}(${DEFECTS_MAX})`).pluck();
    for (const text of lines.iterate()) told.push(...text.split('\n'));
  } catch (error) {
    // It looks at the rows, too, and gives up at those that the damage hides.
    if (told.length === 0 || !isSqliteError(error)) throw error;
  }
  return told.filter((line) => line !== 'ok' && !line.startsWith('***'));
}
