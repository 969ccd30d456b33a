// Opens what is in an open directory so that nothing can lead out of the tree: the kernel itself
// refuses symlinks and mount points.
import { constants as fs } from 'node:fs';
import { AT_FDCWD } from './statx.ts';
import { type Address, call, memory } from './system-calls.ts';

/** `struct open_how`: flags, mode, and how the path may be resolved, 64 bits each. */
const how = memory(24);
const O_CLOEXEC = 0o2000000;
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_NO_SYMLINKS = 0x04;
const RESOLVE_BENEATH = 0x08;
how.buffer.writeUInt32LE(RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH, 16);

/** A descriptor, or a negative errno: EXDEV where something is mounted. */
export function openBelow(fd: number, name: Address, flags: number): number {
  how.buffer.writeUInt32LE(flags | fs.O_NOFOLLOW | O_CLOEXEC, 0);
  return call('openat2', fd, name, how.at, how.buffer.length);
}

/** Whether this kernel can: Linux 5.6 and newer, unless a container forbids it. */
export function canOpenBelow(): boolean {
  const here = memory(2);
  here.buffer.write('.');
  const fd = openBelow(AT_FDCWD, here.at, fs.O_RDONLY | fs.O_DIRECTORY);
  if (fd >= 0) call('close', fd);
  return fd >= 0;
}
