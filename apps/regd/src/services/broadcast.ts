// Notices of changes: kept ones, which may be read from any place on, and signals for those who listen
// right now (spec/wire.md 3.3).
import { uuidToBytes } from '@permafrost/events';
import {
  AggregateSignal_AggregateType as Aggregate,
  AggregateSignal_Signal as Signal,
  BroadcastService,
  LiveBroadcastService,
  type AggregateSignal,
  type AggregateSignalsI,
  type AggregateSignalsO,
  type BroadcastEventsI,
  type BroadcastEventsO,
} from '@permafrost/proto';
import { eventsAfter } from '../all-events.ts';
import { inPasses, willBlock } from '../event-stream.ts';
import { badArgument, notFound } from '../grpc/rpc-error.ts';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import { lookOnNews } from '../news.ts';
import { afterOf } from '../wire/arguments.ts';
import { beginning, noticesAfter, placeOf, placeOfEnd, type Place } from './changes-channel.ts';
import type { Context } from './context.ts';

const CHANNEL = 'all';
const TICK_MS = 10_000;

export function broadcastServices(context: Context): readonly MakeService[] {
  return [
    serviceOf(
      BroadcastService,
      { events: (request, call) => events(context, request, call) },
      { subject: 'journal error' },
    ),
    serviceOf(
      LiveBroadcastService,
      { aggregateSignals: (request, call) => signals(context, request, call) },
      { subject: 'journal error' },
    ),
  ];
}

async function* events(
  { journal }: Context,
  request: BroadcastEventsI,
  { signal }: Call,
): AsyncGenerator<BroadcastEventsO> {
  const { channel, watch } = request;
  if (channel !== CHANNEL) {
    throw badArgument('CHANNEL_UNKNOWN', 'invalid channel', 'The only channel is `all`.');
  }
  let place = await startOf(journal, request);
  const notices = inPasses({ journal, watch, signal }, async function* () {
    for await (const { event, place: next } of noticesAfter(journal, place)) {
      yield event;
      place = next;
    }
  });
  for await (const notice of notices) {
    yield notice === willBlock
      ? { channel, events: [], willBlock: true }
      : { channel, events: [notice], willBlock: false };
  }
}

async function startOf(journal: Context['journal'], request: BroadcastEventsI): Promise<Place> {
  if (request.afterNow) return placeOfEnd(journal);
  const after = afterOf(request.after);
  if (after === undefined) return beginning;
  const place = await placeOf(journal, after);
  if (place) return place;
  const text = 'journal error: db: finding start failed: not found';
  throw notFound('AFTER_UNKNOWN', text, 'Give an event of this channel, or none.');
}

const aggregates = {
  main: Aggregate.AT_MAIN,
  registry: Aggregate.AT_REGISTRY,
  repo: Aggregate.AT_REPO,
  workflow: Aggregate.AT_EPHEMERAL_WORKFLOW,
  index: Aggregate.AT_EPHEMERAL_WORKFLOW,
} as const;

/** Each change after the beginning of the call, once for each history and look. */
async function* signals(
  { journal }: Context,
  { selectAggregates }: AggregateSignalsI,
  { signal }: Call,
): AsyncGenerator<AggregateSignalsO> {
  // The selectors have the numbers of what they select; none selects all.
  const selected = new Set<number>(selectAggregates);
  let position = await journal.end();
  const read = (): number => position;
  for await (const from of lookOnNews(journal, signal, read, () => TICK_MS)) {
    const changed = new Map<string, AggregateSignal>();
    for await (const { kind, history, position: at } of eventsAfter(journal, from)) {
      position = at;
      const aggregateType = aggregates[kind];
      if (selected.size > 0 && !selected.has(aggregateType)) continue;
      const entityId = uuidToBytes(history);
      changed.set(history, { aggregateType, signals: Signal.S_UPDATED, entityId });
    }
    if (changed.size > 0) yield { signals: [...changed.values()] };
  }
  signal.throwIfAborted();
}
