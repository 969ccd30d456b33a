/** What the process tells the shell. Scripts rely on these numbers. */
export const exitCode = {
  done: 0,
  /** Refused or failed, with the reason and what to do on stderr. */
  failed: 1,
  wrongUsage: 2,
  /** regd does not answer. */
  unreachable: 3,
  /** The time of `--timeout` is over; what was begun goes on. */
  timedOut: 4,
  /** Ended by Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
