// One history: is its chain whole, can each of its events be read and written back, and do they
// make a state?
import { setImmediate } from 'node:timers/promises';
import {
  BrokenChainError,
  EventDecodeError,
  nilUlid,
  type Aggregate,
  type Head,
  type Journal,
  type StoredEvent,
  type StreamKind,
} from '@permafrost/events';
import {
  ForeignWorkflowError,
  main,
  pingRegistry,
  registry,
  repo,
  storageWorkflow,
  workflowIndex,
} from '@permafrost/workflow-core';
import { isLossless, messageOf } from '../wire/stored-message.ts';
import { streams } from '../wire/streams.ts';
import { eventFinding, finding, type Finding } from './finding.ts';

type AnyAggregate = Pick<
  Aggregate<unknown, never, unknown, string>,
  'codec' | 'initial' | 'evolve'
>;

const aggregates: Readonly<Record<StreamKind, AnyAggregate>> = {
  main: main as AnyAggregate,
  registry: registry as AnyAggregate,
  repo: repo as AnyAggregate,
  workflow: storageWorkflow as AnyAggregate,
  index: workflowIndex as AnyAggregate,
};

const PAGE_EVENTS = 500;

/** Yields what is wrong, and counts the events that it has read. */
export async function* checkHistory(
  journal: Journal,
  { history, kind }: Head,
  count: { events: number },
): AsyncGenerator<Finding> {
  const fold = new Fold(aggregates[kind]);
  let after = nilUlid;
  let page: readonly StoredEvent[];
  do {
    // Reads come from memory more often than not; others shall have their turn all the same.
    await setImmediate();
    try {
      page = await journal.read(history, { after, limit: PAGE_EVENTS });
    } catch (error) {
      if (!(error instanceof BrokenChainError)) throw error;
      yield finding('CHAIN_BROKEN', history, error.message);
      return;
    }
    for (const event of page) {
      yield* checkEvent(event);
      yield* fold.add(event);
    }
    count.events += page.length;
    after = page.at(-1)?.id ?? after;
  } while (page.length === PAGE_EVENTS);
}

function* checkEvent(event: StoredEvent): Generator<Finding> {
  const { message } = streams[event.kind];
  try {
    if (!isLossless(message, messageOf(message, event), event.body)) {
      const text = 'the event has fields that this program does not know';
      yield eventFinding('EVENT_HAS_UNKNOWN_FIELDS', event, text);
    }
  } catch (error) {
    // Told by the fold, which reads the same bytes.
    if (!(error instanceof EventDecodeError)) throw error;
  }
}

class Fold {
  #aggregate: AnyAggregate;
  #state: unknown;
  #isOver = false;

  constructor(aggregate: AnyAggregate) {
    this.#aggregate = aggregate;
    this.#state = aggregate.initial;
  }

  *add(stored: StoredEvent): Generator<Finding> {
    if (this.#isOver) return;
    try {
      const { event, header } = this.#aggregate.codec.decode(stored.body);
      // The first event tells of what kind a workflow is.
      if (isPing(stored, event)) this.#aggregate = pingRegistry as AnyAggregate;
      if (header.id !== stored.id || header.parent !== stored.parent) {
        const text = `the event calls itself ${header.id} after ${header.parent}`;
        yield eventFinding('EVENT_HEADER_DIFFERS', stored, text);
      }
      this.#state = this.#aggregate.evolve(this.#state, event, header);
    } catch (error) {
      this.#isOver = true;
      yield misfit(stored, error);
    }
  }
}

function isPing({ kind, parent }: StoredEvent, event: unknown): boolean {
  const { type } = event as { type: string };
  return kind === 'workflow' && parent === nilUlid && type === 'RegistryPingStarted';
}

/** Whatever went wrong here went wrong because of the event: bugs of the fold are findings, too. */
function misfit(stored: StoredEvent, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ForeignWorkflowError) {
    return eventFinding('WORKFLOW_OF_OTHER_KIND', stored, message);
  }
  const isUnreadable = error instanceof EventDecodeError;
  return eventFinding(isUnreadable ? 'EVENT_UNREADABLE' : 'HISTORY_CONTRADICTORY', stored, message);
}
