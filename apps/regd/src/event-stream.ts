// The one way in which events are streamed (spec/wire.md 3.3), for all services.
import {
  nilUlid,
  UnknownEventError,
  type Journal,
  type StoredEvent,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import { notFound } from './grpc/rpc-error.ts';
import { lookOnNews } from './news.ts';

/** Stands for "all is sent, and there is nothing more for now". */
export const willBlock: unique symbol = Symbol('will block');

export type Streamed = StoredEvent | typeof willBlock;

export interface PassesRequest {
  journal: Journal;
  /** Goes on with what is new until the signal is aborted. */
  watch: boolean;
  signal: AbortSignal;
  /** How often a watcher is told that there is nothing new. The default is that of the contract. */
  tickMs?: number;
}

export interface StreamRequest extends PassesRequest {
  history: Uuid;
  /** Only events after this one. */
  after?: Ulid | undefined;
  /** What the texts of the stream's errors begin with. */
  subject: string;
}

const TICK_MS = 10_000;
const PAGE_EVENTS = 500;

/**
 * What each pass finds, which goes on where the last one has ended; with `watch`, {@link willBlock}
 * after each that found something, and now and then. Throws the signal's reason when that ends a
 * watch.
 */
export async function* inPasses<T>(
  { journal, watch, signal, tickMs = TICK_MS }: PassesRequest,
  pass: () => AsyncIterable<T>,
): AsyncGenerator<T | typeof willBlock> {
  const occasions = watch
    ? lookOnNews(
        journal,
        signal,
        (occasion) => occasion,
        () => tickMs,
      )
    : ['once'];
  for await (const occasion of occasions) {
    let isWorthTelling = occasion !== 'news';
    for await (const found of pass()) {
      yield found;
      isWorthTelling = true;
    }
    if (watch && isWorthTelling) yield willBlock;
  }
  signal.throwIfAborted();
}

/** The events of a history, {@link inPasses}. */
export function eventStream(request: StreamRequest): AsyncGenerator<Streamed> {
  let after = request.after ?? nilUlid;
  return inPasses(request, async function* () {
    for await (const event of eventsOf(request, after)) {
      yield event;
      after = event.id;
    }
  });
}

async function* eventsOf(
  { journal, history, signal, subject }: StreamRequest,
  after: Ulid,
): AsyncGenerator<StoredEvent> {
  let last = after;
  let page: readonly StoredEvent[];
  do {
    page = await readAfter(
      () => journal.read(history, { after: last, limit: PAGE_EVENTS }),
      subject,
    );
    yield* page;
    last = page.at(-1)?.id ?? last;
  } while (page.length === PAGE_EVENTS && !signal.aborted);
}

async function readAfter<T>(read: () => Promise<T>, subject: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UnknownEventError)) throw error;
    const text = `${subject}: db: finding start failed: not found`;
    throw notFound('AFTER_UNKNOWN', text, 'Give an event of this history, or none.');
  }
}

/** Leaves out all up to and including an event; an unknown one leaves out everything. */
export async function* onlyAfter(
  events: AsyncIterable<Streamed>,
  after: Ulid | undefined,
): AsyncGenerator<Streamed> {
  let isReached = after === undefined || after === nilUlid;
  for await (const event of events) {
    if (isReached || event === willBlock) yield event;
    else if (event.id === after) isReached = true;
  }
}
