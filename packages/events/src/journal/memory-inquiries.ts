// Questions and answers of tests and simulations, lost with the process.
import type { Uuid } from '../ids/uuid.ts';
import type { AnswerPart, Inquiries, Inquiry } from './inquiries.ts';

interface Asked {
  inquiry: Inquiry;
  instance?: Uuid;
  parts: AnswerPart[];
}

export interface MemoryInquiriesOptions {
  /** Runs a query when the journal is open. */
  whenOpen: <T>(query: () => T) => Promise<T>;
  /** Wakes the listeners. */
  wake: () => void;
}

export class MemoryInquiries implements Inquiries {
  readonly #whenOpen: MemoryInquiriesOptions['whenOpen'];
  readonly #wake: () => void;
  readonly #asked = new Map<Uuid, Asked>();

  constructor({ whenOpen, wake }: MemoryInquiriesOptions) {
    this.#whenOpen = whenOpen;
    this.#wake = wake;
  }

  ask(inquiry: Inquiry): Promise<void> {
    return this.#whenOpen(() => {
      this.#asked.set(inquiry.id, { inquiry, parts: [] });
      this.#wake();
    });
  }

  open(host: string): Promise<readonly Inquiry[]> {
    return this.#whenOpen(() =>
      [...this.#asked.values()]
        .filter(({ inquiry, instance }) => inquiry.host === host && instance === undefined)
        .map(({ inquiry }) => inquiry)
        .sort((a, b) => a.askedMs - b.askedMs || (a.id < b.id ? -1 : 1)),
    );
  }

  take(id: Uuid, instance: Uuid): Promise<boolean> {
    return this.#whenOpen(() => {
      const asked = this.#asked.get(id);
      if (!asked || asked.instance !== undefined) return false;
      asked.instance = instance;
      return true;
    });
  }

  takenBy(id: Uuid): Promise<Uuid | undefined> {
    return this.#whenOpen(() => this.#asked.get(id)?.instance);
  }

  answer(id: Uuid, part: AnswerPart): Promise<number | undefined> {
    return this.#whenOpen(() => {
      const unread = this.#asked.get(id)?.parts.push(part);
      if (unread !== undefined) this.#wake();
      return unread;
    });
  }

  unread(id: Uuid): Promise<number | undefined> {
    return this.#whenOpen(() => this.#asked.get(id)?.parts.length);
  }

  read(id: Uuid, after: number): Promise<readonly AnswerPart[]> {
    return this.#whenOpen(() => {
      const asked = this.#asked.get(id);
      if (!asked) return [];
      asked.parts = asked.parts.filter(({ sequence }) => sequence > after);
      return [...asked.parts];
    });
  }

  drop(id: Uuid): Promise<void> {
    return this.#whenOpen(() => void this.#asked.delete(id));
  }

  dropOlder(thanMs: number): Promise<void> {
    return this.#whenOpen(() => {
      for (const [id, { inquiry }] of this.#asked)
        if (inquiry.askedMs < thanMs) this.#asked.delete(id);
    });
  }
}
