// What is going on right now, kept beside the histories: who is alive, and how far long work has
// come. Nothing here is a fact to decide on; all of it may be lost, and the workflows still end.
import type { Uuid } from '../ids/uuid.ts';

/** A running daemon. Times are Unix milliseconds. */
export type Presence = Readonly<{
  /** One id for each start of a daemon. */
  instance: Uuid;
  daemon: 'regd' | 'stad';
  host: string;
  pid: number;
  version: string;
  sinceMs: number;
  heartbeatMs: number;
}>;

/** How far the work on a workflow's files has come. Times are Unix milliseconds. */
export type Progress = Readonly<{
  workflow: Uuid;
  /** Who works on it. */
  instance: Uuid;
  phase:
    | 'waiting-for-lock'
    | 'checking'
    | 'waiting-for-writers'
    | 'attributes'
    | 'verify'
    | 'snapshot'
    | 'retrying';
  entriesDone: number;
  /** Undefined while nobody knows yet. */
  entriesTotal?: number | undefined;
  /** 0 in a phase that does not see them. */
  bytesDone: number;
  bytesTotal?: number | undefined;
  /** Of late, in entries. Undefined while there is nothing to tell it by. */
  perSecond?: number | undefined;
  /** Where the work is, as valid UTF-8 for people to read. */
  path: string;
  /** Why it is `retrying`, or whom it waits for; else empty. */
  message: string;
  startedMs: number;
  updatedMs: number;
}>;

/** As long as work may take between two signs of life, in milliseconds: after that it is stuck. */
export const STUCK_MS = 60_000;

/** In these phases progress is a sign that the work comes on; in the others somebody is waited for. */
export const workingPhases: ReadonlySet<string> = new Set<Progress['phase']>([
  'checking',
  'attributes',
  'verify',
  'snapshot',
]);

/** Somebody wants a workflow to end early. A wish and no fact: it may be lost, or come too late. */
export type CancelRequest = Readonly<{
  workflow: Uuid;
  /** Who wants it, for people to read. */
  by: string;
  /** Why; may be empty. */
  reason: string;
  /** Unix milliseconds. */
  atMs: number;
}>;

export interface Noticeboard {
  /** Adds or refreshes a presence. */
  announce(presence: Presence): Promise<void>;
  /** Takes a presence back, and all progress that it reported. */
  withdraw(instance: Uuid): Promise<void>;
  /** All who announced themselves; the reader judges by `heartbeatMs` who is still alive. */
  present(): Promise<readonly Presence[]>;
  /** Adds or replaces the progress of a workflow. */
  report(progress: Progress): Promise<void>;
  progress(workflow: Uuid): Promise<Progress | undefined>;
  /** Notes a wish to cancel; the latest one stands. Who works on the workflow has to look for it. */
  askToCancel(request: CancelRequest): Promise<void>;
  cancelRequest(workflow: Uuid): Promise<CancelRequest | undefined>;
  /** Forgets the progress of a workflow, and the wish to cancel it. */
  clear(workflow: Uuid): Promise<void>;
}
