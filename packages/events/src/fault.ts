/**
 * The world failed: a disk, a process, a busy database. A fault carries a stable code and says
 * whether trying the same again can help; nobody reads its message to find out (invariant 12).
 */
export abstract class Fault extends Error {
  abstract readonly code: string;
  /** `later`: the cause may pass by itself. `never`: somebody has to mend something first. */
  abstract readonly retry: 'later' | 'never';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
