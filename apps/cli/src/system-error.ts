/** An error of a system call, such as of a directory that may not be written to. */
export type SystemError = Error & { code: string };

export function isOfSystem(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
