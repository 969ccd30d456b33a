// Who stands in the way of a command, as regd tells it in the trailer `permafrost-holder`.
import { timeAgo } from './output/time.ts';

/** The workflow that holds a repo. */
export type Holder = Readonly<{
  workflow: string;
  direction: string;
  /** In git's form, `Name <email>`. */
  author: string;
  /** Unix milliseconds. */
  sinceMs: number;
  /** Whom it waits for, in words; may be empty. */
  waitingFor: string;
}>;

/** Reads the trailer. Undefined if there is none, or none that can be read. */
export function parseHolder(trailer: string | undefined): Holder | undefined {
  if (trailer === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(trailer);
  } catch {
    // The refusal itself is worth more than the complaint that its decoration is broken.
    return undefined;
  }
  return isHolder(parsed) ? parsed : undefined;
}

/** In sentences: who works on it, since when, and how to follow them. */
export function describeHolder(holder: Holder, nowMs: number = Date.now()): readonly string[] {
  const { workflow, direction, author, sinceMs, waitingFor } = holder;
  const waits = waitingFor === '' ? '' : `, and waits for ${waitingFor}`;
  return [
    `${author} works on it: ${direction} ${workflow}`,
    `began ${timeAgo(sinceMs, nowMs)}${waits}.`,
    `Follow it with: permafrost events workflow ${workflow} --watch`,
  ];
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: keyof Holder, type: 'string' | 'number'): boolean =>
    typeof (value as Partial<Holder>)[key] === type;
  return (
    has('workflow', 'string') &&
    has('direction', 'string') &&
    has('author', 'string') &&
    has('sinceMs', 'number') &&
    has('waitingFor', 'string')
  );
}
