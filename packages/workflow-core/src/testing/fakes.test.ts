import { parseUuid } from '@permafrost/events';
import { describe, expect, test } from 'vitest';
import { FilesFault } from '../ports/files.ts';
import { failing } from './effects.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeDisk } from './fake-disk.ts';
import { FakeLock, LockTable } from './fake-lock.ts';
import { FakeShadow } from './fake-shadow.ts';
import { FakeTree } from './fake-tree.ts';
import { settled } from './agenda.ts';

const repoId = parseUuid('6b1ad5b8-8c5f-4d4c-9d6c-3c5cb3c1a001');
const author = { name: 'A U Thor', email: 'author@example.org' };
const never = new AbortController().signal;
const watch = { signal: never, onStep: () => undefined };

function diskWithTree(): FakeDisk {
  const disk = new FakeDisk();
  disk.write('/data/run/deep/a.tif');
  disk.write('/data/run/b.txt');
  disk.write('/data/run/latest', { kind: 'link' });
  disk.write('/data/beside.txt');
  return disk;
}

describe('FakeClock', () => {
  test('wakes sleepers in the order of their due time, each after the other is done', async () => {
    const clock = new FakeClock(1000);
    const seen: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms, never);
      seen.push(`${name} ${clock.nowMs()}`);
    };
    const all = Promise.all([sleeper('late', 30), sleeper('early', 10), sleeper('same', 30)]);
    await clock.advance(20);
    expect(seen).toEqual(['early 1010']);
    await clock.advance(20);
    await all;
    expect(seen).toEqual(['early 1010', 'late 1030', 'same 1030']);
    expect(clock.nowMs()).toBe(1040);
  });

  test('wakes at once who is told to stop', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1000, abort.signal);
    abort.abort();
    await sleep;
    await clock.sleep(1000, abort.signal);
  });
});

describe('FakeDisk', () => {
  test('lets flags hold against users', () => {
    const disk = diskWithTree();
    disk.setImmutable('/data/run', true);
    disk.setImmutable('/data/run/deep/a.tif', true);
    expect(() => disk.write('/data/run/new')).toThrow(/not permitted: \/data\/run$/);
    expect(() => disk.write('/data/run/deep/a.tif')).toThrow(/a\.tif/);
    expect(() => disk.remove('/data/run/b.txt')).toThrow(/not permitted/);
    expect(() => disk.remove('/data/run/deep')).toThrow(/not permitted/);
    disk.write('/data/run/b.txt', { content: 'a flag on the directory guards the names only' });
    disk.write('/data/run/deep/new');
  });
});

describe('FakeTree', () => {
  test('freezes and thaws a tree, and does only the rest of what is half done', async () => {
    const disk = diskWithTree();
    const tree = new FakeTree(disk);
    disk.setImmutable('/data/run', true);
    expect(await tree.apply('freeze', '/data/run', watch)).toEqual({
      dirs: 2,
      files: 2,
      links: 1,
      others: 0,
      mounts: 0,
      changed: 3,
    });
    expect(disk.flagsWithin('/data/run')).toBe('all');
    expect(disk.get('/data/beside.txt')?.immutable).toBe(false);
    expect((await tree.apply('unfreeze', '/data/run', watch)).changed).toBe(4);
    expect(disk.flagsWithin('/data/run')).toBe('none');
  });

  test('flags a directory before what is below, and clears it after', async () => {
    const order: string[] = [];
    const disk = diskWithTree();
    const tree = new FakeTree(disk, {
      onEffect: ({ effect, when, path }) => {
        if (when === 'after' && effect !== 'stad:verify')
          order.push(path.replace('/data/run', '.'));
      },
    });
    await tree.apply('freeze', '/data/run', watch);
    expect(order.splice(0)).toEqual(['.', './b.txt', './deep', './deep/a.tif']);
    await tree.apply('unfreeze', '/data/run', watch);
    expect(order).toEqual(['./b.txt', './deep/a.tif', './deep', '.']);
  });

  test('throws what is injected, and FilesFaults of its own', async () => {
    const fault = new FilesFault('FILES_IO', 'disk trouble', { retry: 'later' });
    const disk = diskWithTree();
    const tree = new FakeTree(disk, { onEffect: failing('stad:set-immutable', fault) });
    await expect(tree.apply('freeze', '/data/run', watch)).rejects.toBe(fault);
    await expect(tree.apply('freeze', '/nowhere', watch)).rejects.toMatchObject({
      code: 'FILES_MISSING',
    });
    const stopped = { ...watch, signal: AbortSignal.abort() };
    await expect(tree.apply('freeze', '/data/run', stopped)).rejects.toMatchObject({
      code: 'FILES_CANCELLED',
    });
    await tree.apply('freeze', '/data/run', watch);
  });
});

describe('FakeShadow', () => {
  test('commits what has changed, and only that', async () => {
    const disk = diskWithTree();
    const shadow = new FakeShadow(disk);
    const location = { repoId, hostPath: '/data/run' };
    expect(await shadow.init(location)).toBe(await shadow.init(location));
    const first = await shadow.snapshot(location, { author, attrs: '' }, watch);
    expect(first.changed).toBe(true);
    expect(await shadow.snapshot(location, { author, attrs: '' }, watch)).toEqual({
      ...first,
      changed: false,
    });
    expect((await shadow.snapshot(location, { author, attrs: 'i' }, watch)).changed).toBe(true);
    disk.write('/data/run/b.txt', { content: 'new' });
    expect((await shadow.snapshot(location, { author, attrs: 'i' }, watch)).changed).toBe(true);
    expect(disk.shadows.get(repoId)?.commits).toHaveLength(3);
  });
});

describe('FakeLock', () => {
  test('serialises the work of several processes, and outlives none of them', async () => {
    const table = new LockTable();
    const [dying, living] = [{}, {}];
    const seen: string[] = [];
    void new FakeLock(table, dying).hold(repoId, never, async () => {
      seen.push('dying');
      await new Promise(() => undefined);
    });
    const second = new FakeLock(table, living).hold(repoId, never, () => {
      seen.push('living');
      return Promise.resolve();
    });
    await settled();
    expect(seen).toEqual(['dying']);
    table.releaseAll(dying);
    await second;
    expect(seen).toEqual(['dying', 'living']);
  });

  test('lets who is told to stop leave the line', async () => {
    const table = new LockTable();
    const release = Promise.withResolvers<undefined>();
    const first = new FakeLock(table).hold(repoId, never, () => release.promise);
    const abort = new AbortController();
    const second = new FakeLock(table).hold(repoId, abort.signal, () => Promise.resolve('never'));
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'FILES_CANCELLED' });
    release.resolve(undefined);
    await first;
    expect(await new FakeLock(table).hold(repoId, never, () => Promise.resolve('free'))).toBe(
      'free',
    );
  });
});
