// The one broadcast channel, `all`: each event of main, of a registry or of a repo, as a notice that it
// has changed. The Go system keeps these notices in a history of their own; here they are made from the
// journal's own order, so that nothing has to be appended for them, and none can be lost. A notice has
// the id of the event that it is about, and follows the notice before it.
import {
  nilUlid,
  ulidToBytes,
  uuidToBytes,
  type Journal,
  type StoredEvent,
  type StreamKind,
  type Ulid,
} from '@permafrost/events';
import { BroadcastEvent, BroadcastEvent_Type as Type } from '@permafrost/proto';
import { eventsAfter } from '../all-events.ts';

/** So many are looked at first for the last notice before the end. */
const LOOK_BACK_EVENTS = 500;

const types: Readonly<Partial<Record<StreamKind, Type>>> = {
  main: Type.EV_BC_FSO_MAIN_CHANGED,
  registry: Type.EV_BC_FSO_REGISTRY_CHANGED,
  repo: Type.EV_BC_FSO_REPO_CHANGED,
};

/** Where a reader of the channel stands: after a notice, and after a place in the journal. */
export type Place = Readonly<{ position: number; notice: Ulid }>;

export const beginning: Place = { position: 0, notice: nilUlid };

/** After all that there is now. */
export async function placeOfEnd(journal: Journal): Promise<Place> {
  const position = await journal.end();
  for (let back = LOOK_BACK_EVENTS; ; back *= 2) {
    const from = Math.max(0, position - back);
    let notice: Ulid | undefined;
    for await (const event of eventsAfter(journal, from)) {
      if (event.position > position) break;
      if (isNotice(event)) notice = event.id;
    }
    if (notice !== undefined || from === 0) return { position, notice: notice ?? nilUlid };
  }
}

/** After a notice; undefined if there is none with this id. Reads the journal up to there. */
export async function placeOf(journal: Journal, id: Ulid): Promise<Place | undefined> {
  for await (const event of eventsAfter(journal, 0)) {
    if (event.id === id && isNotice(event)) return { position: event.position, notice: id };
  }
  return undefined;
}

/** The notices after a place, each with the place after it. */
export async function* noticesAfter(
  journal: Journal,
  place: Place,
): AsyncGenerator<Readonly<{ event: BroadcastEvent; place: Place }>> {
  let { notice: parent } = place;
  for await (const { id, kind, history, position } of eventsAfter(journal, place.position)) {
    const type = types[kind];
    if (type === undefined) continue;
    const event = BroadcastEvent.create({
      event: type,
      id: ulidToBytes(id),
      parent: ulidToBytes(parent),
      bcChange: { entityId: uuidToBytes(history) },
    });
    parent = id;
    yield { event, place: { position, notice: id } };
  }
}

function isNotice({ kind }: StoredEvent): boolean {
  return types[kind] !== undefined;
}
