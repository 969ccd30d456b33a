// The journal as one process sees it: calls take time and fail, acknowledgements and wake-ups are
// lost or come late.
import {
  JournalUnavailableError,
  type CancelRequest,
  type Change,
  type Head,
  type Journal,
  type Noticeboard,
  type Position,
  type Presence,
  type Progress,
  type ReadOptions,
  type StoredEvent,
  type Ulid,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import { describeBatch } from './describe-batch.ts';
import type { Process } from './process.ts';
import { withDefect } from './planted-batches.ts';

const WAKE_UP_MS_MAX = 5;
const SAFETY_LOOK_MS = 5000;

export class SimJournal implements Journal, Noticeboard {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  async commit(batch: readonly Change[]): Promise<Position> {
    const { world, random } = this.#process;
    await this.#process.pause();
    const what = `journal:commit ${describeBatch(batch)}`;
    await this.#process.pass(`before ${what}`);
    this.#mayFail(world.faults.journalDown);
    const position = await world.commit(await withDefect(world, batch));
    await this.#process.pass(`after ${what}`);
    await this.#process.pause();
    if (random.chance(world.faults.ackLost)) {
      this.#process.log('acknowledgement lost');
      throw new JournalUnavailableError('the acknowledgement was lost');
    }
    return position;
  }

  read(history: Uuid, options?: ReadOptions): Promise<readonly StoredEvent[]> {
    return this.#ask((stored) => stored.read(history, options));
  }

  readAll(after: Position, limit: number): Promise<readonly StoredEvent[]> {
    return this.#ask((stored) => stored.readAll(after, limit));
  }

  head(history: Uuid): Promise<Head | undefined> {
    return this.#ask((stored) => stored.head(history));
  }

  headBefore(history: Uuid, event: Ulid): Promise<Vid> {
    return this.#ask((stored) => stored.headBefore(history, event));
  }

  async *heads(): AsyncGenerator<Head> {
    yield* await this.#ask(async (stored) => {
      const heads: Head[] = [];
      for await (const head of stored.heads()) heads.push(head);
      return heads;
    });
  }

  end(): Promise<Position> {
    return this.#ask((stored) => stored.end());
  }

  subscribe(listener: () => void): () => void {
    const { world, random } = this.#process;
    const wakeIn = (ms: number): void => {
      this.#process.later(ms, listener);
      if (random.chance(world.faults.wakeUpRepeated)) {
        this.#process.later(random.between(ms, ms + SAFETY_LOOK_MS), listener);
      }
    };
    const notify = (isLost: boolean): void => {
      if (!isLost) wakeIn(random.between(0, WAKE_UP_MS_MAX));
      else if (world.defect !== 'wake-up-lost-for-good') wakeIn(random.between(0, SAFETY_LOOK_MS));
    };
    return world.subscribe({ owner: this.#process, notify });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  announce(presence: Presence): Promise<void> {
    return this.#ask((stored) => stored.announce(presence));
  }

  withdraw(instance: Uuid): Promise<void> {
    return this.#ask((stored) => stored.withdraw(instance));
  }

  present(): Promise<readonly Presence[]> {
    return this.#ask((stored) => stored.present());
  }

  report(progress: Progress): Promise<void> {
    return this.#ask((stored) => stored.report(progress));
  }

  progress(workflow: Uuid): Promise<Progress | undefined> {
    return this.#ask((stored) => stored.progress(workflow));
  }

  askToCancel(request: CancelRequest): Promise<void> {
    return this.#ask((stored) => stored.askToCancel(request));
  }

  cancelRequest(workflow: Uuid): Promise<CancelRequest | undefined> {
    return this.#ask((stored) => stored.cancelRequest(workflow));
  }

  clear(workflow: Uuid): Promise<void> {
    return this.#ask((stored) => stored.clear(workflow));
  }

  async #ask<T>(question: (stored: Journal & Noticeboard) => Promise<T>): Promise<T> {
    await this.#process.pause();
    this.#mayFail(this.#process.world.faults.journalDown / 4);
    return question(this.#process.world.journal);
  }

  #mayFail(chance: number): void {
    if (!this.#process.random.chance(chance)) return;
    this.#process.log('journal unavailable');
    throw new JournalUnavailableError('database is locked');
  }
}
