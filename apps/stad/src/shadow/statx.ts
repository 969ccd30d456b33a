// stat(2) by the system call statx(2): it takes the directory's descriptor and the entry's name as
// they are, so that the kernel has no path through /proc to follow.
import { constants } from 'node:os';
import { call, errnoName, memory } from '../tree/drivers/native/system-calls.ts';
import type { ByteString } from './byte-string.ts';
import { kindOf, type EntryStats } from './entry-stats.ts';
import type { StatCalls } from './stat-calls.ts';

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
const AT_EMPTY_PATH = 0x1000;

/** Type, number of links, mtime, inode and size. */
const WANTED = 0x1 | 0x4 | 0x40 | 0x100 | 0x200;

/** `struct statx`. */
const status = memory(256);
const NLINK_AT = 16;
const MODE_AT = 28;
const INO_AT = 32;
const SIZE_AT = 40;
const MTIME_AT = 112;
const DEV_MAJOR_AT = 136;
const DEV_MINOR_AT = 140;
const TWO_32 = 2 ** 32;

/** No file system has longer names. */
const NAME_BYTES_MAX = 4095;
const nameMemory = memory(NAME_BYTES_MAX + 1);

class StatxError extends Error {
  readonly code: string;
  readonly syscall = 'statx';

  constructor(code: string) {
    super(`${code}: statx`);
    this.code = code;
  }
}

/** Undefined where the kernel, or a container around this process, does not allow it. */
export function statxCalls(): StatCalls | undefined {
  const AT_FDCWD = -100;
  return statx(AT_FDCWD, '.', 0) === 0 ? { ofOpen, ofEntry } : undefined;
}

function ofOpen(fd: number): EntryStats {
  const result = statx(fd, '', AT_EMPTY_PATH);
  if (result < 0) throw new StatxError(errnoName(result));
  return parseStatus();
}

function ofEntry(fd: number, name: ByteString): EntryStats | undefined {
  const result = statx(fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
  if (result === -constants.errno.ENOENT) return undefined;
  if (result < 0) throw new StatxError(errnoName(result));
  return parseStatus();
}

function statx(fd: number, name: ByteString, flags: number): number {
  if (name.length > NAME_BYTES_MAX) return -constants.errno.ENAMETOOLONG;
  const { at, buffer } = nameMemory;
  buffer[buffer.write(name, 'latin1')] = 0;
  return call('statx', fd, at, flags, WANTED, status.at);
}

function parseStatus(): EntryStats {
  const { buffer } = status;
  return {
    kind: kindOf(buffer.readUInt16LE(MODE_AT)),
    size: buffer.readBigUInt64LE(SIZE_AT),
    mtimeS: buffer.readInt32LE(MTIME_AT + 4) * TWO_32 + buffer.readUInt32LE(MTIME_AT),
    dev: deviceOf(buffer.readUInt32LE(DEV_MAJOR_AT), buffer.readUInt32LE(DEV_MINOR_AT)),
    ino: buffer.readBigUInt64LE(INO_AT),
    nlink: buffer.readUInt32LE(NLINK_AT),
  };
}

let lastDevice = { major: -1, minor: -1, dev: 0n };

/** Both in one number as stat(2) tells it, see makedev(3). */
function deviceOf(major: number, minor: number): bigint {
  if (lastDevice.major !== major || lastDevice.minor !== minor) {
    const [high, low] = [BigInt(major), BigInt(minor)];
    const dev =
      ((high & 0xfffff000n) << 32n) |
      ((high & 0xfffn) << 8n) |
      ((low & 0xffffff00n) << 12n) |
      (low & 0xffn);
    lastDevice = { major, minor, dev };
  }
  return lastDevice.dev;
}
