// Stored events for people and tools: of one history, or of all.
import {
  codecs,
  mainId,
  ulidTimeMs,
  workflowIndexId,
  EventDecodeError,
  Fault,
  type Engine,
  type StreamKind,
  type StoredEvent,
  type Uuid,
} from '@permafrost/events';
import type { operator } from '@permafrost/proto';
import { findStorageWorkflow, main, registry, repo } from '@permafrost/workflow-core';
import { eventStream, willBlock } from '../event-stream.ts';
import { badArgument, notFound } from '../grpc/rpc-error.ts';
import type { Call } from '../grpc/service.ts';
import { lookOnNews } from '../news.ts';
import type { Context } from '../services/context.ts';
import { messageOf } from '../wire/stored-message.ts';
import { streams, typeName } from '../wire/streams.ts';
import { ulidArgument, uuidArgument } from './ids.ts';

const PAGE_EVENTS = 500;
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
  { journal, engine }: Context,
  request: Pick<Parameters<typeof eventStream>[0], 'history' | 'after' | 'watch' | 'signal'>,
): AsyncGenerator<StoredEvent> {
  const head = await journal.head(request.history);
  if (head?.deleted || (!head && !(await isIndex(engine, request.history)))) {
    const text = `${head ? 'deleted' : 'unknown'} history ${request.history}`;
    throw notFound('HISTORY_UNKNOWN', text, 'Check the id.');
  }
  for await (const event of eventStream({ ...request, journal, subject: 'journal error' })) {
    if (event !== willBlock) yield event;
  }
}

/** An index without events is there all the same. */
async function isIndex(engine: Engine, history: Uuid): Promise<boolean> {
  const { state } = await engine.find(main, mainId);
  return state.registries.some(({ name }) => workflowIndexId(name) === history);
}

async function* ofAll(
  { journal }: Context,
  { afterPosition, watch, signal }: { afterPosition: number; watch: boolean; signal: AbortSignal },
): AsyncGenerator<StoredEvent> {
  let position = afterPosition;
  const read = (): Promise<readonly StoredEvent[]> => journal.readAll(position, PAGE_EVENTS);
  const looks = watch ? lookOnNews(journal, signal, read, () => TICK_MS) : [await read()];
  for await (const first of looks) {
    for (let page = first; page.length > 0 && !signal.aborted; page = await read()) {
      yield* page;
      position = page.at(-1)?.position ?? position;
    }
  }
  signal.throwIfAborted();
}

function toJournalEvent(event: StoredEvent, label: string): operator.JournalEvent {
  const { position, history, kind, id, parent } = event;
  const header = { position, history, kind, label, id, parent, timeMs: ulidTimeMs(id) };
  return { ...header, type: typeOf(event), json: JSON.stringify(contentOf(event)) };
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
function contentOf({ kind, body }: StoredEvent): unknown {
  try {
    return codecs[kind].decode(body).event;
  } catch (error) {
    if (error instanceof EventDecodeError) return { type: 'Unreadable', reason: error.message };
    throw error;
  }
}

/** What people call a history: the name of a registry, the path of a repo. */
class Labels {
  readonly #engine: Engine;
  readonly #known = new Map<Uuid, string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async of({ history, kind }: StoredEvent): Promise<string> {
    const known = this.#known.get(history);
    if (known) return known;
    const label = await this.#find(history, kind);
    this.#known.set(history, label);
    return label;
  }

  async #find(history: Uuid, kind: StreamKind): Promise<string> {
    try {
      switch (kind) {
        case 'main':
          return 'main';
        case 'registry':
          return (await this.#engine.find(registry, history)).state.name;
        case 'repo':
          return (await this.#engine.find(repo, history)).state.init?.globalPath ?? '';
        case 'workflow':
          return (await findStorageWorkflow(this.#engine, history))?.start.repoGlobalPath ?? '';
        case 'index':
          return await this.#registryOf(history);
      }
    } catch (error) {
      // A history that cannot be folded has no name, and still has events.
      if (error instanceof Fault) return '';
      throw error;
    }
  }

  async #registryOf(index: Uuid): Promise<string> {
    const { state } = await this.#engine.find(main, mainId);
    return state.registries.find(({ name }) => workflowIndexId(name) === index)?.name ?? '';
  }
}
