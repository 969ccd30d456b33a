import type { Journal, StoredEvent } from '@permafrost/events';

const PAGE_EVENTS = 500;

/** Events of all histories after a position, up to what is there now. */
export async function* eventsAfter(
  journal: Journal,
  position: number,
): AsyncGenerator<StoredEvent> {
  let at = position;
  let page: readonly StoredEvent[];
  do {
    page = await journal.readAll(at, PAGE_EVENTS);
    yield* page;
    at = page.at(-1)?.position ?? at;
  } while (page.length === PAGE_EVENTS);
}
