import type { operator } from '@permafrost/proto';

/** An event for programs: where it stands in the journal, and what it says as a value. */
export type EventValue = Omit<operator.JournalEvent, 'json'> & Readonly<{ event: unknown }>;

export function eventValue({ json, ...header }: operator.JournalEvent): EventValue {
  return { ...header, event: JSON.parse(json) as unknown };
}
