/** What a daemon tells its supervisor. Its unit goes by these numbers. */
export const exitCode = {
  /** Also of faults that may pass: it is worth another start. */
  failed: 1,
  /** Flags, settings, or the files that these name. No start mends them, so the unit makes none. */
  wrongUsage: 2,
} as const;
