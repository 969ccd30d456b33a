// A history as a test writes it: remembers its head, so that a test only says what happens.
import { nilUlid, ulidSource, type Ulid, type Vid } from '../ids/ulid.ts';
import { randomUuid, type Uuid } from '../ids/uuid.ts';
import type { Change, Head, Journal, StoredEvent, StreamKind } from '../journal/journal.ts';

/** A source of event ids for tests. */
export const nextId: () => Ulid = ulidSource();

export interface AppendOptions {
  id?: Ulid;
  parent?: Ulid;
}

export class Draft {
  readonly history: Uuid = randomUuid();
  readonly kind: StreamKind;
  vid: Vid = nilUlid;

  constructor(kind: StreamKind = 'workflow') {
    this.kind = kind;
  }

  /** An event on top of the last one, unless told otherwise. */
  append(body = '', { id = nextId(), parent = this.vid }: AppendOptions = {}): Change {
    this.vid = id;
    const { history, kind } = this;
    return { do: 'append', history, kind, id, parent, body: new TextEncoder().encode(body) };
  }

  expect(head: Vid = this.vid): Change {
    return { do: 'expect', history: this.history, head };
  }

  delete(head: Vid = this.vid): Change {
    return { do: 'delete', history: this.history, head };
  }
}

/** The bodies of events, as text. */
export function bodies(events: readonly StoredEvent[]): string[] {
  return events.map(({ body }) => new TextDecoder().decode(body));
}

/** Events as they were committed, before the journal gave them a position. */
export function unplaced(events: readonly StoredEvent[]): Omit<StoredEvent, 'position'>[] {
  return events.map(({ history, kind, id, parent, body }) => ({ history, kind, id, parent, body }));
}

/** All heads of a journal. */
export async function headsOf(journal: Pick<Journal, 'heads'>): Promise<Head[]> {
  const heads: Head[] = [];
  for await (const head of journal.heads()) heads.push(head);
  return heads;
}
