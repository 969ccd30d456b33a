// From what the operating system says to the faults of the port.
import { FilesFault, type FilesFaultCode } from '@permafrost/workflow-core';
import { errnoOf } from '../tree/errno.ts';
import { printed } from '../tree/names.ts';
import type { ByteString } from '../byte-string.ts';

type Meaning = readonly [FilesFaultCode, 'later' | 'never'];

const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ENOENT', ['FILES_MISSING', 'never']],
  ['ENOTDIR', ['FILES_MISSING', 'never']],
  // A symlink stands where a directory was asked for; links are never followed.
  ['ELOOP', ['FILES_MISSING', 'never']],
  ['EACCES', ['FILES_NO_PRIVILEGE', 'never']],
  ['EPERM', ['FILES_NO_PRIVILEGE', 'never']],
  ['EROFS', ['FILES_READ_ONLY', 'never']],
  ['ENOSPC', ['FILES_NO_SPACE', 'later']],
  ['EDQUOT', ['FILES_NO_SPACE', 'later']],
]);

/**
 * Says of a failed system call what was tried, on which path, and why it failed. Any other error is
 * left as it is.
 */
export function systemFault(error: unknown, action: string, path: ByteString): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const [code, retry] = MEANINGS.get(errno) ?? ['FILES_IO', 'later'];
  return new FilesFault(code, `${action} ${printed(path)}: ${errno}`, { retry, cause: error });
}

/** The work was told to stop. The work itself is sound, so it may be tried again. */
export function cancelledFault(what: string): FilesFault {
  return new FilesFault('FILES_CANCELLED', `${what}: cancelled`, { retry: 'later' });
}
