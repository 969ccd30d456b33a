// statx(2), and where `struct statx` has what. It takes a directory's descriptor and an entry's name as
// they are, so that the kernel has no path through /proc to follow.
import { type Address, call, memory } from './system-calls.ts';

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_NO_AUTOMOUNT = 0x800;
export const AT_EMPTY_PATH = 0x1000;

/** What may be asked for. */
export const STATX_TYPE = 0x1;
export const STATX_NLINK = 0x4;
export const STATX_MTIME = 0x40;
export const STATX_INO = 0x100;
export const STATX_SIZE = 0x200;

/** An attribute, as it stands at `ATTRIBUTES_AT`; at `KNOWN_AT`: whether the file system tells it. */
export const STATX_ATTR_IMMUTABLE = 0x10;

export const ATTRIBUTES_AT = 8;
export const NLINK_AT = 16;
export const MODE_AT = 28;
export const INO_AT = 32;
export const SIZE_AT = 40;
export const KNOWN_AT = 56;
/** Seconds; eight bytes, signed. */
export const MTIME_AT = 112;
export const DEV_MAJOR_AT = 136;
export const DEV_MINOR_AT = 140;

const memoryOfStatus = memory(256);

/** What the last call of this thread was told. */
export const status: Buffer = memoryOfStatus.buffer;

/** Fills `status` with what `wanted` asks for. A negative answer is an errno. */
export function statx(fd: number, name: Address, flags: number, wanted: number): number {
  return call('statx', fd, name, flags, wanted, memoryOfStatus.at);
}
