import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { bodies, Draft, headsOf } from '../../testing/draft.ts';
import { backupJournal, inspectJournal, restoreJournal } from './backup.ts';
import type { SqliteJournal } from './sqlite-journal.ts';
import { openUntilTestEnds, temporaryPath } from './temporary-journal.ts';

const unusable = { code: 'JOURNAL_UNUSABLE', retry: 'never' };
const refused = { code: 'BACKUP_REFUSED', retry: 'never' };

async function filled() {
  const path = await temporaryPath();
  const journal = await openUntilTestEnds({ path });
  const [kept, doomed] = [new Draft('repo'), new Draft()];
  await journal.commit([kept.append('a'), kept.append('b'), doomed.append('c')]);
  await journal.commit([doomed.delete()]);
  const backUp = (destination: string) => backupJournal({ path, destination });
  return { path, journal, kept, destination: join(dirname(path), 'backup.db'), backUp };
}

const contents = async (journal: SqliteJournal) => ({
  events: await journal.readAll(0, 10_000),
  heads: await headsOf(journal),
  end: await journal.end(),
});

describe('a backup', () => {
  test('restores to the same journal', async () => {
    const { journal, destination, backUp } = await filled();
    const before = await contents(journal);
    expect(await backUp(destination)).toMatchObject({ histories: 1, events: 2, end: 3 });
    expect((await stat(destination)).mode & 0o777).toBe(0o600);
    await journal.commit([new Draft().append('after the backup')]);

    const path = await temporaryPath();
    await restoreJournal({ backup: destination, path });
    const restored = await openUntilTestEnds({ path });
    expect(await contents(restored)).toEqual(before);
    // Positions are not given again, also not that of an event that was deleted.
    expect(await restored.commit([new Draft().append()])).toBe(4);
  });

  test('is of one moment, while others go on writing', async () => {
    const { path, journal, destination, backUp } = await filled();
    const other = await openUntilTestEnds({ path });
    const draft = new Draft();
    const over = new AbortController();
    const writing = (async () => {
      // Both events or none: a copy with one of them would be of no moment.
      while (!over.signal.aborted) await other.commit([draft.append('x'), draft.append('y')]);
    })();
    const { events } = await backUp(destination).finally(() => over.abort());
    await writing;
    expect(events % 2).toBe(0);
    expect((await inspectJournal(destination)).defects).toEqual([]);
    expect(await journal.end()).toBeGreaterThan(events);
  });

  test('is never written over another file, and leaves nothing behind when it fails', async () => {
    const { destination, backUp } = await filled();
    await writeFile(destination, 'precious');
    await expect(backUp(destination)).rejects.toMatchObject(refused);
    expect(await readFile(destination, 'utf8')).toBe('precious');
    const nowhere = join(dirname(destination), 'nowhere', 'backup.db');
    await expect(backUp(nowhere)).rejects.toMatchObject(unusable);
    await expect(backUp(nowhere)).rejects.toThrow(`the backup ${nowhere} failed (ENOENT`);
    const left = await readdir(dirname(destination));
    expect(left.filter((name) => !name.startsWith('journal.db'))).toEqual(['backup.db']);
  });

  test('of a damaged journal is refused', async () => {
    const { path, destination, backUp } = await filled();
    const db = new Database(path);
    db.exec("UPDATE events SET body = x'00' WHERE position = 2");
    db.close();
    await expect(backUp(destination)).rejects.toMatchObject(unusable);
    await expect(backUp(destination)).rejects.toThrow(/has another body/);
    await expect(stat(destination)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('a backup of a journal that is too new is refused, by the name of the journal', async () => {
  const { path, destination, backUp } = await filled();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  await expect(backUp(destination)).rejects.toThrow(`the journal ${path} has schema 99`);
});

describe('a restore', () => {
  test('is refused while a journal, or a rest of one, is in the way', async () => {
    const { path, destination, backUp } = await filled();
    await backUp(destination);
    await expect(restoreJournal({ backup: destination, path })).rejects.toMatchObject(refused);
    const elsewhere = await temporaryPath();
    await writeFile(`${elsewhere}-wal`, 'of another database');
    const restore = restoreJournal({ backup: destination, path: elsewhere });
    await expect(restore).rejects.toThrow(/-wal exists: stop all daemons/);
  });

  test('of a damaged backup, or of something else, is refused', async () => {
    const { destination, backUp } = await filled();
    await backUp(destination);
    const db = new Database(destination);
    db.exec('UPDATE events SET parent = zeroblob(16) WHERE position = 2');
    db.close();
    const path = await temporaryPath();
    const restore = restoreJournal({ backup: destination, path });
    await expect(restore).rejects.toMatchObject(unusable);
    await expect(restore).rejects.toThrow(/does not follow its parent/);
    await writeFile(`${path}.txt`, 'a letter to my aunt\n'.repeat(100));
    const letter = restoreJournal({ backup: `${path}.txt`, path });
    await expect(letter).rejects.toMatchObject(unusable);
    const nothing = restoreJournal({ backup: `${path}.none`, path });
    await expect(nothing).rejects.toMatchObject(unusable);
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('goes on where the backup was made', async () => {
    const { kept, destination, backUp } = await filled();
    await backUp(destination);
    const path = join(dirname(destination), 'restored');
    await mkdir(path);
    await restoreJournal({ backup: destination, path: join(path, 'journal.db') });
    const restored = await openUntilTestEnds({ path: join(path, 'journal.db') });
    await restored.commit([kept.append('d')]);
    expect(bodies(await restored.read(kept.history))).toEqual(['a', 'b', 'd']);
  });
});
