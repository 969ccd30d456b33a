// What a power cut leaves of a journal, for tests: a workload is recorded with what was acknowledged
// when, and images of its files are made as they may be found afterwards.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { Draft, headsOf, nextId } from '../../testing/draft.ts';
import type { Change, Head, Journal } from '../journal.ts';
import { openSqliteJournal } from './open-sqlite-journal.ts';
import { temporaryPath } from './temporary-journal.ts';

/** The files of a journal at some moment. */
export interface Image {
  db: Buffer;
  wal: Buffer;
}

/** What a journal holds, as a value that can be compared. */
export type Contents = Readonly<{ events: readonly string[]; heads: readonly Head[] }>;

/** A commit that was acknowledged when the log had so many valid bytes. */
type Acknowledged = Readonly<{ walBytes: number; contents: Contents }>;

/** A workload, from just after a checkpoint to the end. */
export interface Recording {
  before: Image;
  after: Image;
  /** What was there before the first commit, and after each. */
  commits: readonly [Acknowledged, ...Acknowledged[]];
}

const MEMORY = '/dev/shm';
const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const PAGE_BYTES = 4096;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;
const SECTOR_BYTES = 512;

/** The workload twice, with a checkpoint between: first into a new log, then over an old one. */
export async function record(commits: number): Promise<readonly [Recording, Recording]> {
  const path = await temporaryPath();
  const journal = await openSqliteJournal({ path });
  try {
    const workload = new Workload();
    const first = await recordOne(path, journal, { workload, commits });
    checkpoint(path);
    return [first, await recordOne(path, journal, { workload, commits })];
  } finally {
    await journal.close();
  }
}

/** The files after a checkpoint that copied only some of the pages to the database. */
export function tornCheckpoints(
  [first, second]: readonly [Recording, Recording],
  random: () => number,
): Image {
  const db = Buffer.from(second.before.db);
  for (let at = 0; at < db.length; at += PAGE_BYTES) {
    if (random() < 0.5) db.fill(0, at, at + PAGE_BYTES);
    if (random() < 0.5) db.set(first.after.db.subarray(at, at + PAGE_BYTES), at);
  }
  return { db, wal: first.after.wal };
}

/** Every way in which the log may have been cut: at each frame, inside of frames, and with torn ends. */
export function* cuts({ before, after }: Recording): Generator<{ at: number; image: Image }> {
  const { db, wal } = after;
  const end = validBytes(wal);
  // What a cut leaves over of an older log stays behind the new frames.
  const image = (...parts: Buffer[]): Image => {
    const written = Buffer.concat(parts);
    return { db, wal: Buffer.concat([written, before.wal.subarray(written.length)]) };
  };
  for (const at of [0, 1, WAL_HEADER_BYTES - 1]) yield { at, image: image(wal.subarray(0, at)) };
  for (let at = WAL_HEADER_BYTES; at <= end; at += FRAME_BYTES) {
    yield { at, image: image(wal.subarray(0, at)) };
    if (at === end) return;
    const frame = wal.subarray(at, at + FRAME_BYTES);
    for (const torn of tornEnds(frame)) {
      const cut = image(wal.subarray(0, at), torn);
      // What is missing may be there all the same, by chance: in an older log, or as a sector of zeros.
      if (!cut.wal.subarray(at, at + FRAME_BYTES).equals(frame)) yield { at, image: cut };
    }
  }
}

function tornEnds(frame: Buffer): readonly Buffer[] {
  const insides = [1, FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + 100, FRAME_BYTES - 1];
  const allButLastSector = frame.subarray(0, FRAME_BYTES - SECTOR_BYTES);
  return [
    ...insides.map((inside) => frame.subarray(0, inside)),
    Buffer.concat([allButLastSector, Buffer.alloc(SECTOR_BYTES)]),
    Buffer.concat([allButLastSector, Buffer.alloc(SECTOR_BYTES, 0xa5)]),
  ];
}

/** Puts an image on the disk, and reads all of it as a program would that starts after the cut. */
export async function contentsOf(image: Image): Promise<Contents> {
  // In memory where possible: what follows is thousands of syncs of files that nobody wants to keep.
  const path = await temporaryPath(existsSync(MEMORY) ? MEMORY : undefined);
  await writeFile(path, image.db);
  await writeFile(`${path}-wal`, image.wal);
  const journal = await openSqliteJournal({ path });
  try {
    return await contents(journal);
  } finally {
    await journal.close();
  }
}

async function recordOne(
  path: string,
  journal: Journal,
  { workload, commits }: { workload: Workload; commits: number },
): Promise<Recording> {
  const before = await imageOf(path);
  const acknowledged: [Acknowledged, ...Acknowledged[]] = [
    { walBytes: 0, contents: await contents(journal) },
  ];
  for (let i = 0; i < commits; i++) {
    await journal.commit(workload.next());
    const { wal } = await imageOf(path);
    acknowledged.push({ walBytes: validBytes(wal), contents: await contents(journal) });
  }
  return { before, after: await imageOf(path), commits: acknowledged };
}

/** Batches of one event and of several, over several histories, some of which are deleted. */
class Workload {
  readonly #drafts = [new Draft('registry'), new Draft('repo'), new Draft()];
  #count = 0;

  next(): Change[] {
    const i = this.#count++;
    const batch = this.#drafts
      .slice(0, 1 + (i % 3))
      .map((draft) => draft.append(`${i} ${'x'.repeat((i * 997) % 6000)}`, { id: nextId() }));
    const doomed = i % 5 === 4 ? this.#drafts.pop() : undefined;
    if (!doomed) return batch;
    this.#drafts.push(new Draft());
    return [...batch, doomed.delete()];
  }
}

async function contents(journal: Journal): Promise<Contents> {
  const heads = await headsOf(journal);
  // Read one by one, so that every chain is checked.
  for (const { history } of heads) await journal.read(history);
  const events = await journal.readAll(0, 100_000);
  return { events: events.map(({ id, body }) => `${id} ${Buffer.from(body).toString()}`), heads };
}

async function imageOf(path: string): Promise<Image> {
  return { db: await readFile(path), wal: await readFile(`${path}-wal`) };
}

function checkpoint(path: string): void {
  const db = new Database(path);
  db.pragma('wal_checkpoint(RESTART)');
  db.close();
}

/** The length of the header and of all frames that belong to it, rather than to an older log. */
function validBytes(wal: Buffer): number {
  const salts = wal.subarray(16, 24);
  let at = WAL_HEADER_BYTES;
  while (at < wal.length && wal.subarray(at + 8, at + 16).equals(salts)) at += FRAME_BYTES;
  return Math.min(at, wal.length);
}
