import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { mkdtempSync, linkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawOf, type ByteString } from '../byte-string.ts';
import { nodeStatCalls } from './stat-calls.ts';
import { statxCalls } from './statx.ts';

const statx = statxCalls();
let top: string;
let fd: number;

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'permafrost-stat-'));
  fd = openSync(top, 'r');
});

afterAll(() => {
  closeSync(fd);
  rmSync(top, { recursive: true });
});

describe.skipIf(statx === undefined)('statx tells what Node tells, of', () => {
  const path = (name: ByteString): Buffer =>
    Buffer.concat([Buffer.from(`${top}/`), Buffer.from(rawOf(name))]);
  const file = (name: ByteString): void => writeFileSync(path(name), 'four');

  it.each<[what: string, name: ByteString, make: (name: ByteString) => void]>([
    ['a file', 'file', file],
    ['a name that is no UTF-8', 'na\xffme', file],
    ['a long name', 'n'.repeat(255), file],
    [
      'a file of many terabytes',
      'huge',
      (name) => {
        file(name);
        truncateSync(path(name), 5e12);
      },
    ],
    [
      'a time before 1970',
      'old',
      (name) => {
        file(name);
        utimesSync(path(name), -1.5, -1.5);
      },
    ],
    [
      'a time after 2106',
      'late',
      (name) => {
        file(name);
        utimesSync(path(name), 5e9, 5e9);
      },
    ],
    [
      'a file of two names',
      'linked',
      (name) => {
        file(name);
        linkSync(path(name), path('other'));
      },
    ],
    ['a directory', 'directory', (name) => mkdirSync(path(name))],
    ['a symlink', 'link', (name) => symlinkSync('file', path(name))],
    ['a fifo', 'fifo', (name) => void execFileSync('mkfifo', [`${top}/${name}`])],
    ['nothing', 'nothing', () => undefined],
  ])('%s', (_, name, make) => {
    make(name);
    const expected = nodeStatCalls.ofEntry(fd, name);
    expect(statx?.ofEntry(fd, name)).toEqual(expected);
    expect(expected === undefined).toBe(name === 'nothing');
  });

  it('an open directory', () => {
    expect(statx?.ofOpen(fd)).toEqual(nodeStatCalls.ofOpen(fd));
  });

  it('a device of its own, such as /proc', () => {
    const proc = openSync('/proc', 'r');
    try {
      expect(statx?.ofOpen(proc)).toEqual(nodeStatCalls.ofOpen(proc));
    } finally {
      closeSync(proc);
    }
  });

  it('what it cannot look at, by the same code', () => {
    const notDirectory = openSync('/proc/self/status', 'r');
    try {
      expect(() => statx?.ofEntry(notDirectory, 'x')).toThrow(
        expect.objectContaining({ code: 'ENOTDIR' }),
      );
      expect(() => nodeStatCalls.ofEntry(notDirectory, 'x')).toThrow(
        expect.objectContaining({ code: 'ENOTDIR' }),
      );
    } finally {
      closeSync(notDirectory);
    }
  });
});
