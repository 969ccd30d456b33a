// The immutable attribute by system calls, in the two ways that Linux has.
import { constants as fs } from 'node:fs';
import { constants as os } from 'node:os';
import type { Mounts } from './mount-watch.ts';
import { canOpenBelow, openBelow } from './open-below.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  ATTRIBUTES_AT,
  DEV_MAJOR_AT,
  INO_AT,
  KNOWN_AT,
  MODE_AT,
  status,
  statx,
  STATX_ATTR_IMMUTABLE,
  STATX_INO,
  STATX_TYPE,
} from './statx.ts';
import { type Address, call, memory } from './system-calls.ts';

/**
 * What both ways can do with an entry, named by the address of its name in an open directory. The
 * type of the entry has been looked at before; a symlink that has come in its place since is not
 * followed. A negative answer is an errno; all other attributes stay as they are.
 */
export interface AttributeCalls {
  /** 1 if it is immutable, else 0. */
  look: (fd: number, name: Address) => number;
  /** 1 if it had to be changed, else 0. EXDEV if something is mounted over it. */
  bring: (fd: number, name: Address, immutable: boolean, mounts: Mounts) => number;
}

const { ENOTTY, EOPNOTSUPP, ELOOP, ENOENT } = os.errno;

/** `by-name` is the faster way, where the kernel has it; `by-descriptor` is there always. */
export type CallingWay = 'by-name' | 'by-descriptor';

/** The calls of the wanted way, or of the other one where this kernel does not have it. */
export function attributeCalls(way: CallingWay): AttributeCalls {
  return way === 'by-name' && hasFileAttributes() ? byName : byDescriptor;
}

/** `struct file_attr`, in its first version: the flags are in its first 64 bits. */
const attributes = memory(24);
const FS_XFLAG_IMMUTABLE = 0x8;

function getAttributes(fd: number, name: Address): number {
  const { at, buffer } = attributes;
  return call('file_getattr', fd, name, at, buffer.length, AT_SYMLINK_NOFOLLOW);
}

function hasFileAttributes(): boolean {
  const here = memory(2);
  here.buffer.write('.');
  const result = getAttributes(AT_FDCWD, here.at);
  // A container that does not know the call may forbid it with whatever errno it likes.
  return result === 0 || result === -ENOTTY || result === -EOPNOTSUPP;
}

/** Linux 6.17 and newer: without opening the entry. */
const byName: AttributeCalls = {
  look(fd, name) {
    const result = getAttributes(fd, name);
    if (result < 0) return result === -EOPNOTSUPP ? -ENOTTY : result;
    return (attributes.buffer.readUInt32LE(0) & FS_XFLAG_IMMUTABLE) === 0 ? 0 : 1;
  },
  bring(fd, name, immutable, mounts) {
    const before = this.look(fd, name);
    if (before < 0 || before === Number(immutable)) return Math.min(before, 0);
    if (!mounts.isQuiet) return byDescriptor.bring(fd, name, immutable, mounts);
    const { at, buffer } = attributes;
    // All others are written back as they were read.
    buffer.writeUInt8(buffer.readUInt8(0) ^ FS_XFLAG_IMMUTABLE, 0);
    const result = call('file_setattr', fd, name, at, buffer.length, AT_SYMLINK_NOFOLLOW);
    return result < 0 ? result : 1;
  },
};

const flags = memory(8);
/** `_IOR('f', 1, long)` and `_IOW('f', 2, long)`; the kernel reads and writes an int all the same. */
const FS_IOC_GETFLAGS = 0x80086601;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_IMMUTABLE_FL = 0x10;
const O_CLOEXEC = 0o2000000;
/** A fifo or device that has come in the place of a file must not block the thread. */
const OPEN_FLAGS = fs.O_RDONLY | fs.O_NONBLOCK;
const isMountRefused = canOpenBelow();

/** Older kernels: on an open descriptor, and looking without one where statx(2) tells the flag. */
const byDescriptor: AttributeCalls = {
  look(fd, name) {
    const result = getStatus(fd, name);
    if (result < 0) return result;
    return (status.readUInt8(KNOWN_AT) & STATX_ATTR_IMMUTABLE) !== 0
      ? Number((status.readUInt8(ATTRIBUTES_AT) & STATX_ATTR_IMMUTABLE) !== 0)
      : onDescriptor(fd, name, isImmutable);
  },
  bring(fd, name, immutable) {
    // What had to be changed a moment ago is likely to be so for its neighbour. A look that tells
    // as much is then a call too many; what is as it should be is still read once, and not written.
    if (!isChanging) {
      const before = this.look(fd, name);
      if (before < 0 || before === Number(immutable)) return Math.min(before, 0);
    }
    const result = onDescriptor(fd, name, (file) => flip(file, immutable));
    isChanging = result === 1;
    return result;
  },
};

let isChanging = false;

function flip(file: number, immutable: boolean): number {
  const before = isImmutable(file);
  if (before < 0 || before === Number(immutable)) return Math.min(before, 0);
  // All others are written back as they were read.
  flags.buffer.writeUInt8(flags.buffer.readUInt8(0) ^ FS_IMMUTABLE_FL, 0);
  const result = call('ioctl', file, FS_IOC_SETFLAGS, flags.at);
  return result < 0 ? result : 1;
}

function isImmutable(file: number): number {
  const result = call('ioctl', file, FS_IOC_GETFLAGS, flags.at);
  if (result < 0) return result;
  return (flags.buffer.readUInt32LE(0) & FS_IMMUTABLE_FL) === 0 ? 0 : 1;
}

function onDescriptor(fd: number, name: Address, work: (file: number) => number): number {
  const file = isMountRefused
    ? openBelow(fd, name, OPEN_FLAGS)
    : call('openat', fd, name, OPEN_FLAGS | fs.O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return file === -ELOOP ? -ENOENT : file;
  try {
    return work(file);
  } finally {
    call('close', file);
  }
}

const empty = memory(1);

function getStatus(fd: number, name: Address): number {
  return statx(fd, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE);
}

export type EntryType = 'directory' | 'file' | 'link' | 'other';

/** Which file an open one is: its file system, or subvolume, and its inode there. */
export function identityOf(fd: number): Readonly<{ device: bigint; inode: bigint }> {
  statx(fd, empty.at, AT_EMPTY_PATH, STATX_INO);
  // Major and minor number lie side by side.
  return { device: status.readBigUInt64LE(DEV_MAJOR_AT), inode: status.readBigUInt64LE(INO_AT) };
}

/** The type of an entry, or a negative errno. */
export function typeOf(fd: number, name: Address): EntryType | number {
  const result = getStatus(fd, name);
  if (result < 0) return result;
  switch (status.readUInt16LE(MODE_AT) & fs.S_IFMT) {
    case fs.S_IFDIR:
      return 'directory';
    case fs.S_IFREG:
      return 'file';
    case fs.S_IFLNK:
      return 'link';
    default:
      return 'other';
  }
}
