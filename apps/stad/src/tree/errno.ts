// The errors of system calls, by their symbolic number and never by their text.

/** A system call that Node did not make has failed, as Node would tell it. */
export class SystemCallError extends Error {
  /** Such as `ENOENT`. */
  readonly code: string;
  readonly syscall: string;

  constructor(code: string, syscall: string) {
    super(`${code}: ${syscall}`);
    this.code = code;
    this.syscall = syscall;
  }
}

/** The errno of a failed system call, such as `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The errno of a failed system call. Anything else is thrown on: it is not the disk's fault. */
export function errnoOrThrow(error: unknown): string {
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return errno;
}
