// The stat of entries by the system call statx(2), without Node and its paths.
import { constants } from 'node:os';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_SYMLINK_NOFOLLOW,
  DEV_MAJOR_AT,
  DEV_MINOR_AT,
  INO_AT,
  MODE_AT,
  MTIME_AT,
  NLINK_AT,
  SIZE_AT,
  status,
  statx,
  STATX_INO,
  STATX_MTIME,
  STATX_NLINK,
  STATX_SIZE,
  STATX_TYPE,
} from '../tree/drivers/native/statx.ts';
import { errnoName, memory } from '../tree/drivers/native/system-calls.ts';
import { SystemCallError } from '../tree/errno.ts';
import type { ByteString } from '../byte-string.ts';
import { kindOf, type EntryStats, type StatCalls } from './entry-stats.ts';

const WANTED = STATX_TYPE | STATX_NLINK | STATX_MTIME | STATX_INO | STATX_SIZE;

const TWO_32 = 2 ** 32;

/** No file system has longer names. */
const NAME_BYTES_MAX = 4095;
const nameMemory = memory(NAME_BYTES_MAX + 1);

/** Undefined where the kernel, or a container around this process, does not allow it. */
export function statxCalls(): StatCalls | undefined {
  return statName(AT_FDCWD, '.', 0) === 0 ? { ofOpen, ofEntry } : undefined;
}

function ofOpen(fd: number): EntryStats {
  const result = statName(fd, '', AT_EMPTY_PATH);
  if (result < 0) throw new SystemCallError(errnoName(result), 'statx');
  return parseStatus();
}

function ofEntry(fd: number, name: ByteString): EntryStats | undefined {
  const result = statName(fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
  if (result === -constants.errno.ENOENT) return undefined;
  if (result < 0) throw new SystemCallError(errnoName(result), 'statx');
  return parseStatus();
}

function statName(fd: number, name: ByteString, flags: number): number {
  if (name.length > NAME_BYTES_MAX) return -constants.errno.ENAMETOOLONG;
  const { at, buffer } = nameMemory;
  buffer[buffer.write(name, 'latin1')] = 0;
  return statx(fd, at, flags, WANTED);
}

function parseStatus(): EntryStats {
  return {
    kind: kindOf(status.readUInt16LE(MODE_AT)),
    size: status.readBigUInt64LE(SIZE_AT),
    mtimeS: status.readInt32LE(MTIME_AT + 4) * TWO_32 + status.readUInt32LE(MTIME_AT),
    dev: deviceOf(status.readUInt32LE(DEV_MAJOR_AT), status.readUInt32LE(DEV_MINOR_AT)),
    ino: status.readBigUInt64LE(INO_AT),
    nlink: status.readUInt32LE(NLINK_AT),
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
