// What the doctor says of one thing that it has looked at.

export type State = 'ok' | 'warning' | 'broken' | 'unchecked';

export type Verdict = Readonly<{
  state: State;
  /** What was found, or why nothing could be. */
  message: string;
  /** What to do, in a sentence; empty where there is nothing to do. */
  remedy: string;
}>;

export type Finding = Verdict &
  Readonly<{
    /** Whom it is about, such as `stad files1`. */
    about: string;
    /** What was looked at: stable, for programs. */
    check: string;
  }>;

export const ok = (message: string): Verdict => ({ state: 'ok', message, remedy: '' });

export const warning = (message: string, remedy: string): Verdict => ({
  state: 'warning',
  message,
  remedy,
});

export const broken = (message: string, remedy: string): Verdict => ({
  state: 'broken',
  message,
  remedy,
});

export const unchecked = (why: string): Verdict => ({
  state: 'unchecked',
  message: `not checked: ${why}`,
  remedy: '',
});

/** The verdicts on one subject, by what was looked at. */
export function findingsAbout(
  about: string,
  verdicts: Readonly<Record<string, Verdict>>,
): readonly Finding[] {
  return Object.entries(verdicts).map(([check, verdict]) => ({ about, check, ...verdict }));
}

export function isBroken({ state }: Finding): boolean {
  return state === 'broken';
}
