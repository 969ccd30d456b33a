// The rows of questions and their answers, on the connection whose commits do not wait for the disk.
import type { Database, Statement } from 'better-sqlite3';
import { uuidFromBytes, uuidToBytes, type Uuid } from '../../ids/uuid.ts';
import type { AnswerPart, Inquiries, Inquiry } from '../inquiries.ts';

type InquiryRow = Omit<Inquiry, 'id'> & { id: Uint8Array };
type PartRow = Omit<AnswerPart, 'isLast'> & { isLast: number };

export interface InquiryRowsOptions {
  db: Database;
  /** Runs a query when the journal is open and not busy, with the faults of the ports. */
  whenFree: <T>(query: () => T) => Promise<T>;
  /** Wakes the listeners of all processes. */
  wake: () => void;
}

export class InquiryRows implements Inquiries {
  readonly #whenFree: InquiryRowsOptions['whenFree'];
  readonly #wake: () => void;
  readonly #ask;
  readonly #open;
  readonly #take;
  readonly #takenBy;
  readonly #answer: (part: PartRow & { inquiry: Uint8Array }) => number | undefined;
  readonly #unread;
  readonly #read: (inquiry: Uint8Array, after: number) => PartRow[];
  readonly #drop;
  readonly #dropOlder;

  constructor({ db, whenFree, wake }: InquiryRowsOptions) {
    this.#whenFree = whenFree;
    this.#wake = wake;
    this.#ask = db.prepare<InquiryRow>(
      `INSERT INTO inquiries (id, host, kind, body, asked_ms) VALUES (@id, @host, @kind, @body, @askedMs)`,
    );
    this.#open = db.prepare<[string], InquiryRow>(
      `SELECT id, host, kind, body, asked_ms AS askedMs
       FROM inquiries WHERE host = ? AND instance IS NULL ORDER BY asked_ms, id`,
    );
    this.#take = db.prepare<[Uint8Array, Uint8Array]>(
      'UPDATE inquiries SET instance = ? WHERE id = ? AND instance IS NULL',
    );
    this.#takenBy = db
      .prepare<[Uint8Array], Uint8Array | null>('SELECT instance FROM inquiries WHERE id = ?')
      .pluck();
    this.#drop = db.prepare<[Uint8Array]>('DELETE FROM inquiries WHERE id = ?');
    this.#dropOlder = db.prepare<[number]>('DELETE FROM inquiries WHERE asked_ms < ?');
    this.#unread = db
      .prepare<[Uint8Array], number>(
        `SELECT (SELECT count(*) FROM answer_parts WHERE inquiry = inquiries.id)
         FROM inquiries WHERE id = ?`,
      )
      .pluck();
    this.#answer = answering(db, this.#unread);
    this.#read = reading(db);
  }

  async ask(inquiry: Inquiry): Promise<void> {
    await this.#whenFree(() => this.#ask.run({ ...inquiry, id: uuidToBytes(inquiry.id) }));
    this.#wake();
  }

  open(host: string): Promise<readonly Inquiry[]> {
    return this.#whenFree(() =>
      this.#open.all(host).map((row) => ({ ...row, id: uuidFromBytes(row.id) })),
    );
  }

  take(id: Uuid, instance: Uuid): Promise<boolean> {
    return this.#whenFree(
      () => this.#take.run(uuidToBytes(instance), uuidToBytes(id)).changes === 1,
    );
  }

  takenBy(id: Uuid): Promise<Uuid | undefined> {
    return this.#whenFree(() => {
      const instance = this.#takenBy.get(uuidToBytes(id));
      return instance ? uuidFromBytes(instance) : undefined;
    });
  }

  async answer(id: Uuid, part: AnswerPart): Promise<number | undefined> {
    const row = { ...part, inquiry: uuidToBytes(id), isLast: part.isLast ? 1 : 0 };
    const unread = await this.#whenFree(() => this.#answer(row));
    if (unread !== undefined) this.#wake();
    return unread;
  }

  unread(id: Uuid): Promise<number | undefined> {
    return this.#whenFree(() => this.#unread.get(uuidToBytes(id)));
  }

  read(id: Uuid, after: number): Promise<readonly AnswerPart[]> {
    return this.#whenFree(() =>
      this.#read(uuidToBytes(id), after).map((row) => ({ ...row, isLast: row.isLast === 1 })),
    );
  }

  async drop(id: Uuid): Promise<void> {
    await this.#whenFree(() => this.#drop.run(uuidToBytes(id)));
  }

  async dropOlder(thanMs: number): Promise<void> {
    await this.#whenFree(() => this.#dropOlder.run(thanMs));
  }
}

/** The part and the look whether somebody waits for it go together. */
function answering(
  db: Database,
  unread: Statement<[Uint8Array], number>,
): (part: PartRow & { inquiry: Uint8Array }) => number | undefined {
  const add = db.prepare<PartRow & { inquiry: Uint8Array }>(
    `INSERT INTO answer_parts (inquiry, sequence, is_last, body)
     VALUES (@inquiry, @sequence, @isLast, @body)`,
  );
  const answer = db.transaction((part: PartRow & { inquiry: Uint8Array }) => {
    const before = unread.get(part.inquiry);
    if (before === undefined) return undefined;
    add.run(part);
    return before + 1;
  });
  return (part) => answer.immediate(part);
}

function reading(db: Database): (inquiry: Uint8Array, after: number) => PartRow[] {
  const forget = db.prepare<[Uint8Array, number]>(
    'DELETE FROM answer_parts WHERE inquiry = ? AND sequence <= ?',
  );
  const rest = db.prepare<[Uint8Array], PartRow>(
    `SELECT sequence, is_last AS isLast, body FROM answer_parts WHERE inquiry = ? ORDER BY sequence`,
  );
  const forgetAndRead = db.transaction((inquiry: Uint8Array, after: number) => {
    forget.run(inquiry, after);
    return rest.all(inquiry);
  });
  // Whoever waits looks often, and what has not come yet needs no lock.
  return (inquiry, after) => {
    const parts = rest.all(inquiry);
    return parts.some(({ sequence }) => sequence <= after)
      ? forgetAndRead.immediate(inquiry, after)
      : parts;
  };
}
