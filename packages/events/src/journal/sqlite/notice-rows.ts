// The noticeboard's rows. It has a connection of its own, whose commits do not wait for the disk:
// a busy disk must not hold up the work that is being reported.
import type { Database } from 'better-sqlite3';
import { uuidFromBytes, uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import type { CancelRequest, Presence, Progress } from '../noticeboard.ts';

type PresenceRow = Omit<Presence, 'instance'> & { instance: Uint8Array };
type ProgressRow = Omit<Progress, 'workflow' | 'instance' | UnknownAtFirst> & {
  workflow: Uint8Array;
  instance: Uint8Array;
} & Record<UnknownAtFirst, number | null>;
type UnknownAtFirst = 'entriesTotal' | 'bytesTotal' | 'perSecond';
type CancelRow = Omit<CancelRequest, 'workflow'> & { workflow: Uint8Array };

export class NoticeRows {
  readonly #announce;
  readonly #present;
  readonly #report;
  readonly #progress;
  readonly #askToCancel;
  readonly #cancelRequest;
  readonly #clear: (workflow: Uint8Array) => void;
  readonly #withdraw: (instance: Uint8Array) => void;

  constructor(db: Database) {
    this.#announce = db.prepare<PresenceRow>(
      `REPLACE INTO presence (instance, daemon, host, pid, version, since_ms, heartbeat_ms)
       VALUES (@instance, @daemon, @host, @pid, @version, @sinceMs, @heartbeatMs)`,
    );
    this.#present = db.prepare<[], PresenceRow>(
      `SELECT instance, daemon, host, pid, version, since_ms AS sinceMs, heartbeat_ms AS heartbeatMs
       FROM presence`,
    );
    this.#report = db.prepare<ProgressRow>(
      `REPLACE INTO progress (workflow, instance, phase, entries_done, entries_total, bytes_done,
         bytes_total, entries_per_second, path, message, started_ms, updated_ms)
       VALUES (@workflow, @instance, @phase, @entriesDone, @entriesTotal, @bytesDone,
         @bytesTotal, @perSecond, @path, @message, @startedMs, @updatedMs)`,
    );
    this.#progress = db.prepare<[Uint8Array], ProgressRow>(
      `SELECT workflow, instance, phase, entries_done AS entriesDone,
         entries_total AS entriesTotal, bytes_done AS bytesDone, bytes_total AS bytesTotal,
         entries_per_second AS perSecond, path, message, started_ms AS startedMs,
         updated_ms AS updatedMs
       FROM progress WHERE workflow = ?`,
    );
    this.#askToCancel = db.prepare<CancelRow>(
      `REPLACE INTO cancel_requests (workflow, author, reason, at_ms)
       VALUES (@workflow, @by, @reason, @atMs)`,
    );
    this.#cancelRequest = db.prepare<[Uint8Array], CancelRow>(
      `SELECT workflow, author AS "by", reason, at_ms AS atMs
       FROM cancel_requests WHERE workflow = ?`,
    );
    const clearProgress = db.prepare<[Uint8Array]>('DELETE FROM progress WHERE workflow = ?');
    const clearRequest = db.prepare<[Uint8Array]>('DELETE FROM cancel_requests WHERE workflow = ?');
    const clear = db.transaction((workflow: Uint8Array) => {
      clearProgress.run(workflow);
      clearRequest.run(workflow);
    });
    const isNoticed = db
      .prepare<[Uint8Array, Uint8Array], 1>(
        `SELECT 1 FROM progress WHERE workflow = ?
         UNION ALL SELECT 1 FROM cancel_requests WHERE workflow = ?`,
      )
      .pluck();
    this.#clear = (workflow) => {
      // Most work is over before anything is noticed of it, and to look takes no lock from anybody.
      if (isNoticed.get(workflow, workflow)) clear.immediate(workflow);
    };
    const removePresence = db.prepare<[Uint8Array]>('DELETE FROM presence WHERE instance = ?');
    const removeProgress = db.prepare<[Uint8Array]>('DELETE FROM progress WHERE instance = ?');
    const withdraw = db.transaction((instance: Uint8Array) => {
      removePresence.run(instance);
      removeProgress.run(instance);
    });
    this.#withdraw = (instance) => {
      withdraw.immediate(instance);
    };
  }

  announce(presence: Presence): void {
    this.#announce.run({ ...presence, instance: uuidToBytes(presence.instance) });
  }

  withdraw(instance: Uuid): void {
    this.#withdraw(uuidToBytes(instance));
  }

  present(): Presence[] {
    return this.#present.all().map((row) => ({ ...row, instance: uuidFromBytes(row.instance) }));
  }

  report(progress: Progress): void {
    this.#report.run({
      ...progress,
      workflow: uuidToBytes(progress.workflow),
      instance: uuidToBytes(progress.instance),
      entriesTotal: progress.entriesTotal ?? null,
      bytesTotal: progress.bytesTotal ?? null,
      perSecond: progress.perSecond ?? null,
    });
  }

  progress(workflow: Uuid): Progress | undefined {
    const row = this.#progress.get(uuidToBytes(workflow));
    if (!row) return undefined;
    return {
      ...row,
      workflow,
      instance: uuidFromBytes(row.instance),
      entriesTotal: row.entriesTotal ?? undefined,
      bytesTotal: row.bytesTotal ?? undefined,
      perSecond: row.perSecond ?? undefined,
    };
  }

  askToCancel(request: CancelRequest): void {
    this.#askToCancel.run({ ...request, workflow: uuidToBytes(request.workflow) });
  }

  cancelRequest(workflow: Uuid): CancelRequest | undefined {
    const row = this.#cancelRequest.get(uuidToBytes(workflow));
    return row && { ...row, workflow };
  }

  clear(workflow: Uuid): void {
    this.#clear(uuidToBytes(workflow));
  }
}
