// News of single histories, for many who wait: one reader sees to which histories was appended, and wakes
// those who wait for them, so that not all of them look after each commit.
import type { Uuid } from '../ids/uuid.ts';
import type { Journal, Position } from './journal.ts';

type Followed = Pick<Journal, 'subscribe' | 'end' | 'readAll'>;

const PAGE_EVENTS = 500;

export class HistoryNews {
  readonly #journal: Followed;
  readonly #listeners = new Map<Uuid, Set<() => void>>();
  #following: Following | undefined;

  constructor(journal: Followed) {
    this.#journal = journal;
  }

  /**
   * The news of one history, with the promises of {@link Journal.subscribe}; only that it was deleted is
   * told to nobody.
   */
  of(history: Uuid): Pick<Journal, 'subscribe'> {
    return { subscribe: (listener) => this.#subscribe(history, listener) };
  }

  #subscribe(history: Uuid, listener: () => void): () => void {
    this.#following ??= new Following(this.#journal, {
      onAppended: (histories) => histories.forEach((id) => this.#wake(id)),
      onMaybe: () => [...this.#listeners.keys()].forEach((id) => this.#wake(id)),
    });
    const listeners = this.#listeners.get(history) ?? new Set();
    this.#listeners.set(history, listeners);
    const subscription = (): void => listener();
    listeners.add(subscription);
    return () => {
      if (!listeners.delete(subscription) || listeners.size > 0) return;
      this.#listeners.delete(history);
      if (this.#listeners.size > 0) return;
      this.#following?.stop();
      this.#following = undefined;
    };
  }

  #wake(history: Uuid): void {
    for (const listener of this.#listeners.get(history) ?? []) listener();
  }
}

type Told = Readonly<{
  onAppended: (histories: ReadonlySet<Uuid>) => void;
  /** Any history may have moved. */
  onMaybe: () => void;
}>;

/** Reads what is committed from its start on, until it is stopped. */
class Following {
  readonly #journal: Followed;
  readonly #told: Told;
  readonly #unsubscribe: () => void;
  #position: Position | undefined;
  #isRung = false;
  #isLooking = false;
  #isStopped = false;

  constructor(journal: Followed, told: Told) {
    this.#journal = journal;
    this.#told = told;
    this.#unsubscribe = journal.subscribe(() => this.#ring());
    this.#ring();
  }

  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
  }

  #ring(): void {
    this.#isRung = true;
    if (!this.#isLooking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#isRung && !this.#isStopped) {
      this.#isRung = false;
      try {
        await this.#tell();
      } catch {
        // Whoever is woken reads, and meets the fault where it can be handled.
        this.#told.onMaybe();
      }
    }
    this.#isLooking = false;
  }

  async #tell(): Promise<void> {
    if (this.#position === undefined) {
      this.#position = await this.#journal.end();
      // What was committed before that, and after the first had subscribed, would be read by nobody.
      this.#told.onMaybe();
      return;
    }
    const histories = new Set<Uuid>();
    for (let isMore = true; isMore;) {
      const page = await this.#journal.readAll(this.#position, PAGE_EVENTS);
      for (const { history, position } of page) {
        histories.add(history);
        this.#position = position;
      }
      isMore = page.length === PAGE_EVENTS;
    }
    this.#told.onAppended(histories);
  }
}
