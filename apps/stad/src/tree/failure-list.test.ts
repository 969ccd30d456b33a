import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailureList } from './failure-list.ts';
import { Failures } from './failures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './testing/real-files.ts';

let space: TemporaryDirectory;
let file: string;

beforeEach(async () => {
  space = await temporaryDirectory();
  file = join(space.path, 'failures.jsonl');
});
afterEach(() => space[Symbol.asyncDispose]());

const listed = (): unknown[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

const EIO = { errno: 'EIO', doing: 'set' } as const;

describe('FailureList', () => {
  it('takes the place of an older list, for its owner only, and leaves nothing else', async () => {
    writeFileSync(file, 'older');
    using list = new FailureList(file);
    list.add({ ...EIO, path: 'a\nb' });
    list.add({ errno: 'EACCES', doing: 'open', path: '\xff\xc3\xa4' });
    list.add({ errno: 'mutable', doing: 'verify', path: '' });
    expect(readFileSync(file, 'utf8')).toBe('older');
    expect(await list.keep()).toEqual({ file });
    expect(listed()).toEqual([
      { path: 'a\nb', ...EIO },
      { path: '\\xffä', pathBase64: '/8Ok', errno: 'EACCES', doing: 'open' },
      { path: '.', errno: 'mutable', doing: 'verify' },
    ]);
    expect(readdirSync(space.path)).toEqual(['failures.jsonl']);
  });

  it('leaves an older list where it is not kept', () => {
    writeFileSync(file, 'older');
    {
      using list = new FailureList(file);
      for (let n = 0; n < 2000; n++) list.add({ ...EIO, path: `a file of a long name ${n}` });
      expect(existsSync(`${file}.part`)).toBe(true);
    }
    expect(readFileSync(file, 'utf8')).toBe('older');
    expect(readdirSync(space.path)).toEqual(['failures.jsonl']);
  });

  it('holds little in memory, however many it lists', async () => {
    using list = new FailureList(file);
    for (let n = 0; n < 20_000; n++) list.add({ ...EIO, path: `${'directory/'.repeat(20)}${n}` });
    const { size } = statSync(`${file}.part`);
    expect(await list.keep()).toEqual({ file });
    expect(listed()).toHaveLength(20_000);
    expect(statSync(file).size - size).toBeLessThan(100_000);
  });

  it('tells of a full disk, and leaves no list that is not whole', async () => {
    writeFileSync(file, 'older');
    symlinkSync('/dev/full', `${file}.part`);
    const list = new FailureList(file);
    const failures = new Failures(list);
    for (let n = 0; n < 2000; n++) failures.add({ ...EIO, path: `a file of a long name ${n}` });
    const fault = await failures.toFault('freeze /data');
    list[Symbol.dispose]();
    expect(fault).toMatchObject({
      code: 'FILES_IO',
      brief: expect.stringMatching(
        /^2000 entries failed: 2000 × EIO; no list of them: ENOSPC: /,
      ) as string,
    });
    expect(readdirSync(space.path)).toEqual([]);
  });

  it('tells that its directory is not there', async () => {
    using list = new FailureList(join(space.path, 'absent/failures.jsonl'));
    list.add({ ...EIO, path: 'a' });
    expect(await list.keep()).toEqual({ errno: 'ENOENT' });
  });
});

describe('Failures', () => {
  it('has the counts, the list and a few paths in a message, the most frequent kind first', async () => {
    using list = new FailureList(file);
    const failures = new Failures(list);
    failures.add({ ...EIO, path: 'a' });
    for (const path of ['b', '\xff', 'd', 'e'])
      failures.add({ errno: 'EPERM', doing: 'clear', path });
    const { message, brief } = await failures.toFault('unfreeze /data');
    expect(brief).toBe(
      '5 entries failed: 4 × EPERM, 1 × EIO; ' +
        'all in failures.jsonl beside the shadow repo: a, b, \\xff',
    );
    expect(message).toBe(
      'unfreeze /data: 5 entries failed: 4 × EPERM, 1 × EIO; ' +
        'CAP_LINUX_IMMUTABLE, CAP_FOWNER or CAP_DAC_READ_SEARCH is missing; ' +
        `all in ${file}: a, b, \\xff`,
    );
  });

  it('tells a few kinds apart where little room is', async () => {
    const failures = new Failures();
    for (const errno of ['EIO', 'EROFS', 'EACCES', 'ELOOP'])
      failures.add({ ...EIO, errno, path: 'a' });
    const { brief } = await failures.toFault('freeze /data');
    expect(brief).toMatch(/^4 entries failed: 1 × EIO, 1 × EROFS, 1 × EACCES, others: a, a, a$/);
  });
});
