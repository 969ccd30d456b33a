// Opens a directory below an open one, if it belongs to the same tree.
import { constants as fs } from 'node:fs';
import { constants as os } from 'node:os';
import type { EntryFailure, OpenDirectory } from '../../attribute-driver.ts';
import { identityOf } from './attribute-calls.ts';
import { openBelow } from './open-below.ts';
import { type Address, call, errnoName } from './system-calls.ts';

const { EXDEV } = os.errno;

/** Undefined for what belongs to another file system, subvolume or mount than `fd`, which is on `device`. */
export function openDirectoryBelow(
  fd: number,
  name: Address,
  device: bigint,
): OpenDirectory | EntryFailure | undefined {
  const result = openBelow(fd, name, fs.O_RDONLY | fs.O_DIRECTORY);
  if (result < 0) return result === -EXDEV ? undefined : { errno: errnoName(result) };
  const identity = identityOf(result);
  if (identity.device === device) return { fd: result, inode: identity.inode };
  // A subvolume of Btrfs is no mount point, and yet nothing else that looks at the tree goes into it.
  call('close', result);
  return undefined;
}
