// Stored events for people and tools: of one history, or of all.
import {
  codecs,
  ulidTimeMs,
  EventDecodeError,
  wireOrigin,
  type Engine,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import type { operator, origin } from '@permafrost/proto';
import { eventsAfter } from '../all-events.ts';
import { eventStream, willBlock } from '../event-stream.ts';
import { badArgument } from '../grpc/rpc-error.ts';
import type { Call } from '../grpc/service.ts';
import { lookOnNews } from '../news.ts';
import type { Context } from '../services/context.ts';
import { messageOf } from '../wire/stored-message.ts';
import { streams, typeName } from '../wire/streams.ts';
import { findHistory, labelOf, type History } from './history.ts';
import { ulidArgument, uuidArgument } from './ids.ts';

const TICK_MS = 10_000;

export async function* journalEvents(
  context: Context,
  request: operator.WatchEventsRequest,
  { signal }: Call,
): AsyncGenerator<operator.WatchEventsResponse> {
  const labels = new Labels(context.engine);
  const { afterPosition = 0 } = request;
  for await (const event of selected(context, request, signal)) {
    if (event.position > afterPosition) {
      yield { event: toJournalEvent(event, await labels.of(event)) };
    }
  }
}

function selected(
  context: Context,
  request: operator.WatchEventsRequest,
  signal: AbortSignal,
): AsyncIterable<StoredEvent> {
  const { history, afterEvent, afterPosition = 0, watch } = request;
  const after = afterEvent === undefined ? undefined : ulidArgument(afterEvent, 'event id');
  if (history !== undefined) {
    const id = uuidArgument(history, 'history id');
    return ofOne(context, { history: id, after, watch, signal });
  }
  if (after !== undefined) {
    throw badArgument('HISTORY_MISSING', 'an event is named without its history', 'Name both.');
  }
  return ofAll(context, { afterPosition, watch, signal });
}

async function* ofOne(
  context: Context,
  request: Pick<Parameters<typeof eventStream>[0], 'history' | 'after' | 'watch' | 'signal'>,
): AsyncGenerator<StoredEvent> {
  await findHistory(context, request.history);
  const { journal } = context;
  for await (const event of eventStream({ ...request, journal, subject: 'journal error' })) {
    if (event !== willBlock) yield event;
  }
}

async function* ofAll(
  { journal }: Context,
  { afterPosition, watch, signal }: { afterPosition: number; watch: boolean; signal: AbortSignal },
): AsyncGenerator<StoredEvent> {
  let position = afterPosition;
  const reached = (): number => position;
  const looks = watch ? lookOnNews(journal, signal, reached, () => TICK_MS) : [reached()];
  for await (const from of looks) {
    for await (const event of eventsAfter(journal, from)) {
      signal.throwIfAborted();
      yield event;
      ({ position } = event);
    }
  }
  signal.throwIfAborted();
}

function toJournalEvent(event: StoredEvent, label: string): operator.JournalEvent {
  const { position, history, kind, id, parent } = event;
  const header = { position, history, kind, label, id, parent, timeMs: ulidTimeMs(id) };
  const { content, origin } = read(event);
  return { ...header, type: typeOf(event), json: JSON.stringify(content), origin };
}

function typeOf(event: StoredEvent): string {
  try {
    return typeName(event.kind, messageOf(streams[event.kind].message, event).event);
  } catch (error) {
    if (error instanceof EventDecodeError) return '';
    throw error;
  }
}

/** One that cannot be read is shown as such; the others are still worth seeing. */
function read({ kind, body }: StoredEvent): { content: unknown; origin?: origin.Origin } {
  try {
    const { event, header } = codecs[kind].decode(body);
    return { content: event, ...(header.origin && { origin: wireOrigin(header.origin) }) };
  } catch (error) {
    if (error instanceof EventDecodeError) {
      return { content: { type: 'Unreadable', reason: error.message } };
    }
    throw error;
  }
}

/** Remembers what people call each history. */
class Labels {
  readonly #engine: Engine;
  readonly #known = new Map<Uuid, string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async of(event: History): Promise<string> {
    const known = this.#known.get(event.history);
    if (known) return known;
    const label = await labelOf(this.#engine, event);
    this.#known.set(event.history, label);
    return label;
  }
}
