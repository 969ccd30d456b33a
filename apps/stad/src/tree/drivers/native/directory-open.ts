// Opens a directory below an open one so that nothing can lead out of the tree: the kernel itself
// refuses symlinks and mount points.
import { constants as fs } from 'node:fs';
import { constants as os } from 'node:os';
import type { EntryFailure, OpenDirectory } from '../../attribute-driver.ts';
import { identityOf } from './attribute-calls.ts';
import { AT_FDCWD } from './statx.ts';
import { type Address, call, errnoName, memory } from './system-calls.ts';

/** `struct open_how`: flags, mode, and how the path may be resolved, 64 bits each. */
const how = memory(24);
const O_CLOEXEC = 0o2000000;
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_NO_SYMLINKS = 0x04;
const RESOLVE_BENEATH = 0x08;
how.buffer.writeUInt32LE(fs.O_RDONLY | fs.O_DIRECTORY | fs.O_NOFOLLOW | O_CLOEXEC, 0);
how.buffer.writeUInt32LE(RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH, 16);

const { EXDEV } = os.errno;

/** Undefined for what belongs to another file system, subvolume or mount than `fd`, which is on `device`. */
export function openBelow(
  fd: number,
  name: Address,
  device: bigint,
): OpenDirectory | EntryFailure | undefined {
  const result = call('openat2', fd, name, how.at, how.buffer.length);
  if (result < 0) return result === -EXDEV ? undefined : { errno: errnoName(result) };
  const identity = identityOf(result);
  if (identity.device === device) return { fd: result, inode: identity.inode };
  // A subvolume of Btrfs is no mount point, and yet nothing else that looks at the tree goes into it.
  call('close', result);
  return undefined;
}

/** Whether this kernel can: Linux 5.6 and newer, unless a container forbids it. */
export function canOpenBelow(): boolean {
  const here = memory(2);
  here.buffer.write('.');
  const fd = call('openat2', AT_FDCWD, here.at, how.at, how.buffer.length);
  if (fd >= 0) call('close', fd);
  return fd >= 0;
}
